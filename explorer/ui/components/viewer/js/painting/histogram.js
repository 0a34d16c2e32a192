/** The histogram of one map's scores, healthy and anomalous, with the threshold. */

import { clamp } from "../../../base/js/numbers.js";
import { short } from "../../../base/js/text.js";
import { firstAtLeast } from "../model/scores.js";

/** @typedef {import("../../../base/js/chart.js").Chart} Chart */

const HEALTHY = "#0072B2";
const ANOMALOUS = "#D55E00";
const BINS = 48;

/**
 * Shares of healthy and anomalous pixels over the colour bar's range, square-root scale.
 * @param {Chart} chart
 * @param {import("../model/scores.js").Scores} scores sorted
 * @param {[number, number]} range
 * @param {number} threshold
 * @param {string} ink
 */
export function drawHistogram(chart, { healthy, anomalous }, [low, high], threshold, ink) {
  if (!chart.begin(ink)) return;
  const c = chart.context;
  chart.axes("", "", short(low), short(high));
  const width = chart.width / BINS;
  c.globalAlpha = 0.7;
  for (const [colour, values] of /** @type {const} */ ([[HEALTHY, healthy], [ANOMALOUS, anomalous]])) {
    c.fillStyle = colour;
    sharesOf(values, low, high, BINS).forEach((share, i) => {
      const height = Math.sqrt(share) * chart.height;
      c.fillRect(chart.left + i * width, chart.y(0) - height, width - 0.5, height);
    });
  }
  c.globalAlpha = 1;
  const x = chart.x(clamp((threshold - low) / (high - low), 0, 1));
  chart.through({ width: 2 }, [[x, chart.y(0)], [x, chart.y(1)]]);
}

/**
 * Shares of ascending values in each bin; what lies beyond the ends goes to the ends.
 * @param {Float32Array} values
 * @param {number} low
 * @param {number} high
 * @param {number} count of bins
 */
export function sharesOf(values, low, high, count) {
  let from = 0;
  return Array.from({ length: count }, (_, i) => {
    const to = i === count - 1 ? values.length : firstAtLeast(values, low + ((i + 1) * (high - low)) / count);
    const share = values.length ? (to - from) / values.length : 0;
    from = to;
    return share;
  });
}
