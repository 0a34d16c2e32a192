/** AUROC over the training beta, a line a map. */

/** @typedef {import("../../../base/js/chart.js").Chart} Chart */
/**
 * @typedef {Object} Curve
 * @property {(?number)[]} auroc
 * @property {?number} only the one beta of a map that has no other
 * @property {string} colour
 */

/** @typedef {{lines: Curve[], lowest: number}} Curves lowest: lower end of their axis, a tenth of at most .5 */

/**
 * @param {import("../model/frames.js").Predictor[]} predictors
 * @param {Object<string, string>} colours by predictor
 * @returns {Curves}
 */
export function curvesOf(predictors, colours) {
  const lines = predictors.map(({ name, figures: { auroc }, only_beta: only }) => {
    const colour = colours[name];
    return { auroc, only, colour };
  });
  const known = lines.flatMap(({ auroc }) => auroc.flatMap((value) => (value === null ? [] : [value])));
  return { lines, lowest: Math.floor(10 * Math.min(0.5, ...known)) / 10 };
}

/**
 * The active line is thick; a mark stands where beta is.
 * @param {Chart} chart
 * @param {Curves} curves
 * @param {number[]} betas ascending
 * @param {number} active number of a line
 * @param {number} beta
 * @param {string} ink
 */
export function drawStrip(chart, { lines, lowest }, betas, active, beta, ink) {
  if (!chart.begin(ink)) return;
  const [first, last] = [Math.log(betas[0]), Math.log(betas[betas.length - 1])];
  const x = (/** @type {number} */ value) => chart.x(last > first ? (Math.log(value) - first) / (last - first) : 0.5);
  const y = (/** @type {number} */ value) => chart.y((value - lowest) / (1 - lowest));
  chart.through({ dash: [2, 3], opacity: 0.4 }, [[chart.x(0), y(0.5)], [chart.x(1), y(0.5)]]);
  lines.forEach(({ auroc, only, colour }, i) => {
    const thick = i === active;
    const pen = { colour, width: thick ? 2.5 : 1, opacity: thick ? 1 : 0.5 };
    const [at] = auroc;
    if (only === null) {
      chart.through(pen, betas.map((value, k) => {
        const there = auroc[auroc.length === 1 ? 0 : k];
        return there === null ? null : [x(value), y(there)];
      }));
    } else if (at !== null) chart.line(pen, (path) => path.arc(x(only), y(at), thick ? 3 : 2, 0, 2 * Math.PI));
  });
  chart.through({ width: 1.5 }, [[x(beta), chart.y(0)], [x(beta), chart.y(1)]]);
  label(chart, y(0.5));
}

/**
 * @param {Chart} chart
 * @param {number} half where an AUROC of .5 lies
 */
function label(chart, half) {
  const c = chart.context;
  c.textBaseline = "middle";
  c.textAlign = "right";
  c.globalAlpha = 0.8;
  c.fillText("1", chart.left - 3, chart.top + 3);
  c.fillText(".5", chart.left - 3, half - 2);
  c.globalAlpha = 1;
}
