/** Outlines of masks along the edges of pixels, as SVG paths in pixels. */

const GAP = 2;

/**
 * @param {Uint8Array} mask row by row, nonzero inside
 * @param {number} width
 * @param {number} height
 * @returns {string} a path of straight edges; empty for an empty mask
 */
export function outline(mask, width, height) {
  const inside = (/** @type {number} */ row, /** @type {number} */ column) =>
    row >= 0 && column >= 0 && row < height && column < width && mask[row * width + column] !== 0;
  /** @type {string[]} */
  const parts = [];
  for (let row = 0; row <= height; row++) {
    edges(width, (column) => inside(row - 1, column) !== inside(row, column), (from, to) =>
      parts.push(`M${from} ${row}H${to}`));
  }
  for (let column = 0; column <= width; column++) {
    edges(height, (row) => inside(row, column - 1) !== inside(row, column), (from, to) =>
      parts.push(`M${column} ${from}V${to}`));
  }
  return parts.join("");
}

/**
 * Call `found(from, to)` for each run of places below `length` where `isEdge` holds.
 * @param {number} length
 * @param {(place: number) => boolean} isEdge
 * @param {(from: number, to: number) => void} found
 */
function edges(length, isEdge, found) {
  let from = -1;
  for (let i = 0; i <= length; i++) {
    const edge = i < length && isEdge(i);
    if (edge && from < 0) from = i;
    if (!edge && from >= 0) {
      found(from, i);
      from = -1;
    }
  }
}

/**
 * The mask with gaps of up to 4 pixels closed, for drawing: the outlines of specks would hide what lies under them.
 * @param {Uint8Array} mask row by row, 0 or 1
 * @param {number} width
 * @param {number} height
 * @returns {Uint8Array} of the same size
 */
export function closed(mask, width, height) {
  const [wide, high] = [width + 2 * (GAP + 1), height + 2 * (GAP + 1)];
  let padded = new Uint8Array(wide * high);
  for (let row = 0; row < height; row++) {
    padded.set(mask.subarray(row * width, (row + 1) * width), (row + GAP + 1) * wide + GAP + 1);
  }
  for (let i = 0; i < GAP; i++) padded = spread(padded, wide, 1);
  for (let i = 0; i < GAP; i++) padded = spread(padded, wide, 0);
  const filled = mask.slice();
  for (let i = 0; i < filled.length; i++) {
    filled[i] |= padded[(Math.floor(i / width) + GAP + 1) * wide + (i % width) + GAP + 1];
  }
  return filled;
}

/**
 * Give each pixel beside one of this value the same value.
 * @param {Uint8Array} mask
 * @param {number} wide
 * @param {number} value
 */
function spread(mask, wide, value) {
  const found = mask.slice();
  for (let i = wide; i < mask.length - wide; i++) {
    const aside = mask[i - 1] === value || mask[i + 1] === value;
    if (aside || mask[i - wide] === value || mask[i + wide] === value) found[i] = value;
  }
  return found;
}
