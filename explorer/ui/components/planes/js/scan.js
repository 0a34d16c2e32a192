/** Packets of scans and maps, as `explorer/ui/planes/packet.py` describes them, and what lies where. */

const MAGIC = 0x31535058; // "XPS1"

/** The header alone; throws where the bytes are not a packet. */
export function scanHeader(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < 8 || view.getUint32(0, true) !== MAGIC) throw new Error("this is not a packet of a scan");
  return JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + view.getUint32(4, true))));
}

/**
 * The arrays of a packet.
 * @param {Uint8Array} bytes
 * @param {Object} header
 * @returns {Promise<Object<string, {codes: Uint8Array|Uint16Array, shape: number[], low: number, step: number}>>}
 */
export async function scanArrays(bytes, header) {
  const start = 8 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
  const stream = new Blob([bytes.subarray(start)]).stream().pipeThrough(new DecompressionStream("deflate"));
  const body = await new Response(stream).arrayBuffer();
  const arrays = {};
  for (const { name, dtype, shape, offset, low, step } of header.arrays) {
    const count = shape.reduce((product, size) => product * size, 1);
    const codes = dtype === "uint8" ? new Uint8Array(body, offset, count) : new Uint16Array(body, offset, count);
    arrays[name] = { codes, shape, low, step };
  }
  return arrays;
}

/** A 4 x 4 matrix times a point. */
export function times(matrix, [x, y, z]) {
  return matrix.slice(0, 3).map((row) => row[0] * x + row[1] * y + row[2] * z + row[3]);
}

/** The point that a 4 x 4 matrix takes to `point`. */
export function undone(matrix, point) {
  const [a, b, c] = matrix;
  const [p, q, r] = point.map((value, i) => value - matrix[i][3]);
  const det = (m) =>
    m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) -
    m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
    m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
  const whole = det([a, b, c]);
  return [0, 1, 2].map((column) => {
    const swapped = [a, b, c].map((row, i) => row.slice(0, 3).map((value, j) => (j === column ? [p, q, r][i] : value)));
    return det(swapped) / whole;
  });
}

/** Scores on the model's grid, read between its points as the exported map is. */
export class ScoreGrid {
  /**
   * @param {Object} header of the map's packet
   * @param {{codes: Uint16Array, low: number, step: number, shape: number[]}} scores
   */
  constructor(header, { codes, low, step, shape }) {
    Object.assign(this, { header, codes, low, step, shape });
    const [slices, rows, columns] = this.shape;
    this.processed = new Uint8Array(slices);
    for (let slice = 0; slice < slices; slice++) {
      const start = slice * rows * columns;
      this.processed[slice] = this.codes.subarray(start, start + rows * columns).some((code) => code !== 0) ? 1 : 0;
    }
    this.bottom = low + step;
    this.top = low + step * codes.reduce((most, code) => Math.max(most, code), 0);
  }

  /** The score at (slice, row, column), linear in between; NaN outside, and where the nearest slice was not scored. */
  at(slice, row, column) {
    const [slices, rows, columns] = this.shape;
    if (!(slice >= -0.5 && slice < slices - 0.5 && row >= -0.5 && row < rows - 0.5 && column >= -0.5 && column < columns - 0.5)) return NaN;
    const nearest = Math.min(Math.max(Math.round(slice), 0), slices - 1);
    if (!this.processed[nearest]) return NaN;
    const [s, r, c] = [Math.max(slice, 0), Math.max(row, 0), Math.max(column, 0)];
    let s0 = Math.floor(s);
    let s1 = Math.min(s0 + 1, slices - 1);
    if (!this.processed[s0]) s0 = nearest;
    if (!this.processed[s1]) s1 = nearest;
    const fs = s - Math.floor(s);
    return (1 - fs) * this.inSlice(s0, r, c) + (fs > 0 ? fs * this.inSlice(s1, r, c) : 0);
  }

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

/** Whether the pixel nearest to (slice, row, column) counts. */
export function counts(foreground, slice, row, column) {
  const [slices, rows, columns] = foreground.shape;
  const [s, r, c] = [Math.round(slice), Math.round(row), Math.round(column)];
  const inside = s >= 0 && r >= 0 && c >= 0 && s < slices && r < rows && c < columns;
  return inside && foreground.codes[(s * rows + r) * columns + c] === 1;
}
