/** The profile of slice scores, those that the true mask touches marked below, and where the crosshair is. */

import { Chart } from "../../../base/js/chart.js";
import { short } from "../../../base/js/text.js";
import { sliceText } from "../model/words.js";

/** @typedef {import("../model/model.js").Model} Model */

const CURVE = "#0072B2";
const MASKED = "#2ee6c5";

export class Profile {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.chart = new Chart(canvas, { left: 34, right: 6, top: 6, bottom: 16 });
  }

  /**
   * @param {Model} model
   * @param {string} ink
   */
  paint(model, ink) {
    const { settings: { profile = [], anomalous = [] }, slice: here } = model;
    const { chart } = this;
    const known = profile.flatMap((value) => (value === null ? [] : [value]));
    const [low, high] = [Math.min(...known), Math.max(...known)];
    if (!chart.begin(ink, [short(low), short(high)]) || !known.length) return;
    const last = profile.length - 1;
    const x = (/** @type {number} */ slice) => chart.x(last ? slice / last : 0.5);
    const y = (/** @type {number} */ value) => chart.y(0.04 + (0.92 * (value - low)) / Math.max(high - low, 1e-12));
    const point = (/** @type {number} */ slice, /** @type {number} */ value) =>
      /** @type {[number, number]} */ ([x(slice), y(value)]);
    this.markSlices(anomalous.map(x), chart.width / Math.max(last, 1));
    const [lowest, highest] = [0, last].map((slice) => model.numberAt([slice]));
    chart.axes(short(low), short(high), `slice ${lowest}, below`, `slice ${highest}, above`);
    const curve = profile.map((value, slice) => (value === null ? null : point(slice, value)));
    chart.through({ colour: CURVE, width: 1.6 }, curve);
    chart.through({ dash: [3, 3] }, [[x(here), chart.y(1)], [x(here), chart.y(0)]]);
    this.describe({ here, last }, sliceText(model.numberAt([here]), profile[here]));
  }

  /**
   * @param {number[]} places pixels
   * @param {number} wide pixels
   */
  markSlices(places, wide) {
    const { chart } = this;
    const c = chart.context;
    c.fillStyle = MASKED;
    for (const x of places) c.fillRect(x - wide / 2, chart.top + chart.height - 4, wide, 4);
    c.fillStyle = chart.ink;
  }

  /**
   * @param {{here: number, last: number}} slices of the model's grid
   * @param {string} text
   */
  describe({ here, last }, text) {
    const { canvas } = this.chart;
    canvas.title = text;
    const attributes = { min: 0, max: last, now: here, text };
    for (const [name, value] of Object.entries(attributes)) canvas.setAttribute(`aria-value${name}`, String(value));
  }
}
