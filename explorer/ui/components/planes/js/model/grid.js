/** What lies on the model's grid: scores, read between its points as the exported map is, and the foreground. */

/**
 * @typedef {Object} Volume code c has the value low + c * step
 * @property {Uint8Array|Uint16Array} codes the last axis runs fastest
 * @property {number[]} shape
 * @property {number} low
 * @property {number} step
 */

/** @typedef {{kind: "map", key: string, result: string, title: string, colours: [number, number]}} MapHeader */

export class ScoreGrid {
  /**
   * @param {MapHeader} header of the map's packet
   * @param {Volume} scores (slice, row, column); where there is none, the nearest
   * @param {Volume} scored 1 where there is one
   */
  constructor(header, { codes, low, step, shape }, scored) {
    this.header = header;
    this.codes = codes;
    this.low = low;
    this.step = step;
    this.shape = shape;
    this.scored = scored;
    let most = 0;
    for (const code of codes) most = Math.max(most, code);
    /** The lowest and the highest score. */
    this.bottom = low;
    this.top = low + step * most;
  }

  /**
   * The score at a point, linear in between; NaN outside, and where the nearest pixel was not scored.
   * @param {number} slice
   * @param {number} row
   * @param {number} column
   */
  at(slice, row, column) {
    if (!counts(this.scored, slice, row, column)) return NaN;
    const [s, r, c] = [Math.max(slice, 0), Math.max(row, 0), Math.max(column, 0)];
    const s0 = Math.floor(s);
    const fs = s - s0;
    const s1 = Math.min(s0 + 1, this.shape[0] - 1);
    return (1 - fs) * this.inSlice(s0, r, c) + (fs > 0 ? fs * this.inSlice(s1, r, c) : 0);
  }

  /**
   * @param {number} slice a whole number
   * @param {number} row
   * @param {number} column
   */
  inSlice(slice, row, column) {
    const [, rows, columns] = this.shape;
    const r0 = Math.floor(row);
    const c0 = Math.floor(column);
    const r1 = Math.min(r0 + 1, rows - 1);
    const c1 = Math.min(c0 + 1, columns - 1);
    const [fr, fc] = [row - r0, column - c0];
    const start = slice * rows * columns;
    const { codes } = this;
    const above = (1 - fc) * codes[start + r0 * columns + c0] + fc * codes[start + r0 * columns + c1];
    const below = (1 - fc) * codes[start + r1 * columns + c0] + fc * codes[start + r1 * columns + c1];
    return this.low + this.step * ((1 - fr) * above + fr * below);
  }
}

/**
 * Whether the pixel nearest to a point counts.
 * @param {Volume} foreground 1 where it does
 * @param {number} slice
 * @param {number} row
 * @param {number} column
 */
export function counts(foreground, slice, row, column) {
  const [slices, rows, columns] = foreground.shape;
  const [s, r, c] = [Math.round(slice), Math.round(row), Math.round(column)];
  const inside = s >= 0 && r >= 0 && c >= 0 && s < slices && r < rows && c < columns;
  return inside && foreground.codes[(s * rows + r) * columns + c] === 1;
}
