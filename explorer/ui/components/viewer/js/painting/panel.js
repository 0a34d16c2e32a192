/** One panel: a layer's picture at its own resolution, with outlines and crosshair above and a colour bar below. */

import { Ramp, cssGradient, packed } from "../../../base/js/colour.js";
import { found, overlay } from "../../../base/js/dom.js";
import { clamp } from "../../../base/js/numbers.js";
import { Surface, colourise } from "../../../base/js/surface.js";
import { setAttribute, setText, short } from "../../../base/js/text.js";

/** @typedef {import("../model/shown.js").Layer} Layer */
/** @typedef {import("../model/shown.js").Pixel} Pixel */
/** @typedef {import("../../../base/js/zoom.js").Zoom} Zoom */

const SIDES = /** @type {const} */ (["left", "right", "top", "bottom"]);
const FOUND = packed(255, 176, 0);
const HTML =
  "<figcaption><b></b><span><i></i><em></em></span></figcaption>" +
  '<div class="box" tabindex="0" role="application" aria-roledescription="picture" aria-describedby="on-picture">' +
  '<canvas class="data"></canvas></div>' +
  '<div class="scale"><i></i></div><div class="ends"><span></span><span class="holds"></span><span></span></div>';

export class Panel {
  /**
   * @param {Layer} layer
   * @param {number} width of the image, pixels
   * @param {number} height
   */
  constructor(layer, width, height) {
    this.figure = document.createElement("figure");
    this.figure.innerHTML = HTML;
    const part = (/** @type {string} */ selector) => found(this.figure, selector, HTMLElement);
    this.box = part(".box");
    this.title = part("b");
    this.figureName = part("figcaption i");
    this.figureText = part("figcaption em");
    this.scale = part(".scale");
    this.tick = part(".scale i");
    this.lowText = part(".ends span");
    this.holds = part(".holds");
    this.highText = part(".ends span:last-child");
    this.data = new Surface(found(this.box, "canvas", HTMLCanvasElement));
    /** @type {?Surface} what reaches the threshold, above the input */
    this.found = layer.key === "input" ? new Surface(this.box.appendChild(document.createElement("canvas"))) : null;
    this.box.classList.toggle("input", layer.key === "input");
    const { svg, paths } = overlay(this.box, ["halo", "truth", "painted", "cross dark", "cross", "planting"]);
    this.svg = svg;
    this.paths = paths;
    this.sides = SIDES.map((side) => {
      const element = this.box.appendChild(document.createElement("span"));
      element.className = `side ${side}`;
      return element;
    });
    /** Whether left and right are exchanged. */
    this.turned = false;
    /** @type {?Uint32Array} that the colour bar shows */
    this.table = null;
    this.layer = layer;
    this.width = width;
    this.height = height;
    this.resize(width, height);
    this.bind(layer);
  }

  /**
   * Show another layer in the same place; the picture stays until it is painted over.
   * @param {Layer} layer
   */
  bind(layer) {
    this.layer = layer;
    this.title.textContent = layer.title;
    this.title.title = layer.caption;
    this.figure.dataset.key = layer.key;
  }

  /**
   * @param {number} width of the image, pixels
   * @param {number} height
   */
  resize(width, height) {
    this.width = width;
    this.height = height;
    this.box.style.aspectRatio = `${width} / ${height}`;
    this.data.resize(width, height);
    this.found?.resize(width, height);
  }

  /**
   * Paint the picture from one value to another.
   * @param {[number, number]} range
   * @param {Uint32Array} table
   * @param {string} holds for which betas this range is
   */
  paint([low, high], table, holds) {
    const ramp = new Ramp(table, low, high);
    this.data.draw((pixels) => colourise(this.layer.values, ramp, pixels));
    if (this.table !== table) {
      this.table = table;
      this.scale.style.background = cssGradient(table);
    }
    setText(this.lowText, short(low));
    setText(this.holds, holds);
    setText(this.highText, short(high));
  }

