/** One layer of a film on a canvas, with its colour bar below. */

import { cssGradient } from "../../base/js/colour.js";
import { found } from "../../base/js/dom.js";
import { Surface } from "../../base/js/surface.js";
import { setText, short } from "../../base/js/text.js";
import { valueAt } from "./film.js";

/** @typedef {import("./film.js").FilmLayer} FilmLayer */
/** @typedef {{row: number, column: number}} Cell */

const HTML =
  "<figcaption><b></b><em></em></figcaption><div class='box' role='img'><canvas></canvas><i hidden></i>" +
  '<span class="side left"></span><span class="side right"></span><span class="side top"></span>' +
  '<span class="side bottom"></span></div>' +
  "<div class='scale'></div><div class='ends'><span></span><span></span></div>";

const SIDES = /** @type {const} */ (["left", "right", "top", "bottom"]);

export class Screen {
  /** @param {FilmLayer} layer */
  constructor(layer) {
    const { title, caption, width, height } = layer;
    this.layer = layer;
    this.frame = 0;
    /** Whether left and right are exchanged. */
    this.turned = false;
    this.figure = document.createElement("figure");
    this.figure.innerHTML = HTML;
    const part = (/** @type {string} */ selector) => found(this.figure, selector, HTMLElement);
    this.box = part(".box");
    this.value = part("em");
    this.cell = part(".box i");
    part("b").textContent = title;
    part("b").title = caption;
    this.box.setAttribute("aria-label", caption);
    this.box.classList.toggle("pick", layer.pick);
    this.box.style.aspectRatio = `${width} / ${height}`;
    part(".scale").style.background = cssGradient(layer.table);
    setText(part(".ends span"), short(layer.low));
    setText(part(".ends span:last-child"), short(layer.high));
    this.surface = new Surface(found(this.box, "canvas", HTMLCanvasElement));
    this.surface.resize(width, height);
    this.box.addEventListener("pointermove", (event) => this.read(this.at(event)));
    this.box.addEventListener("pointerleave", () => this.read(null));
  }

  /**
   * Write letters at the ends of the picture, and exchange left and right or not.
   * @param {import("../../base/js/sides.js").Letters} letters
   * @param {boolean} turned
   */
  turn(letters, turned) {
    this.turned = turned;
    this.box.classList.toggle("turned", turned);
    for (const side of SIDES) setText(found(this.box, `.${side}`, HTMLElement), letters[side]);
  }

  /** @param {number} frame */
  paint(frame) {
    const { levels, frames, table, width, height } = this.layer;
    this.frame = frames === 1 ? 0 : frame;
    const start = this.frame * width * height;
    this.surface.draw((pixels) => {
      for (let i = 0; i < pixels.length; i++) pixels[i] = table[levels[start + i]];
    });
  }

  /**
   * The cell under a point of the screen, or null.
   * @param {{clientX: number, clientY: number}} point
   * @returns {?Cell}
   */
  at({ clientX, clientY }) {
    const { width, height } = this.layer;
    const box = this.box.getBoundingClientRect();
    const onward = (clientX - box.left) / box.width;
    const column = Math.floor((this.turned ? 1 - onward : onward) * width);
    const row = Math.floor(((clientY - box.top) / box.height) * height);
    return row >= 0 && column >= 0 && row < height && column < width ? { row, column } : null;
  }

  /**
   * Show the value of a cell.
   * @param {?Cell} cell
   */
  read(cell) {
    const { width, height } = this.layer;
    const place = cell && this.frame * width * height + cell.row * width + cell.column;
    setText(this.value, place === null ? "" : short(valueAt(this.layer, place)));
  }

  /**
   * Mark the picked cell, where cells can be picked.
   * @param {?Cell} picked
   */
  mark(picked) {
    const { width, height, pick } = this.layer;
    this.cell.hidden = !pick || !picked;
    if (!picked) return;
    const column = this.turned ? width - 1 - picked.column : picked.column;
    Object.assign(this.cell.style, {
      left: `${(100 * column) / width}%`, top: `${(100 * picked.row) / height}%`,
      width: `${100 / width}%`, height: `${100 / height}%`,
    });
  }
}
