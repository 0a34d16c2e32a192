/** A shape on a coarse grid over the image, as the text that `explorer/anomalies/shape/painted.py` describes. */

/** Cells of the grid in a row, and rows. */
export const CELLS = 64;

/**
 * The text of a grid; empty where nothing is painted.
 * @param {Uint8Array} cells row by row, 0 or 1
 */
export function textOfShape(cells) {
  let [top, left, bottom, right] = [CELLS, CELLS, -1, -1];
  cells.forEach((value, i) => {
    if (!value) return;
    const [row, column] = [Math.floor(i / CELLS), i % CELLS];
    [top, bottom] = [Math.min(top, row), Math.max(bottom, row)];
    [left, right] = [Math.min(left, column), Math.max(right, column)];
  });
  if (bottom < 0) return "";
  const [height, width] = [bottom - top + 1, right - left + 1];
  const bytes = new Uint8Array(4 + Math.ceil((height * width) / 8));
  bytes.set([top, left, height, width]);
  for (let i = 0; i < height * width; i++) {
    const cell = cells[(top + Math.floor(i / width)) * CELLS + left + (i % width)];
    if (cell) bytes[4 + (i >> 3)] |= 128 >> (i & 7);
  }
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * The grid of a text that the server has checked.
 * @param {string} text
 */
export function shapeOf(text) {
  const cells = new Uint8Array(CELLS * CELLS);
  const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  const [top, left, height, width] = bytes;
  for (let i = 0; bytes.length && i < height * width; i++) {
    if (bytes[4 + (i >> 3)] & (128 >> (i & 7))) cells[(top + Math.floor(i / width)) * CELLS + left + (i % width)] = 1;
  }
  return cells;
}

/**
 * The grid as an SVG path: a rectangle for each run of painted cells in a row.
 * @param {Uint8Array} cells
 * @param {number} wide width of a cell
 * @param {number} high its height
 */
export function pathOfShape(cells, wide, high) {
  const parts = [];
  for (let row = 0; row < CELLS; row++) {
    let from = -1;
    for (let column = 0; column <= CELLS; column++) {
      const inside = column < CELLS && cells[row * CELLS + column];
      if (inside && from < 0) from = column;
      if (!inside && from >= 0) {
        const length = (column - from) * wide;
        parts.push(`M${from * wide} ${row * high}h${length}v${high}h${-length}z`);
        from = -1;
      }
    }
  }
  return parts.join("");
}
