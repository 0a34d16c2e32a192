/** What the threshold's slider stands for, in words. */

/** @typedef {import("./model.js").Model} Model */

/** Share of the pixels by which a map may stray from the level before it is told. */
const TOLD = 5e-4;

/**
 * Which healthy pixels score lower than the thresholds: as many in every map, but where many share one score.
 * @param {Model} model
 */
export function levelNote({ shown, view, maps, below }) {
  const said = `${percent(view.share, view.level)} of healthy pixels score lower`;
  const others = maps.flatMap(({ title, predictor }, i) => {
    const strays = !predictor?.pending && view.share - below[i] > TOLD;
    return strays ? [`${title} (at most ${percent(below[i], 0)}, as many share one score)`] : [];
  });
  const but = others.length ? ` but ${others.join(", ")}` : "";
  return `${said}, in every map${but}. Healthy: ${shown?.header.healthy}.`;
}

/**
 * The level of the active map, for those who hear the slider.
 * @param {Model} model
 */
export function levelHere({ view, below }) {
  return percent(Math.min(below[view.active] ?? view.share, view.share), view.level);
}

/**
 * @param {number} share
 * @param {number} level place of the slider: the nearer to its end, the finer
 */
function percent(share, level) {
  return `${(100 * share).toFixed(level > 750 ? 2 : 1)} %`;
}
