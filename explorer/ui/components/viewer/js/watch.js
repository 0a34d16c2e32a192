/** Plays a film, as `explorer/ui/film.py` describes it: pictures that change step by step, and curves; pausable. */

import { Chart } from "./charts.js";
import { cssGradient, lookupTables } from "./colour.js";
import { inflate } from "./packet.js";
import { setText, short } from "./panels.js";

const WHOLE_MS = 7000;
const FASTEST_MS = 60;
const SLOWEST_MS = 500;
const players = new WeakMap();

/** One layer on a canvas, with its colour bar below. */
class Screen {
  constructor(layer, body, table) {
    const [height, width] = layer.shape;
    Object.assign(this, { layer, width, height, table });
    this.levels = body.subarray(layer.offset, layer.offset + layer.frames * width * height);
    this.figure = document.createElement("figure");
    this.figure.innerHTML =
      "<figcaption><b></b><em></em></figcaption><div class='box' role='img'><canvas></canvas><i hidden></i></div>" +
      "<div class='scale'></div><div class='ends'><span></span><span></span></div>";
    const part = (selector) => this.figure.querySelector(selector);
    [this.canvas, this.value, this.cell, this.box] = ["canvas", "em", ".box i", ".box"].map(part);
    part("b").textContent = layer.title;
    part("b").title = layer.caption;
    this.box.setAttribute("aria-label", layer.caption);
    this.box.classList.toggle("pick", layer.pick);
    part(".scale").style.background = cssGradient(table);
    const [low, high] = this.figure.querySelectorAll(".ends span");
    setText(low, short(layer.low));
    setText(high, short(layer.high));
    this.canvas.width = width;
    this.canvas.height = height;
    this.box.style.aspectRatio = `${width} / ${height}`;
    this.context = this.canvas.getContext("2d", { willReadFrequently: true });
    this.image = this.context.createImageData(width, height);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.frame = 0;
  }

  paint(frame) {
    this.frame = this.layer.frames === 1 ? 0 : frame;
    const start = this.frame * this.pixels.length;
    for (let i = 0; i < this.pixels.length; i++) this.pixels[i] = this.table[this.levels[start + i]];
    this.context.putImageData(this.image, 0, 0);
  }

  /** The cell under a point of the screen, or null. */
  at({ clientX, clientY }) {
    const box = this.box.getBoundingClientRect();
    const column = Math.floor(((clientX - box.left) / box.width) * this.width);
    const row = Math.floor(((clientY - box.top) / box.height) * this.height);
    return row >= 0 && column >= 0 && row < this.height && column < this.width ? { row, column } : null;
  }

  /** Show the value under a point, to 8 bits of the colour bar. */
  read(event) {
    const cell = event && this.at(event);
    if (!cell) return setText(this.value, "");
    const level = this.levels[this.frame * this.pixels.length + cell.row * this.width + cell.column];
    const { low, high } = this.layer;
    setText(this.value, short(low + ((level + 0.5) * (high - low)) / 256));
  }

  mark(picked) {
    const shown = this.layer.pick && picked;
    this.cell.hidden = !shown;
    if (!shown) return;
    const [row, column] = picked;
    Object.assign(this.cell.style, {
      left: `${(100 * column) / this.width}%`, top: `${(100 * row) / this.height}%`,
      width: `${100 / this.width}%`, height: `${100 / this.height}%`,
    });
  }
}

