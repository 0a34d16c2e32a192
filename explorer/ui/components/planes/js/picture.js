/** One picture of a cut: grey values, the map above, outlines, crosshair, sides and a bar of so many mm. */

import { outline } from "../../viewer/js/outline.js";
import { setText } from "../../viewer/js/panels.js";
import { reveal, wholeImage } from "../../viewer/js/zoom.js";
import { counts } from "./scan.js";

const SVG_NAME = "http://www.w3.org/2000/svg";
const BARS = [100, 50, 20, 10, 5, 2, 1];

export class Picture {
  /**
   * @param {string} key axial, coronal, sagittal or seen
   * @param {string} title
   */
  constructor(key, title) {
    this.key = key;
    this.figure = document.createElement("figure");
    this.figure.dataset.key = key;
    this.figure.innerHTML =
      '<figcaption><b></b><span></span></figcaption><div class="box" tabindex="0" role="img"><div class="view">' +
      '<canvas class="grey"></canvas><canvas class="scores"></canvas></div></div>';
    this.box = this.figure.querySelector(".box");
    this.view = this.figure.querySelector(".view");
    this.zoom = wholeImage();
    this.caption = this.figure.querySelector("figcaption span");
    this.title = title;
    this.figure.querySelector("b").textContent = title;
    this.canvases = [...this.figure.querySelectorAll("canvas")];
    this.svg = this.view.appendChild(document.createElementNS(SVG_NAME, "svg"));
    this.svg.setAttribute("preserveAspectRatio", "none");
    this.paths = {};
    for (const name of ["brain", "truth", "cross dark", "cross"]) {
      this.paths[name] = this.svg.appendChild(document.createElementNS(SVG_NAME, "path"));
      this.paths[name].setAttribute("class", name);
    }
    this.sides = {};
    for (const side of ["left", "right", "top", "bottom"]) {
      this.sides[side] = this.box.appendChild(document.createElement("span"));
      this.sides[side].className = `side ${side}`;
    }
    this.ruler = this.box.appendChild(document.createElement("div"));
    this.ruler.className = "ruler";
    this.ruler.innerHTML = "<span></span>";
  }

  /** Take a cut; canvases change their size with it. */
  set(cut) {
    this.cut = cut;
    const { width, height } = cut;
    if (this.width !== width || this.height !== height) {
      [this.width, this.height] = [width, height];
      this.surfaces = this.canvases.map((canvas) => {
        canvas.width = width;
        canvas.height = height;
        const context = canvas.getContext("2d", { willReadFrequently: true });
        const image = context.createImageData(width, height);
        return { context, image, pixels: new Uint32Array(image.data.buffer) };
      });
      this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    }
    setText(this.caption, cut.place);
    this.box.setAttribute("aria-label", `${this.title}${cut.place && `, ${cut.place}`}`);
    for (const [side, text] of Object.entries(cut.sides)) setText(this.sides[side], text);
    const [column, row] = cut.cross;
    const d = `M0 ${row + 0.5}H${width}M${column + 0.5} 0V${height}`;
    this.paths["cross dark"].setAttribute("d", d);
    this.paths.cross.setAttribute("d", d);
    if (this.zoom.scale > 1) reveal(this.zoom, ...this.crossing);
    this.frame();
  }

  /** The crosshair in fractions of the picture. */
  get crossing() {
    const [column, row] = this.cut.cross;
    return [(column + 0.5) / this.width, (row + 0.5) / this.height];
  }

  /** Show the part of the picture that the zoom says. */
  frame() {
    const { scale, x, y } = this.zoom;
    const [left, top] = [x, y].map((middle) => `${100 * (0.5 - middle * scale)}%`);
    Object.assign(this.view.style, { left, top, width: `${100 * scale}%`, height: `${100 * scale}%` });
    this.measure();
  }

  /** Width and height in mm, or in pixels where those have no size. */
  get extent() {
    const [across, down] = this.cut.mm ?? [1, 1];
    return [this.width * across, this.height * down];
  }

  /** So many screen pixels to a mm. */
  layOut(scale) {
    const [width, height] = this.extent;
    this.figure.style.width = this.box.style.width = `${width * scale}px`;
    this.box.style.height = `${height * scale}px`;
    this.scale = scale;
    this.measure();
  }

  /** The bar of so many mm. */
  measure() {
    const { scale } = this.zoom;
    const length = this.cut.mm && this.scale && BARS.find((mm) => mm <= this.extent[0] / scale / 3);
    this.ruler.hidden = !length;
    if (!length) return;
    this.ruler.style.width = `${length * this.scale * scale}px`;
    setText(this.ruler.firstChild, `${length} mm`);
  }

  /** Paint grey values between black and white. */
  paintGrey({ codes, low, step }, [black, white], table) {
    const { context, image, pixels } = this.surfaces[0];
    const { width, height, base, right, down } = this.cut;
    const scale = (step * 256) / Math.max(white - black, 1e-12);
    const offset = ((low - black) * 256) / Math.max(white - black, 1e-12);
    for (let row = 0, i = 0; row < height; row++) {
      let place = base + row * down;
      for (let column = 0; column < width; column++, i++, place += right) {
        const level = codes[place] * scale + offset;
        pixels[i] = table[level > 0 ? (level < 255 ? level | 0 : 255) : 0];
      }
    }
    context.putImageData(image, 0, 0);
  }

  /** Paint scores that reach a threshold where the foreground is; nothing where `scores` is null. */
  paintScores(scores, foreground, threshold, table) {
    const { context, image, pixels } = this.surfaces[1];
    pixels.fill(0);
    if (scores) {
      const { width, height, model } = this.cut;
      const [origin, right, below] = model;
      const [low, high] = scores.header.colours;
      const scale = 256 / Math.max(high - low, 1e-12);
      for (let row = 0, i = 0; row < height; row++) {
        for (let column = 0; column < width; column++, i++) {
          const s = origin[0] + column * right[0] + row * below[0];
          const r = origin[1] + column * right[1] + row * below[1];
          const c = origin[2] + column * right[2] + row * below[2];
          if (!counts(foreground, s, r, c)) continue;
          const value = scores.at(s, r, c);
          if (!(value >= threshold)) continue;
          const level = (value - low) * scale;
          pixels[i] = table[level > 0 ? (level < 255 ? level | 0 : 255) : 0];
        }
      }
    }
    context.putImageData(image, 0, 0);
  }

  /** Draw the outline of what `inside` says; an empty path where it is null. */
  trace(name, inside) {
    const { width, height } = this.cut;
    let d = "";
    if (inside) {
      const mask = new Uint8Array(width * height);
      for (let row = 0, i = 0; row < height; row++) {
        for (let column = 0; column < width; column++, i++) mask[i] = inside(column, row) ? 1 : 0;
      }
      d = outline(mask, width, height);
    }
    this.paths[name].setAttribute("d", d);
  }

  /** (slice, row, column) of a pixel. */
  model(column, row) {
    const [origin, right, below] = this.cut.model;
    return [0, 1, 2].map((axis) => origin[axis] + column * right[axis] + row * below[axis]);
  }

  /** The pixel under a point of the screen, kept inside. */
  pixelAt(clientX, clientY) {
    const place = (share, size) => Math.min(Math.max(Math.floor(share * size), 0), size - 1);
    const [across, down] = this.shareAt(clientX, clientY);
    return [place(across, this.width), place(down, this.height)];
  }

  /** A point of the screen in fractions of the picture. */
  shareAt(clientX, clientY) {
    const view = this.view.getBoundingClientRect();
    return [(clientX - view.left) / view.width, (clientY - view.top) / view.height];
  }
}
