/** The pixels of a cut: grey values, scores and masks, row by row. */

import { counts } from "../model/grid.js";

/** @typedef {import("../model/cuts.js").Cut} Cut */
/** @typedef {import("../model/grid.js").Volume} Volume */
/** @typedef {import("../model/grid.js").ScoreGrid} ScoreGrid */
/** @typedef {import("../../../base/js/colour.js").Ramp} Ramp */

/**
 * The colours of a volume's values.
 * @param {Cut} cut
 * @param {Volume} volume
 * @param {Ramp} ramp
 * @param {Uint32Array} pixels written
 */
export function writeGrey({ width, height, base, right, down }, { codes, low, step }, ramp, pixels) {
  for (let row = 0, i = 0; row < height; row++) {
    let place = base + row * down;
    for (let column = 0; column < width; column++, i++, place += right) pixels[i] = ramp.at(low + codes[place] * step);
  }
}

/**
 * The colours of scores that reach a threshold where the foreground is; nothing elsewhere.
 * @param {Cut} cut
 * @param {?ScoreGrid} scores null: nothing anywhere
 * @param {Volume} foreground
 * @param {number} threshold
 * @param {Ramp} ramp
 * @param {Uint32Array} pixels written
 */
export function writeScores(cut, scores, foreground, threshold, ramp, pixels) {
  pixels.fill(0);
  if (!scores) return;
  eachPixel(cut, (i, slice, row, column) => {
    if (!counts(foreground, slice, row, column)) return;
    const value = scores.at(slice, row, column);
    if (value >= threshold) pixels[i] = ramp.at(value);
  });
}

/**
 * Where the foreground is.
 * @param {Cut} cut
 * @param {Volume} foreground
 */
export function foregroundOf(cut, foreground) {
  const mask = new Uint8Array(cut.width * cut.height);
  eachPixel(cut, (i, slice, row, column) => {
    mask[i] = Number(counts(foreground, slice, row, column));
  });
  return mask;
}

/**
 * A plane of the scan's mask.
 * @param {Cut} cut
 * @param {Volume} volume
 */
export function maskOf({ width, height, base, right, down }, { codes }) {
  return Uint8Array.from({ length: width * height }, (_, i) =>
    codes[base + (i % width) * right + Math.floor(i / width) * down]);
}

/**
 * @param {Cut} cut
 * @param {(i: number, slice: number, row: number, column: number) => void} visit with the place on the model's grid
 */
function eachPixel({ width, height, model: [origin, right, below] }, visit) {
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      visit(
        i,
        origin[0] + x * right[0] + y * below[0],
        origin[1] + x * right[1] + y * below[1],
        origin[2] + x * right[2] + y * below[2],
      );
    }
  }
}
