/** The figures of a slice at every training beta as a table. */

import { Shown } from "./shown.js";

/** @typedef {(string|number|null)[]} Row */

const FIGURES = /** @type {const} */ (["auroc", "average_precision", "best_dice", "dice_threshold"]);
const RATES = ["threshold", "healthy_pixels_that_score_lower", "dice", "sensitivity", "false_positive_rate"];
const MAP = ["map", "map_settings", "training_beta", "kl_weight"];

/**
 * A row a beta and map under the names of the columns; each says how it was made, so that rows may be mixed.
 * @param {import("./frames.js").Frames} frames
 * @param {number} level share of healthy pixels that the threshold exceeds
 * @param {string} notice
 * @returns {Row[]}
 */
export function figureRows(frames, level, notice) {
  const shown = new Shown(frames);
  const { name, betas, about } = frames.header;
  const made = [name, ...Object.values(about)];
  /** @type {Row[]} */
  const rows = [["image", ...Object.keys(about), ...MAP, ...FIGURES, ...RATES, "notice"]];
  for (const layer of shown.layers) {
    const { predictor } = layer;
    if (!predictor || predictor.pending) continue;
    betas.forEach((beta, frame) => {
      if (predictor.only_beta !== null && predictor.only_beta !== beta) return;
      shown.move(frame);
      shown.sortScores(layer);
      const { scores } = shown;
      const threshold = shown.threshold(predictor, level);
      rows.push([
        ...made, predictor.name, predictor.settings, beta, shown.scoringBeta,
        ...FIGURES.map((figure) => shown.figure(predictor, figure)),
        threshold, shown.percentile(predictor, threshold),
        scores.dice(threshold), scores.sensitivity(threshold), scores.falsePositiveRate(threshold), notice,
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
