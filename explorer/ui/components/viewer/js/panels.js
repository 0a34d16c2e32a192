/** The panels: a canvas each at the image's own resolution, with outlines and crosshair above and a colour bar below. */

import { colourise, cssGradient } from "./colour.js";
import { closed, outline } from "./outline.js";

const SVG = "http://www.w3.org/2000/svg";
const SMALLEST = 90;
/** Widths of a panel, pixels, below which a row holds fewer: on a narrow page and on a wide one. */
const [NARROW, WIDE] = [130, 190];
/** Height of a panel's texts, and of all around the panels, pixels: what the pictures leave of a full screen. */
const [TEXTS, AROUND] = [46, 350];
const FOUND = 0x00b0ff;

/** One panel: a layer's picture. */
export class Panel {
  /**
   * @param {import("./shown.js").Layer} layer
   * @param {number} width
   * @param {number} height
   */
  constructor(layer, width, height) {
    this.figure = document.createElement("figure");
    this.figure.innerHTML =
      "<figcaption><b></b><span><i></i><em></em></span></figcaption>" +
      '<div class="box" tabindex="0" role="img"><canvas class="data"></canvas></div>' +
      '<div class="scale"><i></i></div><div class="ends"><span></span><span></span></div>';
    const part = (selector) => this.figure.querySelector(selector);
    this.box = part(".box");
    this.canvas = part("canvas");
    [this.title, this.figureName, this.figureText] = ["b", "i", "em"].map((name) => part(`figcaption ${name}`));
    [this.scale, this.tick] = [part(".scale"), part(".scale i")];
    [this.lowText, this.highText] = this.figure.querySelectorAll(".ends span");
    this.found = layer.key === "input" ? this.box.appendChild(document.createElement("canvas")) : null;
    if (layer.key === "input") this.box.classList.add("input");
    this.svg = this.box.appendChild(document.createElementNS(SVG, "svg"));
    this.svg.setAttribute("preserveAspectRatio", "none");
    this.paths = {};
    for (const name of ["halo", "truth", "painted", "cross dark", "cross", "planting"]) {
      this.paths[name] = this.svg.appendChild(document.createElementNS(SVG, "path"));
      this.paths[name].setAttribute("class", name);
    }
    this.resize(width, height);
    this.bind(layer);
  }

  /** Show another layer in the same place; the picture stays until it is painted over. */
  bind(layer) {
    this.layer = layer;
    this.title.textContent = layer.title;
    this.figure.title = "";
    this.box.title = "";
    this.title.title = layer.caption;
    this.figure.dataset.key = layer.key;
  }

  resize(width, height) {
    this.width = width;
    this.height = height;
    this.box.style.aspectRatio = `${width} / ${height}`;
    this.surfaces = [this.canvas, this.found].filter(Boolean).map((canvas) => {
      canvas.width = width;
      canvas.height = height;
      const context = canvas.getContext("2d", { willReadFrequently: true });
      const image = context.createImageData(width, height);
      return { context, image, pixels: new Uint32Array(image.data.buffer) };
    });
    this.gradient = null;
  }

  /** Paint the picture between `low` and `high`. */
  paint(low, high, table) {
    const { context, image, pixels } = this.surfaces[0];
    colourise(this.layer.values, low, high, table, pixels);
    context.putImageData(image, 0, 0);
    if (this.gradient !== table) {
      this.gradient = table;
      this.scale.style.background = cssGradient(table);
    }
    setText(this.lowText, short(low));
    setText(this.highText, short(high));
  }

  /** Paint what reaches a threshold over the input; none where `values` is null. */
  paintFound(values, threshold, foreground) {
    const { context, image, pixels } = this.surfaces[1];
    for (let i = 0; i < pixels.length; i++) {
      pixels[i] = values && foreground[i] && values[i] >= threshold ? (255 << 24) | FOUND : 0;
    }
    context.putImageData(image, 0, 0);
  }

  /** Mark a value on the colour bar; NaN: no mark. */
  mark(value, low, high) {
    const place = (value - low) / (high - low);
    this.tick.hidden = !(place >= 0);
    this.tick.style.left = `${Math.min(Math.max(place, 0), 1) * 100}%`;
  }

