/** One chart as SVG: axes, lines, a legend where asked for, and the nearest point under the pointer. */

import { Axis, label } from "./axes.js";

const HEIGHT = 275;
const MARGIN = { left: 44, right: 10, top: 30, bottom: 38 };
const REACH = 40;
const MARKS = {
  ring: (x, y, colour) => `<circle cx="${x}" cy="${y}" r="6" fill="none" stroke="${colour}" stroke-width="3"/>`,
  cross: (x, y, colour) =>
    `<path d="M${x - 5} ${y - 5}l10 10m0 -10l-10 10" stroke="${colour}" stroke-width="2.5" fill="none"/>`,
  dot: (x, y, colour) => `<circle cx="${x}" cy="${y}" r="3" fill="${colour}"/>`,
};

export class Figure {
  /** @param {HTMLElement} box that takes the figure */
  constructor(box) {
    this.element = box.appendChild(document.createElement("figure"));
    this.element.innerHTML = '<svg role="img"></svg><div class="tip" hidden></div>';
    [this.svg, this.tip] = this.element.children;
    this.svg.addEventListener("pointermove", (event) => this.point(event));
    this.svg.addEventListener("pointerdown", (event) => this.point(event));
    this.svg.addEventListener("pointerleave", () => this.leave());
  }

  /** Draw a chart as `explorer/ui/charts.py` describes it; one that stands already is left alone. */
  show(chart) {
    const text = JSON.stringify(chart);
    if (text === this.text) return;
    this.text = text;
    this.chart = chart;
    this.width = 0;
    this.leave();
    this.svg.setAttribute("aria-label", chart.alt);
    this.draw();
  }

  /** Draw anew where the width is another. */
  draw() {
    const width = this.element.clientWidth;
    if (!this.chart || !width || width === this.width) return;
    this.width = width;
    const { title, x_axis, y_axis, lines, legend } = this.chart;
    const { left, right, top, bottom } = MARGIN;
    this.x = new Axis(x_axis, left, width - right);
    this.y = new Axis(y_axis, HEIGHT - bottom, top);
    this.places = lines.map(({ x, y }) => x.map((value, i) => [this.x.at(value), this.y.at(y[i])]));
    const parts = [`<text class="title" x="0" y="14">${escaped(title)}</text>`, this.frame(x_axis, y_axis)];
    lines.forEach((line, i) => parts.push(drawn(line, this.places[i])));
    if (legend) parts.push(this.legend(lines));
    this.svg.innerHTML = `${parts.join("")}<circle class="at" r="4" hidden></circle>`;
    this.dot = this.svg.lastElementChild;
  }

  frame(xAxis, yAxis) {
    const [from, to, floor, top] = [this.x.from, this.x.to, this.y.from, this.y.to];
    const columns = this.x.ticks(56).map((value) => {
      const x = round(this.x.at(value));
      return `<path class="grid" d="M${x} ${floor}V${top}"/><text class="tick" x="${x}" y="${floor + 15}" text-anchor="middle">${label(value)}</text>`;
    });
    const rows = this.y.ticks(40).map((value) => {
      const y = round(this.y.at(value));
      return `<path class="grid" d="M${from} ${y}H${to}"/><text class="tick" x="${from - 6}" y="${y + 4}" text-anchor="end">${label(value)}</text>`;
    });
    return (
      columns.join("") + rows.join("") +
      `<text x="${(from + to) / 2}" y="${HEIGHT - 4}" text-anchor="middle">${escaped(xAxis.title)}</text>` +
      `<text transform="translate(10 ${(floor + top) / 2}) rotate(-90)" text-anchor="middle">${escaped(yAxis.title)}</text>`
    );
  }

  legend(lines) {
    return lines
      .map(({ name, colour, mark }, i) => {
        const y = MARGIN.top + 12 + 17 * i;
        const x = this.x.to - 8;
        return `<text x="${x - 16}" y="${y + 4}" text-anchor="end">${escaped(name)}</text>${MARKS[mark](x - 4, y, colour)}`;
      })
      .join("");
  }

  /** Mark the nearest point of a line and say what it stands for. */
  point(event) {
    if (!this.places) return;
    const box = this.svg.getBoundingClientRect();
    const [px, py] = [event.clientX - box.left, event.clientY - box.top];
    let [least, found] = [REACH, null];
    this.places.forEach((line, i) => {
      if (!this.chart.lines[i].texts) return;
      line.forEach(([x, y], k) => {
        const distance = Math.hypot(x - px, y - py);
        if (distance < least) [least, found] = [distance, [i, k, x, y]];
      });
    });
    if (!found) return this.leave();
    const [i, k, x, y] = found;
    const line = this.chart.lines[i];
    this.dot.setAttribute("cx", x);
    this.dot.setAttribute("cy", y);
    this.dot.setAttribute("stroke", line.colour);
    this.dot.removeAttribute("hidden");
    this.tip.textContent = `${line.texts[k] ?? line.name}: ${label(round(line.x[k], 4))}, ${label(round(line.y[k], 4))}`;
    this.tip.hidden = false;
    const [width, height] = [this.tip.offsetWidth, this.tip.offsetHeight];
    this.tip.style.left = `${Math.max(0, Math.min(x - width / 2, this.width - width))}px`;
    this.tip.style.top = `${y > height + 14 ? y - height - 10 : y + 12}px`;
  }

  leave() {
    this.tip.hidden = true;
    this.dot?.setAttribute("hidden", "");
  }
}

/** A line and the marks on its points. */
function drawn({ colour, dash, thin, mark }, places) {
  const path = places.map(([x, y], i) => `${i ? "L" : "M"}${round(x)} ${round(y)}`).join("");
  const marks = mark ? places.map(([x, y]) => MARKS[mark](round(x), round(y), colour)).join("") : "";
  const style = `stroke="${colour}" stroke-width="${thin ? 1 : 2}" stroke-dasharray="${dash}"`;
  return `<path class="line" d="${path}" ${style}/>${marks}`;
}

function round(value, digits = 1) {
  return Number(value.toFixed(digits));
}

function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
