/** Planting by hand: a circle under the finger. */

import { clamp } from "../../../base/js/numbers.js";

const LEAST_DRAG = 0.015;

/**
 * @typedef {Object} Plant where the anomaly is, as the page's controls say
 * @property {boolean} plants whether it can be placed by hand
 * @property {?number} x centre, fraction of the width; null where it is drawn from the seed
 * @property {?number} y centre, fraction of the height
 * @property {number} size diameter, fraction of the width
 * @property {[number, number]} sizes smallest and largest
 * @property {string} painted text of its painted shape, or empty
 */

/** A drag of the anomaly: from inside it moves it, from elsewhere it draws a new one. */
export class Planting {
  /**
   * @param {Plant} plant
   * @param {number} x where the finger went down, fractions of the image
   * @param {number} y
   * @param {number} aspect height by width of the image
   */
  constructor(plant, x, y, aspect) {
    this.sizes = plant.sizes;
    this.aspect = aspect;
    const centre = plant.x !== null && plant.y !== null ? [plant.x, plant.y] : null;
    const inside = centre !== null && this.distance(centre[0], centre[1], x, y) < plant.size / 2;
    this.start = { x, y };
    this.x = inside ? centre[0] : x;
    this.y = inside ? centre[1] : y;
    /** From the centre to the finger that holds it, or null while a new one is drawn. */
    this.hold = inside ? { x: x - this.x, y: y - this.y } : null;
    this.size = plant.size;
  }

  /**
   * The finger moves to a point.
   * @param {number} x
   * @param {number} y
   */
  move(x, y) {
    if (this.hold) {
      [this.x, this.y] = [x - this.hold.x, y - this.hold.y];
      return;
    }
    const radius = this.distance(this.start.x, this.start.y, x, y);
    if (radius > LEAST_DRAG) this.size = clamp(2 * radius, ...this.sizes);
  }

  /** Whether the centre is outside of the image. */
  get outside() {
    return !(this.x >= 0 && this.x <= 1 && this.y >= 0 && this.y <= 1);
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} toX
   * @param {number} toY
   */
  distance(x, y, toX, toY) {
    return Math.hypot(toX - x, (toY - y) * this.aspect);
  }
}

/**
 * What the server is told of a place; two digits, as the page's sliders have.
 * @param {{x: number, y: number, size: number}} place
 */
export function rounded({ x, y, size }) {
  const [right, down, wide] = [x, y, size].map((value) => Math.round(value * 100) / 100);
  return { x: right, y: down, size: wide };
}

/**
 * A circle as an SVG path in pixels.
 * @param {{x: number, y: number, size: number}} place in fractions of the image
 * @param {number} width of the image, pixels
 * @param {number} height
 */
export function circle({ x, y, size }, width, height) {
  const radius = (size * width) / 2;
  const [column, row] = [x * width, y * height];
  const arc = `a${radius} ${radius} 0 1 0`;
  return `M${column - radius} ${row}${arc} ${2 * radius} 0${arc} ${-2 * radius} 0`;
}
