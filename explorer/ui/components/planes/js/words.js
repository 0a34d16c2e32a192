/** What is said in words: sides, position, values. */

import { short } from "../../viewer/js/panels.js";
import { times } from "./scan.js";

const STATED = {
  radiological: "Radiological convention: the right of the person (R) is on the left of the picture.",
  neurological: "Neurological convention: the left of the person (L) is on the left of the picture.",
};
const OBLIQUE_DEG = 1;

/** The line under the tools, as nodes. */
export function statusOf(planes) {
  const { header } = planes.scan;
  const found = [];
  if (header.picture) found.push(bold("A picture: which side is left is not known, and pixels have no size."));
  else found.push(STATED[planes.radiological ? "radiological" : "neurological"]);
  if (!header.picture && !header.oriented) {
    found.push(" ", bold("The file does not say which side is left: all sides are assumed, and left and right may be swapped."));
  }
  if (header.oblique > OBLIQUE_DEG) {
    found.push(` Planes are cut along the scan's own axes, up to ${header.oblique.toFixed(0)}° off the person's.`);
  }
  const ordinal = { 2: "second", 3: "third" }[header.every] ?? `${header.every}th`;
  if (header.every > 1) found.push(` Shown is every ${ordinal} voxel along each axis.`);
  return found;
}

/** Position and values at the crosshair. */
export function readout(planes) {
  const { scan, at, shownScores: scores } = planes;
  const { header, image } = scan;
  const place = at[0] + header.shape[0] * (at[1] + header.shape[1] * at[2]);
  const value = image.low + image.codes[place] * image.step;
  const voxel = times(header.to_scan, at).map((index) => Math.round(index));
  const parts = [];
  if (header.to_mm) {
    const [x, y, z] = times(header.to_mm, at);
    parts.push(`x ${x.toFixed(1)}, y ${y.toFixed(1)}, z ${z.toFixed(1)} mm (right, front, up)`, `voxel ${voxel.join(", ")}`);
  } else {
    parts.push(`row ${voxel[0]}, column ${voxel[1]}`);
  }
  parts.push(`value ${short(value)}`);
  if (scores) {
    const score = scores.at(...times(header.to_model, at));
    parts.push(Number.isNaN(score) ? "not scored" : `score ${scoreText(score, planes.settings.healthy)}`);
  }
  parts.push(`black ${short(planes.window[0])}, white ${short(planes.window[1])}`);
  return parts.join(" · ");
}

/** A score, and the share of healthy pixels below it where that is known. */
export function scoreText(score, healthy) {
  if (!healthy) return short(score);
  return `${short(score)} (above ${(100 * healthyShare(healthy, score)).toFixed(1)} % of healthy pixels)`;
}

/** The share of healthy pixels below a score, linear between the known quantiles. */
export function healthyShare({ levels, quantiles }, score) {
  if (score <= quantiles[0]) return 0;
  for (let i = 1; i < quantiles.length; i++) {
    if (score < quantiles[i]) {
      return levels[i - 1] + ((levels[i] - levels[i - 1]) * (score - quantiles[i - 1])) / (quantiles[i] - quantiles[i - 1]);
    }
  }
  return 1;
}

function bold(text) {
  const node = document.createElement("b");
  node.textContent = text;
  return node;
}
