/** The figures of a slice at every training beta as a table. */

import { Shown } from "./shown.js";

/** @typedef {(string|number|null)[]} Row */

const FIGURES = /** @type {const} */ (["auroc", "average_precision", "best_dice", "dice_threshold"]);
const RATES = ["dice", "sensitivity", "false_positive_rate"];
const HEAD = ["map", "training_beta", "scoring_beta", ...FIGURES, "threshold", ...RATES];

/**
 * A row a beta and map, under the notice.
 * @param {import("./frames.js").Frames} frames
 * @param {number} level share of healthy pixels that the threshold exceeds
 * @param {string} notice
 * @returns {Row[]}
 */
export function figureRows(frames, level, notice) {
  const shown = new Shown(frames);
  const { name, betas } = frames.header;
  /** @type {Row[]} */
  const rows = [[notice], [name], HEAD];
  for (const layer of shown.layers) {
    const { predictor } = layer;
    if (!predictor) continue;
    betas.forEach((beta, frame) => {
      if (predictor.only_beta !== null && predictor.only_beta !== beta) return;
      shown.move(frame);
      shown.sortScores(layer);
      const threshold = shown.threshold(predictor, level);
      rows.push([
        predictor.name, beta, shown.scoringBeta, ...FIGURES.map((figure) => shown.figure(predictor, figure)), threshold,
        shown.scores.dice(threshold), shown.scores.sensitivity(threshold), shown.scores.falsePositiveRate(threshold),
      ]);
    });
  }
  return rows;
}

/**
 * A table of rows as CSV; texts are quoted where they must be.
 * @param {Row[]} rows
 */
export function toCsv(rows) {
  const cell = (/** @type {string|number|null} */ value) => {
    const text = value === null || Number.isNaN(value) ? "" : String(value);
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map((row) => row.map(cell).join(",") + "\r\n").join("");
}
