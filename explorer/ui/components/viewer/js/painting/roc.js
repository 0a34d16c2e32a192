/** The ROC curve of one map with the point of its threshold. */

import { firstAbove, firstAtLeast } from "../model/scores.js";

/** @typedef {import("../../../base/js/chart.js").Chart} Chart */
/** @typedef {import("../model/scores.js").Scores} Scores */
/** @typedef {[number, number]} Point */

const MOST_POINTS = 400;

/**
 * @param {Chart} chart
 * @param {Scores} scores sorted
 * @param {number} threshold
 * @param {string} colour of the map's line
 * @param {string} ink
 */
export function drawRoc(chart, scores, threshold, colour, ink) {
  if (!chart.begin(ink)) return;
  const c = chart.context;
  const point = (/** @type {Point} */ [rate, hits]) => /** @type {Point} */ ([chart.x(rate), chart.y(hits)]);
  chart.axes("0", "1", "0", "false-positive rate  1");
  chart.through({ dash: [2, 3], opacity: 0.5 }, [point([0, 0]), point([1, 1])]);
  if (!scores.anomalous.length || !scores.healthy.length) {
    c.textAlign = "center";
    c.fillText("no anomalous pixel: not defined", chart.x(0.5), chart.y(0.5));
    return;
  }
  chart.through({ colour, width: 2 }, rocOf(scores).map(point));
  const [x, y] = point([scores.falsePositiveRate(threshold), scores.sensitivity(threshold)]);
  chart.through({ opacity: 0.5 }, [[x, chart.y(0)], [x, y], [chart.x(0), y]]);
  chart.line({ colour, width: 2 }, (path) => path.arc(x, y, 5, 0, 2 * Math.PI));
}

/**
 * Points of the curve, false-positive rate and sensitivity, from (0, 0) to (1, 1): before and after the scores of
 * anomalous pixels, of very many pixels of some.
 * @param {Scores} scores sorted, of either kind at least one
 * @returns {Point[]}
 */
export function rocOf({ healthy, anomalous }) {
  const point = (/** @type {typeof firstAbove} */ first, /** @type {number} */ score) =>
    /** @type {Point} */ ([healthy, anomalous].map((values) => 1 - first(values, score) / values.length));
  /** @type {Point[]} */
  const points = [[0, 0]];
  const stride = Math.max(1, Math.floor(anomalous.length / MOST_POINTS));
  for (let i = anomalous.length - 1; i >= 0; i -= stride) {
    points.push(point(firstAbove, anomalous[i]), point(firstAtLeast, anomalous[i]));
  }
  points.push(point(firstAtLeast, anomalous[0]), [1, 1]);
  return points;
}
