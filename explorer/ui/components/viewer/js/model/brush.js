/** The brush: paints a shape on a coarse grid over the image, stroke by stroke. */

import { clamp } from "../../../base/js/numbers.js";
import { CELLS, pathOfShape, shapeOf, textOfShape } from "./shape.js";

const SIZES = /** @type {const} */ ([0.03, 0.4]);

/** @typedef {[number, number]} Point right and down, fractions of the image */

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
    /** @type {?{cells: Uint8Array<ArrayBuffer>, wet: boolean, last: Point}} what was there before the present stroke */
    this.stroke = null;
    /** @type {?{key: string, d: string}} the path that was asked for last */
    this.drawn = null;
  }

  /**
   * Take over what the server says, unless newer paint is wet.
   * @param {string} text
   */
  load(text) {
    if (this.wet || this.stroke || text === this.told) return;
    this.told = text;
    this.put(shapeOf(text), false);
  }

  /** @param {number} size diameter, fraction of the image's width */
  resize(size) {
    this.size = clamp(size, ...SIZES);
  }

  /** @param {boolean} erasing */
  erase(erasing) {
    this.erasing = erasing;
  }

  /**
   * Begin a stroke at a point.
   * @param {Point} at
   * @param {number} aspect height by width of the image
   */
  begin(at, aspect) {
    this.stroke = { cells: this.cells.slice(), wet: this.wet, last: at };
    this.paint(at, at, aspect);
  }

  /**
   * Go on with it, in a straight line.
   * @param {Point} at
   * @param {number} aspect
   */
  go(at, aspect) {
    if (!this.stroke) return;
    this.paint(this.stroke.last, at, aspect);
    this.stroke.last = at;
  }

  /**
   * End it; one that is cancelled, or that changed nothing, leaves what was there.
   * @param {boolean} cancelled
   * @returns {boolean} whether it changed something
   */
  end(cancelled) {
    if (!this.stroke) return false;
    const { cells, wet } = this.stroke;
    const changed = cells.some((value, i) => value !== this.cells[i]);
    this.stroke = null;
    if (cancelled || !changed) this.put(cells, wet);
    return changed;
  }

  /**
   * Paint or erase from one point to another.
   * @param {Point} from
   * @param {Point} to
   * @param {number} aspect
   */
  paint([x, y], [toX, toY], aspect) {
    const cells = this.cells.slice();
    const steps = Math.max(1, Math.ceil((4 * Math.hypot(toX - x, (toY - y) * aspect)) / this.size));
    for (let i = 0; i <= steps; i++) {
      this.dab(cells, x + ((toX - x) * i) / steps, y + ((toY - y) * i) / steps, aspect);
    }
    this.put(cells, true);
  }

  /**
   * @param {Uint8Array} cells written
   * @param {number} x
   * @param {number} y
   * @param {number} aspect
   */
  dab(cells, x, y, aspect) {
    const value = this.erasing ? 0 : 1;
    const radius = this.size / 2;
    for (let row = 0; row < CELLS; row++) {
      const down = ((row + 0.5) / CELLS - y) * aspect;
      if (Math.abs(down) > radius) continue;
      for (let column = 0; column < CELLS; column++) {
        if (Math.hypot((column + 0.5) / CELLS - x, down) <= radius) cells[row * CELLS + column] = value;
      }
    }
  }

  clear() {
    this.put(new Uint8Array(CELLS * CELLS), true);
  }

  /**
   * @param {Uint8Array<ArrayBuffer>} cells
   * @param {boolean} wet
   */
  put(cells, wet) {
    this.cells = cells;
    this.wet = wet;
    this.drawn = null;
  }

  /** The shape's text for the server; from now on it counts as told. */
  tell() {
    this.told = textOfShape(this.cells);
    this.wet = false;
    return this.told;
  }

  /**
   * The shape as an SVG path in pixels of an image.
   * @param {number} width
   * @param {number} height
   */
  path(width, height) {
    const key = `${width} ${height}`;
    if (this.drawn?.key !== key) this.drawn = { key, d: pathOfShape(this.cells, width / CELLS, height / CELLS) };
    return this.drawn.d;
  }
}
