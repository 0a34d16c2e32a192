/** The pixel that all panels point at: under the pointer, or pinned. */

import { clamp } from "../../../base/js/numbers.js";

/** @typedef {import("./shown.js").Pixel} Pixel */
/** @typedef {{width: number, height: number}} Size of the image */

export class Crosshair {
  /** @param {(...what: string[]) => void} changed what has to be painted anew */
  constructor(changed) {
    this.changed = changed;
    /** @type {?Pixel} */
    this.cursor = null;
    /** @type {?Pixel} */
    this.pinned = null;
  }

  /** Where it stands, or null. */
  get at() {
    return this.pinned ?? this.cursor;
  }

  /** @param {?Pixel} pixel under the pointer; one that is pinned stays */
  hover(pixel) {
    if (this.pinned || same(pixel, this.cursor)) return;
    this.cursor = pixel;
    this.changed("cursor");
  }

  /** @param {?Pixel} pixel to pin; the same again, or none, lets go */
  pin(pixel) {
    this.pinned = same(pixel, this.pinned) ? null : pixel;
    this.cursor = pixel;
    this.changed("cursor");
  }

  letGo() {
    this.put(null);
  }

  /** @param {?Pixel} pixel to pin; none lets go */
  put(pixel) {
    this.pinned = this.cursor = pixel;
    this.changed("cursor");
  }

  /**
   * Move by pixels, from the middle where it stands nowhere; pinned or not as before.
   * @param {number} down
   * @param {number} right
   * @param {Size} size
   * @returns {Pixel} where it is now
   */
  step(down, right, size) {
    const from = this.at ?? middleOf(size);
    const at = {
      row: clamp(from.row + down, 0, size.height - 1),
      column: clamp(from.column + right, 0, size.width - 1),
    };
    if (this.pinned) this.pinned = at;
    this.cursor = at;
    this.changed("cursor");
    return at;
  }

  /**
   * Let go where another image does not reach.
   * @param {Size} size
   */
  keepInside({ width, height }) {
    const { at } = this;
    if (at && (at.row >= height || at.column >= width)) this.letGo();
  }
}

/**
 * @param {Size} size
 * @returns {Pixel}
 */
export function middleOf({ width, height }) {
  return { row: height >> 1, column: width >> 1 };
}

/**
 * The middle of a pixel in fractions of the image.
 * @param {Pixel} pixel
 * @param {Size} size
 * @returns {[number, number]} right and down
 */
export function centreOf({ row, column }, { width, height }) {
  return [(column + 0.5) / width, (row + 0.5) / height];
}

/**
 * @param {?Pixel} one
 * @param {?Pixel} other
 */
function same(one, other) {
  return one === other || (one !== null && other !== null && one.row === other.row && one.column === other.column);
}
