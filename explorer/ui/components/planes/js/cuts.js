/** Where each pixel of a picture lies: the three planes of a scan, and the slice that the network sees. */

import { times, undone } from "./scan.js";

const AXES = {
  axial: { across: 0, up: 1, through: 2 },
  coronal: { across: 0, up: 2, through: 1 },
  sagittal: { across: 1, up: 2, through: 0 },
};
const ENDS = [["L", "R"], ["P", "A"], ["I", "S"]];

/**
 * @typedef {Object} Cut a picture of `width` x `height` pixels
 * @property {number} base place of its upper left pixel in the array
 * @property {number} right step in the array from a pixel to the right one
 * @property {number} down step to the one below
 * @property {number[][]} model (slice, row, column) of its upper left pixel, and the steps to the right and down
 * @property {{left: string, right: string, top: string, bottom: string}} sides empty texts for pictures
 * @property {?number[]} mm width and height of a pixel
 * @property {number[]} cross column and row of the crosshair
 * @property {string} place what is written above it
 * @property {(column: number, row: number) => number[]} pick the voxel at a pixel
 */

/** The planes that a scan has. */
export function planesOf(header) {
  return header.picture ? ["axial"] : ["axial", "coronal", "sagittal"];
}

/**
 * A plane of the scan through a voxel.
 * @param {Object} header of the scan's packet
 * @param {"axial"|"coronal"|"sagittal"} plane
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
  const voxel = (column, row) => {
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
    place: header.picture ? "" : `${at[through] * header.every + 1} of ${shape[through] * header.every}`,
    pick: voxel,
  };
}

/**
 * The slice of the model's grid nearest to a voxel, the left of the person as in the planes.
 * @returns {Cut}
 */
export function seenCut(header, [slices, height, width], at, radiological) {
  const turned = !header.picture && radiological;
  const here = times(header.to_model, at);
  const slice = Math.min(Math.max(Math.round(here[0]), 0), slices - 1);
  const column = (shown) => (turned ? width - 1 - shown : shown);
  const sign = turned ? -1 : 1;
  return {
    width,
    height,
    slice,
    base: slice * height * width + column(0),
    right: sign,
    down: width,
    model: [[slice, 0, column(0)], [0, 0, sign], [0, 1, 0]],
    sides: sidesOf(header, 0, 1, turned),
    mm: header.pixel_mm && [header.pixel_mm, header.pixel_mm],
    cross: [column(Math.round(here[2])), Math.round(here[1])],
    place: header.picture ? "" : `slice ${slice}`,
    pick: (shown, row) => nearestVoxel(header, [here[0], row, column(shown)]),
  };
}

/** The voxel nearest to (slice, row, column), kept inside of the scan. */
export function nearestVoxel(header, model) {
  return undone(header.to_model, model).map((value, axis) =>
    Math.min(Math.max(Math.round(value), 0), header.shape[axis] - 1));
}

function modelSteps(matrix, corner, across, sign, up) {
  const column = (axis, factor) => [0, 1, 2].map((row) => factor * matrix[row][axis]);
  return [times(matrix, corner), column(across, sign), column(up, -1)];
}

function sidesOf(header, across, up, turned) {
  if (header.picture) return { left: "", right: "", top: "", bottom: "" };
  const unsure = header.oriented ? "" : "?";
  const [low, high] = ENDS[across].map((side) => side + unsure);
  const [bottom, top] = ENDS[up].map((side) => side + unsure);
  return { left: turned ? high : low, right: turned ? low : high, top, bottom };
}