  /** Where the picture lies in the box: `scale` times as large, its middle at the point (x, y) of the image. */
  frame({ scale, x, y }) {
    const left = (0.5 - x * scale) * 100;
    const top = (0.5 - y * scale) * 100;
    for (const canvas of this.box.querySelectorAll("canvas")) {
      canvas.style.left = `${left}%`;
      canvas.style.top = `${top}%`;
      canvas.style.width = canvas.style.height = `${scale * 100}%`;
    }
    const [width, height] = [this.width / scale, this.height / scale];
    this.svg.setAttribute("viewBox", `${x * this.width - width / 2} ${y * this.height - height / 2} ${width} ${height}`);
  }

  /** The pixel under a point of the screen, or null outside of the image. */
  pixelAt(clientX, clientY, zoom) {
    const [x, y] = this.pointAt(clientX, clientY, zoom);
    const [column, row] = [Math.floor(x * this.width), Math.floor(y * this.height)];
    const inside = column >= 0 && row >= 0 && column < this.width && row < this.height;
    return inside ? { row, column } : null;
  }

  /** A point of the screen as fractions of the image, from 0 to 1 inside. */
  pointAt(clientX, clientY, { scale, x, y }) {
    const box = this.box.getBoundingClientRect();
    return [
      x + ((clientX - box.left) / box.width - 0.5) / scale,
      y + ((clientY - box.top) / box.height - 0.5) / scale,
    ];
  }
}

/** All panels, laid out to fill the width. */
export class Panels {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    /** @type {Panel[]} */
    this.all = [];
    this.watcher = new ResizeObserver(() => this.layOut());
    this.watcher.observe(element);
  }

  /** Show these layers; panels are kept and filled anew, so that nothing flickers. */
  show(shown) {
    shown.layers.forEach((layer, i) => {
      const panel = this.all[i];
      if (!panel) {
        this.all.push(new Panel(layer, shown.width, shown.height));
        this.element.append(this.all[i].figure);
        return;
      }
      if (panel.width !== shown.width || panel.height !== shown.height) panel.resize(shown.width, shown.height);
      panel.bind(layer);
    });
    for (const panel of this.all.splice(shown.layers.length)) panel.figure.remove();
    const path = outline(closed(shown.mask, shown.width, shown.height), shown.width, shown.height);
    for (const panel of this.all) {
      panel.paths.halo.setAttribute("d", path);
      panel.paths.truth.setAttribute("d", path);
    }
    this.layOut();
  }

  /** As many columns as give equal rows and pictures of a readable size; returns whether there is room. */
  layOut() {
    const { clientWidth } = this.element;
    const count = this.all.length;
    if (!clientWidth || !count) return true;
    const most = Math.min(count, Math.floor(clientWidth / (clientWidth > 1100 ? WIDE : NARROW)));
    let rows = Math.ceil(count / Math.max(most, 2));
    let columns = Math.ceil(count / rows);
    const aspect = this.all[0].height / this.all[0].width;
    const tooHigh = () => rows * ((clientWidth / columns) * aspect + TEXTS) > window.innerHeight - AROUND;
    while (this.element.getRootNode().fullscreenElement && rows > 1 && tooHigh()) rows = Math.ceil(count / ++columns);
    this.element.style.setProperty("--columns", String(columns));
    this.element.parentElement.style.setProperty("--layers", String(count));
    this.roomy = clientWidth / columns >= SMALLEST;
    this.onLayout?.(this.roomy);
    return this.roomy;
  }

  /** The panel that has the keyboard. */
  get focused() {
    const { activeElement } = this.element.getRootNode();
    return this.all.find((panel) => panel.box === activeElement);
  }

  /** @param {?{row: number, column: number}} pixel where the crosshair stands in all panels */
  cross(pixel) {
    const d = pixel
      ? `M0 ${pixel.row + 0.5}H${this.all[0].width}M${pixel.column + 0.5} 0V${this.all[0].height}`
      : "";
    for (const panel of this.all) {
      panel.paths["cross dark"].setAttribute("d", d);
      panel.paths.cross.setAttribute("d", d);
    }
  }

  stop() {
    this.watcher.disconnect();
  }
}

/** A number in at most four digits. */
export function short(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  const size = Math.abs(value);
  if (value !== 0 && (size < 0.001 || size >= 1e5)) return value.toExponential(1);
  return String(Number(value.toPrecision(3)));
}

/** Set a text where it changed; the same text again would cost a layout. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