  /**
   * Paint what reaches a threshold over the input; none where `values` is null.
   * @param {?Float32Array} values
   * @param {number} threshold
   * @param {Uint8Array} foreground nonzero: counts
   */
  paintFound(values, threshold, foreground) {
    this.found?.draw((pixels) => {
      for (let i = 0; i < pixels.length; i++) {
        pixels[i] = values && foreground[i] && values[i] >= threshold ? FOUND : 0;
      }
    });
  }

  /**
   * Write a figure above the picture.
   * @param {string} name
   * @param {string} text
   */
  write(name, text) {
    setText(this.figureName, name);
    setText(this.figureText, text);
  }

  /**
   * Mark a value on the colour bar; NaN: no mark.
   * @param {number} value
   * @param {[number, number]} range
   */
  mark(value, [low, high]) {
    const place = (value - low) / (high - low);
    this.tick.hidden = !(place >= 0);
    this.tick.style.left = `${clamp(place, 0, 1) * 100}%`;
  }

  /**
   * @param {string} outline of the true mask, an SVG path in pixels
   */
  outline(outline) {
    this.paths.halo.setAttribute("d", outline);
    this.paths.truth.setAttribute("d", outline);
  }

  /** @param {?Pixel} pixel where the crosshair stands */
  cross(pixel) {
    const d = pixel ? `M0 ${pixel.row + 0.5}H${this.width}M${pixel.column + 0.5} 0V${this.height}` : "";
    this.paths["cross dark"].setAttribute("d", d);
    this.paths.cross.setAttribute("d", d);
  }

  /**
   * @param {string} ring of planting, an SVG path in pixels
   * @param {string} shape that is painted, likewise
   */
  plant(ring, shape) {
    setAttribute(this.paths.planting, "d", ring);
    setAttribute(this.paths.painted, "d", shape);
  }

  /**
   * Write letters at the ends of the picture, and exchange left and right or not; `frame` is to follow.
   * @param {import("../../../base/js/sides.js").Letters} letters
   * @param {boolean} turned
   */
  turn(letters, turned) {
    this.turned = turned;
    this.box.classList.toggle("turned", turned);
    SIDES.forEach((side, i) => setText(this.sides[i], letters[side]));
  }

  /**
   * Show the part of the picture that the zoom says.
   * @param {Zoom} zoom
   */
  frame({ scale, x, y }) {
    const place = {
      left: `${(0.5 - (this.turned ? 1 - x : x) * scale) * 100}%`, top: `${(0.5 - y * scale) * 100}%`,
      width: `${scale * 100}%`, height: `${scale * 100}%`,
    };
    for (const surface of [this.data, this.found]) if (surface) Object.assign(surface.canvas.style, place);
    const [width, height] = [this.width / scale, this.height / scale];
    const corner = `${x * this.width - width / 2} ${y * this.height - height / 2}`;
    this.svg.setAttribute("viewBox", `${corner} ${width} ${height}`);
  }

  /**
   * The pixel under a point of the screen, or null outside of the image.
   * @param {{clientX: number, clientY: number}} point
   * @param {Zoom} zoom
   * @returns {?Pixel}
   */
  pixelAt(point, zoom) {
    const [x, y] = this.pointAt(point, zoom);
    const [column, row] = [Math.floor(x * this.width), Math.floor(y * this.height)];
    const inside = column >= 0 && row >= 0 && column < this.width && row < this.height;
    return inside ? { row, column } : null;
  }

  /**
   * A point of the screen as fractions of the image, from 0 to 1 inside.
   * @param {{clientX: number, clientY: number}} point
   * @param {Zoom} zoom
   * @returns {[number, number]}
   */
  pointAt({ clientX, clientY }, { scale, x, y }) {
    const box = this.box.getBoundingClientRect();
    const onward = (clientX - box.left) / box.width - 0.5;
    return [
      x + (this.turned ? -onward : onward) / scale,
      y + ((clientY - box.top) / box.height - 0.5) / scale,
    ];
  }
}
