/** What is said in words: sides, position, values. */

import { percentile } from "../../../base/js/numbers.js";
import { short } from "../../../base/js/text.js";
import { times } from "./matrix.js";

/** @typedef {import("./model.js").Model} Model */
/** @typedef {{text: string, bold: boolean}} Phrase */

const STATED = {
  radiological: "Radiological convention: the right of the person (R) is on the left of the picture.",
  neurological: "Neurological convention: the left of the person (L) is on the left of the picture.",
};
const PICTURE = "A picture: which side is left is not known, and pixels have no size.";
const UNSURE = "The file does not say which side is left: all sides are assumed, and left and right may be swapped.";
const OBLIQUE_DEG = 1;

/**
 * The line under the tools.
 * @param {import("./scan.js").ScanHeader} header
 * @param {boolean} radiological
 * @returns {Phrase[]}
 */
export function statusOf({ picture, oriented, oblique, every }, radiological) {
  const found = [picture ? strong(PICTURE) : plain(STATED[radiological ? "radiological" : "neurological"])];
  if (!picture && !oriented) found.push(strong(UNSURE));
  if (oblique > OBLIQUE_DEG) {
    found.push(plain(`Planes are cut along the scan's own axes, up to ${oblique.toFixed(0)}° off the person's.`));
  }
  const ordinal = new Map([[2, "second"], [3, "third"]]).get(every) ?? `${every}th`;
  if (every > 1) found.push(plain(`Shown is every ${ordinal} voxel along each axis.`));
  return found;
}

/**
 * Position and values at the crosshair.
 * @param {Model} model
 */
export function readout({ scan, at, shownScores: scores, settings, view }) {
  if (!scan) return "";
  const { header, image } = scan;
  const place = at[0] + header.shape[0] * (at[1] + header.shape[1] * at[2]);
  const value = image.low + image.codes[place] * image.step;
  const voxel = times(header.to_scan, at).map((index) => Math.round(index));
  const parts = [];
  if (header.to_mm) {
    const [x, y, z] = times(header.to_mm, at);
    parts.push(`x ${x.toFixed(1)}, y ${y.toFixed(1)}, z ${z.toFixed(1)} mm (right, front, up)`);
    parts.push(`voxel ${voxel.join(", ")}`);
  } else {
    parts.push(`row ${voxel[0]}, column ${voxel[1]}`);
  }
  parts.push(`value ${short(value)}`);
  if (scores) {
    const [slice, row, column] = times(header.to_model, at);
    const score = scores.at(slice, row, column);
    parts.push(Number.isNaN(score) ? "not scored" : `score ${scoreText(score, settings.healthy)}`);
  }
  parts.push(`black ${short(view.window[0])}, white ${short(view.window[1])}`);
  return parts.join(" · ");
}

/**
 * A score, and the share of healthy pixels below it where that is known.
 * @param {number} score
 * @param {?{levels: number[], quantiles: number[]}} [healthy]
 */
export function scoreText(score, healthy) {
  if (!healthy) return short(score);
  const share = percentile(score, healthy.quantiles, healthy.levels);
  return `${short(score)} (above ${(100 * share).toFixed(1)} % of healthy pixels)`;
}

/**
 * What is said of a slice's score.
 * @param {number} slice
 * @param {?number} [score]
 */
export function sliceText(slice, score) {
  return `slice ${slice}, ${score === null || score === undefined ? "not scored" : `score ${short(score)}`}`;
}

/** @param {string} text */
function plain(text) {
  return { text, bold: false };
}

/** @param {string} text */
function strong(text) {
  return { text, bold: true };
}
