/** The brush: a shape on a coarse grid over the image, and its text as `explorer/anomalies/painted.py` says. */

const CELLS = 64;

export class Brush {
  constructor() {
    this.cells = new Uint8Array(CELLS * CELLS);
    /** Text of the shape that the server was told last. */
    this.told = "";
    /** Diameter, fraction of the image's width. */
    this.size = 0.08;
    this.erasing = false;
    /** Whether there is paint that the server does not know of. */
    this.wet = false;
  }

  /** Take over what the server says, unless newer paint is wet. */
  load(text) {
    if (this.wet || text === this.told) return;
    this.cells = shapeOf(text);
    this.told = text;
    this.drawn = null;
  }

  /** Paint or erase from one point of the image to another, fractions of it; `aspect` is height by width. */
  stroke([x, y], [toX, toY], aspect) {
    const steps = Math.max(1, Math.ceil((4 * Math.hypot(toX - x, (toY - y) * aspect)) / this.size));
    for (let i = 0; i <= steps; i++) this.dab(x + ((toX - x) * i) / steps, y + ((toY - y) * i) / steps, aspect);
    this.wet = true;
    this.drawn = null;
  }

  dab(x, y, aspect) {
    const value = this.erasing ? 0 : 1;
    const radius = this.size / 2;
    for (let row = 0; row < CELLS; row++) {
      const down = ((row + 0.5) / CELLS - y) * aspect;
      if (Math.abs(down) > radius) continue;
      for (let column = 0; column < CELLS; column++) {
        if (Math.hypot((column + 0.5) / CELLS - x, down) <= radius) this.cells[row * CELLS + column] = value;
      }
    }
  }

  clear() {
    this.cells.fill(0);
    this.wet = true;
    this.drawn = null;
  }

  /** The shape's text for the server; from now on it counts as told. */
  tell() {
    this.told = textOfShape(this.cells);
    this.wet = false;
    return this.told;
  }

  /** The shape as an SVG path in pixels of an image. */
  path(width, height) {
    const key = `${width} ${height}`;
    if (this.drawn?.key !== key) this.drawn = { key, d: runs(this.cells, width / CELLS, height / CELLS) };
    return this.drawn.d;
  }
}

/** The text of a grid; empty where nothing is painted. */
function textOfShape(cells) {
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

/** The grid of a text that the server has checked. */
function shapeOf(text) {
  const cells = new Uint8Array(CELLS * CELLS);
  const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  const [top, left, height, width] = bytes;
  for (let i = 0; bytes.length && i < height * width; i++) {
    if (bytes[4 + (i >> 3)] & (128 >> (i & 7))) cells[(top + Math.floor(i / width)) * CELLS + left + (i % width)] = 1;
  }
  return cells;
}

/** A rectangle for each run of painted cells in a row. */
function runs(cells, wide, high) {
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
