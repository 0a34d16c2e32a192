/** Planting by hand: a circle under the finger, told to the server when it is let go. */

const LEAST_DRAG = 0.015;

/**
 * @typedef {Object} Plant where the anomaly is, as the page's controls say
 * @property {boolean} plants whether the family changes images at all
 * @property {number} x centre, fraction of the width
 * @property {number} y centre, fraction of the height
 * @property {number} size diameter, fraction of the width
 * @property {[number, number]} sizes smallest and largest
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
    this.plant = plant;
    this.aspect = aspect;
    const inside = plant.x !== null && this.distance(plant.x, plant.y, x, y) < plant.size / 2;
    this.hold = inside ? [x - plant.x, y - plant.y] : null;
    this.start = [x, y];
    this.x = inside ? plant.x : x;
    this.y = inside ? plant.y : y;
    this.size = plant.size;
    this.outside = !within(this.x, this.y);
  }

  move(x, y) {
    if (this.hold) {
      this.x = x - this.hold[0];
      this.y = y - this.hold[1];
      this.outside = !within(this.x, this.y);
      return;
    }
    const radius = this.distance(...this.start, x, y);
    if (radius > LEAST_DRAG) this.size = clamp(2 * radius, ...this.plant.sizes);
  }

  distance(x, y, toX, toY) {
    return Math.hypot(toX - x, (toY - y) * this.aspect);
  }

  /** What to tell the server; two digits, as the page's sliders have. */
  change() {
    return { x: round(this.x), y: round(this.y), size: round(this.size) };
  }
}

/** The circle as an SVG path in pixels. */
export function circle(x, y, size, width, height) {
  const radius = (size * width) / 2;
  const [column, row] = [x * width, y * height];
  const arc = `a${radius} ${radius} 0 1 0`;
  return `M${column - radius} ${row}${arc} ${2 * radius} 0${arc} ${-2 * radius} 0`;
}

export function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}

function within(x, y) {
  return x >= 0 && x <= 1 && y >= 0 && y <= 1;
}

function round(value) {
  return Math.round(value * 100) / 100;
}