export class Player {
  /**
   * @param {ShadowRoot} root
   * @param {(picked: {row: number, column: number}) => void} post
   */
  constructor(root, post) {
    this.element = root.querySelector(".watch");
    this.parts = Object.fromEntries([...root.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part]));
    this.post = post;
    this.screens = [];
    this.charts = [];
    this.frame = 0;
    this.parts.play.addEventListener("click", () => (this.timer ? this.pause() : this.play()));
    this.parts.at.addEventListener("input", () => {
      this.pause();
      this.go(Number(this.parts.at.value));
    });
    this.watcher = new ResizeObserver(() => this.drawCurves());
    this.watcher.observe(this.element);
  }

  /** @param {Uint8Array} bytes of a film */
  async show(bytes) {
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
    this.wanted = header.key;
    if (this.header?.key !== header.key) {
      const body = await inflate(bytes.subarray(4 + length));
      if (this.wanted !== header.key) return;
      this.build(header, body);
    }
    this.header.picked = header.picked;
    for (const screen of this.screens) screen.mark(header.picked);
  }

  build(header, body) {
    this.pause();
    this.header = header;
    const tables = lookupTables(header.tables);
    this.screens = header.layers.map((layer) => new Screen(layer, body, tables[layer.colours]));
    this.parts.panels.replaceChildren(...this.screens.map((screen) => screen.figure));
    for (const screen of this.screens) {
      screen.box.addEventListener("pointermove", (event) => screen.read(event));
      screen.box.addEventListener("pointerleave", () => screen.read(null));
      if (screen.layer.pick) screen.box.addEventListener("click", (event) => this.pick(screen.at(event)));
    }
    this.charts = Object.entries(header.curves).map(([name, values]) => {
      const cell = document.createElement("div");
      cell.innerHTML = "<h4></h4><canvas role='img'></canvas>";
      cell.firstChild.textContent = name;
      return { name, values, cell, chart: new Chart(cell.lastChild, { left: 40, right: 8, top: 6, bottom: 16 }) };
    });
    this.parts.curves.replaceChildren(...this.charts.map(({ cell }) => cell));
    const last = header.labels.length - 1;
    this.parts.at.max = String(last);
    this.parts.play.disabled = this.parts.at.disabled = last === 0;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.go(still ? last : 0);
    if (!still && last > 0) this.play();
  }

  pick(cell) {
    if (!cell) return;
    for (const screen of this.screens) screen.mark([cell.row, cell.column]);
    this.post(cell);
  }

  go(frame) {
    const { labels } = this.header;
    this.frame = Math.min(Math.max(frame, 0), labels.length - 1);
    for (const screen of this.screens) screen.paint(this.frame);
    this.parts.at.value = String(this.frame);
    this.parts.at.setAttribute("aria-valuetext", labels[this.frame]);
    setText(this.parts.label, labels[this.frame]);
    this.drawCurves();
  }

  play() {
    const count = this.header.labels.length;
    if (this.frame >= count - 1) this.go(0);
    const pace = Math.min(Math.max(WHOLE_MS / count, FASTEST_MS), SLOWEST_MS);
    this.timer = setInterval(() => {
      this.go(this.frame + 1);
      if (this.frame >= count - 1) this.pause();
    }, pace);
    setText(this.parts.play, "Pause");
  }

  pause() {
    clearInterval(this.timer);
    this.timer = null;
    setText(this.parts.play, "Play");
  }

  drawCurves() {
    if (!this.header) return;
    const ink = getComputedStyle(this.element).color;
    const { labels } = this.header;
    for (const { name, values, cell, chart } of this.charts) {
      if (!chart.begin(ink)) continue;
      const [low, high] = [Math.min(...values), Math.max(...values)];
      const up = (value) => chart.y(high > low ? (value - low) / (high - low) : 0.5);
      const along = (i) => chart.x(values.length > 1 ? i / (values.length - 1) : 0);
      chart.axes(short(low), short(high), labels[0], labels[labels.length - 1]);
      chart.line("#0072B2", 2);
      values.forEach((value, i) => chart.context.lineTo(along(i), up(value)));
      chart.stroke();
      chart.line("#D55E00", 2);
      chart.context.arc(along(this.frame), up(values[this.frame]), 4, 0, 2 * Math.PI);
      chart.stroke();
      cell.lastChild.setAttribute("aria-label", `${name}: ${short(values[this.frame])} at ${labels[this.frame]}`);
    }
  }

  stop() {
    this.pause();
    this.watcher.disconnect();
  }
}

/**
 * Called by Streamlit when the component is mounted and whenever its data change.
 * @param {{data: Uint8Array, parentElement: ShadowRoot, setTriggerValue: Function}} component
 */
export default function watch({ data, parentElement, setTriggerValue }) {
  const post = (cell) => setTriggerValue("picked", cell);
  const known = players.get(parentElement);
  const player = known ?? new Player(parentElement, post);
  player.post = post;
  players.set(parentElement, player);
  player.show(data);
  if (known) return undefined;
  return () => {
    players.delete(parentElement);
    player.stop();
  };
}
