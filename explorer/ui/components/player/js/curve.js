/** A curve of a film, a number a frame, with a ring where the present frame is. */

import { Chart } from "../../base/js/chart.js";
import { found } from "../../base/js/dom.js";
import { short } from "../../base/js/text.js";

const [LINE, RING] = ["#0072B2", "#D55E00"];

export class Curve {
  /**
   * @param {string} name
   * @param {number[]} values
   * @param {string[]} labels of the frames
   */
  constructor(name, values, labels) {
    this.name = name;
    this.values = values;
    this.labels = labels;
    this.cell = document.createElement("div");
    this.cell.innerHTML = "<h3></h3><canvas role='img'></canvas>";
    found(this.cell, "h3", HTMLElement).textContent = name;
    const canvas = found(this.cell, "canvas", HTMLCanvasElement);
    this.chart = new Chart(canvas, { left: 40, right: 8, top: 6, bottom: 16 });
  }

  /**
   * @param {number} frame
   * @param {string} ink
   */
  draw(frame, ink) {
    const { chart, values, labels } = this;
    const [low, high] = [Math.min(...values), Math.max(...values)];
    if (!chart.begin(ink, [short(low), short(high)])) return;
    const points = values.map((value, i) => /** @type {[number, number]} */ ([
      chart.x(values.length > 1 ? i / (values.length - 1) : 0),
      chart.y(high > low ? (value - low) / (high - low) : 0.5),
    ]));
    chart.axes(short(low), short(high), labels[0], labels[labels.length - 1]);
    chart.through({ colour: LINE, width: 2 }, points);
    chart.line({ colour: RING, width: 2 }, (path) => path.arc(...points[frame], 4, 0, 2 * Math.PI));
    chart.canvas.setAttribute("aria-label", `${this.name}: ${short(values[frame])} at ${labels[frame]}`);
  }
}
