/** A place with charts side by side. */

import { Chart } from "./chart.js";
import { fetchAhead } from "./library.js";

export class Place {
  /**
   * @param {HTMLElement} box that takes the charts
   * @param {string} script address of plotly
   */
  constructor(box, script) {
    this.box = box;
    this.script = script;
    /** @type {Chart[]} */
    this.charts = [];
    this.resized = new ResizeObserver(() => this.charts.forEach((chart) => chart.fit()));
    this.resized.observe(box);
    fetchAhead(script);
  }

  /**
   * Show these charts; one that stands already is left alone.
   * @param {import("./chart.js").Content[]} contents
   */
  show(contents) {
    this.charts.splice(contents.length).forEach((chart) => chart.leave());
    while (this.charts.length < contents.length) this.charts.push(new Chart(this.box, this.script));
    contents.forEach((content, i) => this.charts[i].show(content));
  }

  /** Draw all anew, in the colours of another theme. */
  repaint() {
    this.charts.forEach((chart) => chart.want());
  }

  leave() {
    this.resized.disconnect();
    this.show([]);
  }
}
