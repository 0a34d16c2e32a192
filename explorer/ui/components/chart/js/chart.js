/** One chart: a figure that plotly draws, the same in words, and a table. */

import { libraryInTime } from "./library.js";
import { inTurn } from "./turns.js";
import { dressed } from "./theme.js";

const BUTTONS = ["toImage", "zoom2d", "pan2d", "resetScale2d"];
const FAULT = "The program that draws charts could not be loaded. Their figures are in the table; reload the page to try again.";

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
      '<div class="xp-plot"></div><p class="xp-fault" role="status" hidden></p>' +
      '<label><input type="checkbox"> <span></span></label><details><summary>Table</summary><div></div></details>';
    [this.plot, this.fault, this.label, this.details] = this.element.children;
    this.switch = this.label.firstElementChild;
    this.switch.addEventListener("change", () => this.want());
  }

  /** @param {{figure: Object, alt: string, table: string, least_width: number, switch: ?Object}} content as `explorer.looking.charts.Chart` has it */
  show(content) {
    const text = JSON.stringify(content);
    if (text === this.text) return;
    Object.assign(this, { text, content });
    this.element.setAttribute("aria-label", content.alt);
    this.details.lastElementChild.innerHTML = content.table;
    this.label.hidden = !content.switch;
    this.label.lastElementChild.textContent = content.switch?.label ?? "";
    this.plot.style.minHeight = `${content.figure.layout.height}px`;
    this.want();
  }

  /** Draw when it is this chart's turn, as it then is to be. */
  want() {
    inTurn(this);
  }

  /** Draw anew where the width is another. */
  fit() {
    if (this.content && this.width !== this.room()) this.want();
  }

  room() {
    return Math.max(this.element.clientWidth, this.content.least_width);
  }

  async draw() {
    const { figure } = JSON.parse(this.text);
    try {
      this.plotly = await libraryInTime(this.script);
    } catch {
      this.fault.textContent = FAULT;
      this.details.open = true;
    }
    this.fault.hidden = Boolean(this.plotly);
    if (!this.plotly || !this.element.isConnected) return;
    this.width = this.room();
    const layout = { ...figure.layout, width: this.width, template: dressed(this.element) };
    if (this.switch.checked && this.content.switch) change(layout, this.content.switch.layout);
    const config = {
      displaylogo: false,
      displayModeBar: true,
      showTips: false,
      modeBarButtons: [BUTTONS],
      toImageButtonOptions: { format: "svg", filename: layout.title.text.replace(/\W+/g, "-").toLowerCase() },
    };
    await this.plotly.react(this.plot, figure.data, layout, config);
  }

  leave() {
    this.plotly?.purge(this.plot);
    this.element.remove();
  }
}

/** Set values of a layout by their paths, e.g. `xaxis.type`. */
function change(layout, values) {
  for (const [path, value] of Object.entries(values)) {
    const names = path.split(".");
    const last = names.pop();
    names.reduce((part, name) => part[name], layout)[last] = value;
  }
}
