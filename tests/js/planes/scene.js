/** A small scan for the unit tests: every voxel's value says where it lies. */

import { ScoreGrid } from "../../../explorer/ui/components/planes/js/model/grid.js";

export const SHAPE = [4, 5, 3];
/** From voxels to (slice, row, column): slices run up, rows from front to back, columns to the right, half as fine. */
export const TO_MODEL = [[0, 0, 1, 0], [0, -0.5, 0, 2], [0.5, 0, 0, 0], [0, 0, 0, 1]];
const MODEL_SHAPE = [3, 3, 3];

/** What a voxel holds. */
export const valueOf = ([x, y, z]) => 100 * z + 10 * y + x;

const identity = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]];

export function headerOf(more = {}) {
  return {
    kind: "scan", key: "k", shape: SHAPE, spacing: [1, 2, 3], picture: false, oriented: true, oblique: 0, every: 1,
    to_mm: [[1, 0, 0, -10], [0, 2, 0, 20], [0, 0, 3, 0], [0, 0, 0, 1]], to_scan: identity, to_model: TO_MODEL,
    pixel_mm: 2, window: [0, 200], ...more,
  };
}

export function volumeOf(shape, value) {
  const codes = new Uint16Array(shape[0] * shape[1] * shape[2]);
  let i = 0;
  for (let a = 0; a < shape[0]; a++) {
    for (let b = 0; b < shape[1]; b++) for (let c = 0; c < shape[2]; c++) codes[i++] = value(a, b, c);
  }
  return { codes, shape, low: 0, step: 1 };
}

export function scanOf(more = {}) {
  const header = headerOf(more);
  return {
    header,
    image: volumeOf([...SHAPE].reverse(), (z, y, x) => valueOf([x, y, z])),
    seen: volumeOf(MODEL_SHAPE, (slice, row, column) => 100 * slice + 10 * row + column),
    foreground: volumeOf(MODEL_SHAPE, (slice, row, column) => Number(column > 0)),
    mask: null,
  };
}

/** Scores of which slice 1 and a corner of slice 2 have none: code 100 slice + 10 row + column, two units a code. */
export function scoresOf(result = "r") {
  const header = { kind: "map", key: "k", result, title: "A", colours: [0, 400] };
  const codes = volumeOf(MODEL_SHAPE, (slice, row, column) => 100 * (slice === 1 ? 0 : slice) + 10 * row + column);
  const scored = volumeOf(MODEL_SHAPE, (slice, row, column) => Number(slice !== 1 && slice + row + column < 6));
  return new ScoreGrid(header, { ...codes, low: 0, step: 2 }, scored);
}
