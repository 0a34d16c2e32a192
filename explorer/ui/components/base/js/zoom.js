/** The part of a picture that is seen: its middle, in fractions of the picture, and how many times as large. */

import { clamp } from "./numbers.js";

const DEEPEST = 16;

export class Zoom {
  constructor() {
    this.scale = 1;
    this.x = 0.5;
    this.y = 0.5;
  }

  /**
   * @param {number} scale how many times as large
   * @param {number} x the middle of what is seen
   * @param {number} y
   */
  to(scale, x, y) {
    this.scale = clamp(scale, 1, DEEPEST);
    [this.x, this.y] = [x, y];
    this.keepInside();
  }

  /** See the whole picture. */
  reset() {
    this.scale = 1;
    this.x = this.y = 0.5;
  }

  /**
   * Zoom by a factor so that the point (x, y) of the picture stays where it is on the screen.
   * @param {number} factor
   * @param {number} x
   * @param {number} y
   */
  by(factor, x, y) {
    const scale = clamp(this.scale * factor, 1, DEEPEST);
    const kept = this.scale / scale;
    this.x = x + (this.x - x) * kept;
    this.y = y + (this.y - y) * kept;
    this.scale = scale;
    this.keepInside();
  }

  /**
   * Move the picture by fractions of what it is seen in.
   * @param {number} right
   * @param {number} down
   */
  pan(right, down) {
    this.x -= right / this.scale;
    this.y -= down / this.scale;
    this.keepInside();
  }

  /**
   * Bring a point into view; the picture does not move where it is already seen.
   * @param {number} x
   * @param {number} y
   */
  reveal(x, y) {
    const half = 0.5 / this.scale;
    this.x = clamp(this.x, x - half, x + half);
    this.y = clamp(this.y, y - half, y + half);
    this.keepInside();
  }

  keepInside() {
    const half = 0.5 / this.scale;
    this.x = clamp(this.x, half, 1 - half);
    this.y = clamp(this.y, half, 1 - half);
  }
}

/**
 * How far a turn of the wheel zooms; with Ctrl, as touchpads say a pinch, a finer turn goes further.
 * @param {{deltaY: number, ctrlKey: boolean}} event
 */
export function wheelFactor({ deltaY, ctrlKey }) {
  return Math.exp(ctrlKey ? clamp(-0.01 * deltaY, -0.2, 0.2) : -0.002 * deltaY);
}
