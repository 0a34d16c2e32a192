/** Where each pixel of a picture lies: the three planes of a scan, and the slice that the network sees. */

import { clamp } from "../../../base/js/numbers.js";
import { times, undone } from "./matrix.js";

/** @typedef {import("./scan.js").ScanHeader} ScanHeader */
/** @typedef {"axial"|"coronal"|"sagittal"} Plane */
/** @typedef {Plane|"seen"} Key seen: the slice that the network sees */

/** @type {Record<Plane, {across: number, up: number, through: number}>} axes right, front, up by number */
export const AXES = {
  axial: { across: 0, up: 1, through: 2 },
  coronal: { across: 0, up: 2, through: 1 },
  sagittal: { across: 1, up: 2, through: 0 },
};
const ENDS = [["L", "R"], ["P", "A"], ["I", "S"]];

/**
 * @typedef {Object} Cut a picture
 * @property {number} width pixels
 * @property {number} height
 * @property {number} base place of its upper left pixel in the array
 * @property {number} right step in the array from a pixel to the right one
 * @property {number} down step to the one below
 * @property {[number[], number[], number[]]} model (slice, row, column) of its upper left pixel, and the steps to the
 *   right and down
 * @property {{left: string, right: string, top: string, bottom: string}} sides empty texts for pictures
 * @property {?number[]} mm width and height of a pixel
 * @property {number[]} cross column and row of the crosshair
 * @property {string} place what is written above it
 * @property {(column: number, row: number) => number[]} pick the voxel at a pixel
 */

/**
 * The planes that a scan has.
 * @param {ScanHeader} header
 * @returns {Plane[]}
 */
export function planesOf(header) {
  return header.picture ? ["axial"] : ["axial", "coronal", "sagittal"];
}

/**
 * A plane of the scan through a voxel.
 * @param {ScanHeader} header
 * @param {Plane} plane
 * @param {number[]} at voxel, along right, front, up
 * @param {boolean} radiological
 * @returns {Cut}
 */
export function scanCut(header, plane, at, radiological) {
  const { across, up, through } = AXES[plane];
  const { shape, spacing } = header;
  const strides = [1, shape[0], shape[0] * shape[1]];
  // The left of a picture: R by radiological, L by neurological convention; A in sagittal planes.
  const turned = !header.picture && (plane === "sagittal" || radiological);
  const [width, height] = [shape[across], shape[up]];
  const corner = at.slice();
  corner[across] = turned ? width - 1 : 0;
  corner[up] = height - 1;
  const voxel = (/** @type {number} */ column, /** @type {number} */ row) => {
    const found = at.slice();
    found[across] = turned ? width - 1 - column : column;
    found[up] = height - 1 - row;
    return found;
  };
  return {
    width,
    height,
    base: corner.reduce((sum, index, axis) => sum + index * strides[axis], 0),
    right: (turned ? -1 : 1) * strides[across],
    down: -strides[up],
    model: modelSteps(header.to_model, corner, across, turned ? -1 : 1, up),
    sides: sidesOf(header, across, up, turned),
    mm: spacing && [spacing[across], spacing[up]],
    cross: [turned ? width - 1 - at[across] : at[across], height - 1 - at[up]],
    place: header.picture ? "" : `slice ${numberOf(header, at, through)}`,
    pick: voxel,
  };
}

/**
 * The slice of the model's grid nearest to a voxel, the left of the person as in the planes.
 * @param {ScanHeader} header
 * @param {number[]} shape of the model's grid, slices, rows, columns
 * @param {number[]} at voxel, along right, front, up
 * @param {boolean} radiological
 * @returns {Cut}
 */
export function seenCut(header, [slices, height, width], at, radiological) {
  const turned = !header.picture && radiological;
  const here = times(header.to_model, at);
  const slice = clamp(Math.round(here[0]), 0, slices - 1);
  const column = (/** @type {number} */ shown) => (turned ? width - 1 - shown : shown);
  const sign = turned ? -1 : 1;
  return {
    width,
    height,
    base: slice * height * width + column(0),
    right: sign,
    down: width,
    model: [[slice, 0, column(0)], [0, 0, sign], [0, 1, 0]],
    sides: sidesOf(header, 0, 1, turned),
    mm: header.pixel_mm === null ? null : [header.pixel_mm, header.pixel_mm],
    cross: [column(Math.round(here[2])), Math.round(here[1])],
    place: header.picture ? "" : `slice ${numberOf(header, at)}`,
    pick: (shown, row) => nearestVoxel(header, [here[0], row, column(shown)]),
  };
}

/**
 * The number of a plane: the index that its voxels have in the file, from 0 on.
 * @param {ScanHeader} header
 * @param {number[]} at a voxel of it, along right, front, up
 * @param {number} [through] the axis that it does not go along; axial where left out
 */
export function numberOf({ to_scan: toScan }, at, through = AXES.axial.through) {
  const stored = [0, 1, 2].find((axis) => toScan[axis][through] !== 0) ?? through;
  return Math.round(times(toScan, at)[stored]);
}

/**
 * The number of the axial plane of a place on the model's grid.
 * @param {ScanHeader} header
 * @param {number[]} at the crosshair
 * @param {number[]} place (slice, row, column); of a slice alone: where it is nearest to the crosshair
 */
export function numberAt(header, at, [slice, ...within]) {
  const [row, column] = within.length ? within : times(header.to_model, at).slice(1);
  return numberOf(header, nearestVoxel(header, [slice, row, column]));
}

/**
 * The voxel nearest to (slice, row, column), kept inside of the scan.
 * @param {ScanHeader} header
 * @param {number[]} model
 */
export function nearestVoxel(header, model) {
  return undone(header.to_model, model).map((value, axis) => clamp(Math.round(value), 0, header.shape[axis] - 1));
}

/**
 * @param {number[][]} matrix to the model's grid
 * @param {number[]} corner voxel of the upper left pixel
 * @param {number} across axis to the right
 * @param {1|-1} sign -1: turned round
 * @param {number} up axis upwards
 * @returns {Cut["model"]}
 */
function modelSteps(matrix, corner, across, sign, up) {
  const column = (/** @type {number} */ axis, /** @type {number} */ factor) =>
    [0, 1, 2].map((row) => factor * matrix[row][axis]);
  return [times(matrix, corner), column(across, sign), column(up, -1)];
}

/**
 * @param {ScanHeader} header
 * @param {number} across axis to the right
 * @param {number} up axis upwards
 * @param {boolean} turned
 * @returns {Cut["sides"]}
 */
function sidesOf(header, across, up, turned) {
  if (header.picture) return { left: "", right: "", top: "", bottom: "" };
  const unsure = header.oriented ? "" : "?";
  const [low, high] = ENDS[across].map((side) => side + unsure);
  const [bottom, top] = ENDS[up].map((side) => side + unsure);
  return { left: turned ? high : low, right: turned ? low : high, top, bottom };
}
