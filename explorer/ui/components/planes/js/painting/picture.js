/** One picture of a cut: grey values, the map above, outlines, crosshair, sides and a bar of so many mm. */

import { found, overlay } from "../../../base/js/dom.js";
import { clamp } from "../../../base/js/numbers.js";
import { Surface } from "../../../base/js/surface.js";
import { setAttribute, setText } from "../../../base/js/text.js";

/** @typedef {import("../model/cuts.js").Cut} Cut */
/** @typedef {import("../model/cuts.js").Key} Key */
/** @typedef {import("../../../base/js/zoom.js").Zoom} Zoom */

const HTML =
  '<figcaption><b></b><span></span></figcaption><div class="box" tabindex="0" role="application" ' +
  'aria-roledescription="picture" aria-describedby="on-picture"><div class="view">' +
  '<canvas class="grey"></canvas><canvas class="scores"></canvas></div></div>';
const RULER = '<div class="ruler"><span></span></div>';
const SIDES = /** @type {const} */ (["left", "right", "top", "bottom"]);
const LENGTHS_MM = [100, 50, 20, 10, 5, 2, 1];

export class Picture {
  /**
   * @param {Key} key
   * @param {string} title
   */
  constructor(key, title) {
    this.key = key;
    this.title = title;
    this.figure = document.createElement("figure");
    this.figure.dataset.key = key;
    this.figure.innerHTML = HTML;
    this.box = found(this.figure, ".box", HTMLElement);
    this.view = found(this.figure, ".view", HTMLElement);
    this.caption = found(this.figure, "figcaption span", HTMLElement);
    found(this.figure, "b", HTMLElement).textContent = title;
    this.grey = new Surface(found(this.figure, ".grey", HTMLCanvasElement));
    this.scores = new Surface(found(this.figure, ".scores", HTMLCanvasElement));
    const { svg, paths } = overlay(this.view, ["brain", "truth", "cross dark", "cross"]);
    this.svg = svg;
    this.paths = paths;
    this.sides = SIDES.map((side) => {
      const element = this.box.appendChild(document.createElement("span"));
      element.className = `side ${side}`;
      return element;
    });
    this.box.insertAdjacentHTML("beforeend", RULER);
    this.ruler = found(this.box, ".ruler", HTMLElement);
    this.length = found(this.ruler, "span", HTMLElement);
    this.width = 0;
    this.height = 0;
    /** Screen pixels to a mm, or to a pixel that has no size. */
    this.scale = 0;
  }

  /**
   * Take a cut; canvases change their size with it.
   * @param {Cut} cut
   */
  set({ width, height, place, sides, cross: [column, row] }) {
    if (this.width !== width || this.height !== height) {
      [this.width, this.height] = [width, height];
      this.grey.resize(width, height);
      this.scores.resize(width, height);
      this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    }
    setText(this.caption, place);
    setAttribute(this.box, "aria-label", `${this.title}${place && `, ${place}`}`);
    SIDES.forEach((side, i) => setText(this.sides[i], sides[side]));
    const d = `M0 ${row + 0.5}H${width}M${column + 0.5} 0V${height}`;
    this.paths["cross dark"].setAttribute("d", d);
    this.paths.cross.setAttribute("d", d);
  }

  /**
   * Show the part of the picture that the zoom says.
   * @param {Zoom} zoom
   */
  frame({ scale, x, y }) {
    const [left, top] = [x, y].map((middle) => `${100 * (0.5 - middle * scale)}%`);
    Object.assign(this.view.style, { left, top, width: `${100 * scale}%`, height: `${100 * scale}%` });
  }

  /**
   * So many screen pixels to a mm.
   * @param {number} scale
   * @param {[number, number]} extent width and height, mm
   */
  layOut(scale, [width, height]) {
    this.scale = scale;
    this.figure.style.width = this.box.style.width = `${width * scale}px`;
    this.box.style.height = `${height * scale}px`;
  }

  /**
   * The bar of so many mm.
   * @param {?number} width of the picture, mm; null: pixels have no size
   * @param {number} zoom how many times as large it is
   */
  measure(width, zoom) {
    const length = width !== null && this.scale && LENGTHS_MM.find((mm) => mm <= width / zoom / 3);
    this.ruler.hidden = !length;
    if (!length) return;
    this.ruler.style.width = `${length * this.scale * zoom}px`;
    setText(this.length, `${length} mm`);
  }

  /**
   * The pixel under a point of the screen, kept inside.
   * @param {{clientX: number, clientY: number}} point
   * @returns {[number, number]} column and row
   */
  pixelAt(point) {
    const [across, down] = this.shareAt(point);
    return [
      clamp(Math.floor(across * this.width), 0, this.width - 1),
      clamp(Math.floor(down * this.height), 0, this.height - 1),
    ];
  }

  /**
   * A point of the screen in fractions of the picture.
   * @param {{clientX: number, clientY: number}} point
   * @returns {[number, number]}
   */
  shareAt({ clientX, clientY }) {
    const view = this.view.getBoundingClientRect();
    return [(clientX - view.left) / view.width, (clientY - view.top) / view.height];
  }
}
