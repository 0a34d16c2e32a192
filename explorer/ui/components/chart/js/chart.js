/** One chart: a figure that plotly draws, the same in words, and a table. */

import { change, configOf } from "./layout.js";
import { libraryInTime } from "./library.js";
import { dressed } from "./theme.js";
import { inTurn } from "./turns.js";

const FAULT =
  "The program that draws charts could not be loaded. Their figures are in the table; reload the page to try again.";

/**
 * @typedef {Object} Content as `explorer.looking.charts.Chart` has it
 * @property {{data: Object[], layout: Record<string, any>}} figure
 * @property {string} alt
 * @property {string} table
 * @property {number} least_width
 * @property {?{label: string, layout: Record<string, unknown>}} switch
 */

export class Chart {
  /**
   * @param {HTMLElement} box that takes the chart
   * @param {string} script address of plotly
   */
  constructor(box, script) {
    this.script = script;
    this.element = box.appendChild(document.createElement("figure"));
    this.element.className = "xp-chart";
    this.element.innerHTML =
      '<h2 class="xp-unseen"></h2><div class="xp-plot"></div><p class="xp-fault" role="status" hidden></p>' +
      '<label><input type="checkbox"> <span></span></label><details><summary>Table</summary><div></div></details>';
    const part = (/** @type {string} */ selector) => /** @type {any} */ (this.element.querySelector(selector));
    /** @type {HTMLElement} */
    this.heading = part("h2");
    /** @type {HTMLElement} */
    this.plot = part(".xp-plot");
    /** @type {HTMLElement} */
    this.fault = part(".xp-fault");
    /** @type {HTMLElement} */
    this.label = part("label");
    /** @type {HTMLElement} */
    this.labelText = part("label span");
    /** @type {HTMLInputElement} */
    this.switch = part("input");
    /** @type {HTMLDetailsElement} */
    this.details = part("details");
    /** @type {HTMLElement} */
    this.table = part("details div");
    this.text = "";
    /** @type {?Content} */
    this.content = null;
    this.width = 0;
    /** @type {?import("./library.js").Plotly} */
    this.plotly = null;
    this.switch.addEventListener("change", () => this.want());
  }

  /** @param {Content} content */
  show(content) {
    const text = JSON.stringify(content);
    if (text === this.text) return;
    this.text = text;
    this.content = content;
    this.element.setAttribute("aria-label", content.alt);
    this.heading.textContent = content.figure.layout.title.text;
    this.table.innerHTML = content.table;
    this.label.hidden = !content.switch;
    this.labelText.textContent = content.switch?.label ?? "";
    this.plot.style.minHeight = `${content.figure.layout.height}px`;
    this.want();
  }

  /** Draw when it is this chart's turn, as it then is to be. */
  want() {
    inTurn(this);
  }

  /** Draw anew where the width is another. */
  fit() {
    if (this.content && this.width !== this.room(this.content)) this.want();
  }

  /** @param {Content} content */
  room(content) {
    return Math.max(this.element.clientWidth, content.least_width);
  }

  async draw() {
    if (!this.text) return;
    try {
      this.plotly = await libraryInTime(this.script);
    } catch {
      this.plotly = null;
      this.fault.textContent = FAULT;
      this.details.open = true;
    }
    this.fault.hidden = this.plotly !== null;
    if (!this.plotly || !this.element.isConnected) return;
    /** @type {Content} a copy, since plotly writes into what it is given */
    const content = JSON.parse(this.text);
    this.width = this.room(content);
    /** @type {Record<string, any>} */
    const layout = { ...content.figure.layout, width: this.width, template: dressed(this.element) };
    if (matchMedia("(pointer: coarse)").matches) layout.dragmode = false; // a finger scrolls the page
    if (this.switch.checked && content.switch) change(layout, content.switch.layout);
    await this.plotly.react(this.plot, content.figure.data, layout, configOf(content.figure.layout.title.text));
  }

  leave() {
    this.plotly?.purge(this.plot);
    this.element.remove();
  }
}
