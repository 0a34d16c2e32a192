/** Plays a film: pictures that change step by step, and curves; pausable. */

import { found, part } from "../../base/js/dom.js";
import { clamp } from "../../base/js/numbers.js";
import { lettersOf } from "../../base/js/sides.js";
import { setText } from "../../base/js/text.js";
import { Curve } from "./curve.js";
import { filmHeader, filmLayers, paceOf } from "./film.js";
import { Screen } from "./screen.js";

/** @typedef {import("./film.js").FilmHeader} FilmHeader */
/** @typedef {import("./screen.js").Cell} Cell */

export class Player {
  /**
   * @param {ShadowRoot} root
   * @param {(picked: Cell) => void} post
   */
  constructor(root, post) {
    this.element = found(root, ".player", HTMLElement);
    this.button = part(root, "play", HTMLButtonElement);
    this.slider = part(root, "at", HTMLInputElement);
    this.label = part(root, "label", HTMLElement);
    this.panels = part(root, "panels", HTMLElement);
    this.places = part(root, "curves", HTMLElement);
    this.post = post;
    /** Key of the film that is shown. */
    this.key = "";
    /** Key of the film that came last; its pictures may still be read. */
    this.newest = "";
    /** @type {?Cell} */
    this.picked = null;
    /** @type {string[]} of the frames of the film that is shown */
    this.labels = [];
    /** @type {Screen[]} */
    this.screens = [];
    /** @type {Curve[]} */
    this.curves = [];
    this.frame = 0;
    /** @type {?ReturnType<typeof setInterval>} */
    this.timer = null;
    this.button.addEventListener("click", () => (this.timer ? this.pause() : this.play()));
    this.slider.addEventListener("input", () => {
      this.pause();
      this.go(Number(this.slider.value));
    });
    this.watcher = new ResizeObserver(() => this.drawCurves());
    this.watcher.observe(this.element);
  }

  /** @param {Uint8Array} bytes of a film; one that is shown already goes on, with another cell picked */
  async show(bytes) {
    const header = filmHeader(bytes);
    const { key, picked } = header;
    this.newest = key;
    this.picked = picked && { row: picked[0], column: picked[1] };
    if (this.key !== key) {
      const layers = await filmLayers(bytes, header);
      if (this.newest !== key || this.key === key) return;
      this.key = key;
      this.build(header, layers);
    }
    for (const screen of this.screens) screen.turn(lettersOf(header.sides, header.turned), header.turned);
    this.mark(this.picked);
  }

  /**
   * @param {FilmHeader} header
   * @param {import("./film.js").FilmLayer[]} layers
   */
  build({ labels, curves }, layers) {
    this.pause();
    this.labels = labels;
    this.screens = layers.map((layer) => new Screen(layer));
    for (const screen of this.screens.filter(({ layer }) => layer.pick)) {
      screen.box.addEventListener("click", (event) => this.pick(screen.at(event)));
    }
    this.panels.replaceChildren(...this.screens.map(({ figure }) => figure));
    this.curves = Object.entries(curves).map(([name, values]) => new Curve(name, values, labels));
    this.places.replaceChildren(...this.curves.map(({ cell }) => cell));
    const last = labels.length - 1;
    this.slider.max = String(last);
    this.button.disabled = this.slider.disabled = last === 0;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.go(still ? last : 0);
    if (!still && last > 0) this.play();
  }

  /** @param {?Cell} cell */
  mark(cell) {
    for (const screen of this.screens) screen.mark(cell);
  }

  /** @param {?Cell} cell that was clicked */
  pick(cell) {
    if (!cell) return;
    this.mark(cell);
    this.post(cell);
  }

  /** @param {number} frame */
  go(frame) {
    this.frame = clamp(frame, 0, this.labels.length - 1);
    const label = this.labels[this.frame];
    for (const screen of this.screens) screen.paint(this.frame);
    this.slider.value = String(this.frame);
    this.slider.setAttribute("aria-valuetext", label);
    setText(this.label, label);
    this.drawCurves();
  }

  play() {
    const last = this.labels.length - 1;
    if (this.frame >= last) this.go(0);
    this.timer = setInterval(() => {
      this.go(this.frame + 1);
      if (this.frame >= last) this.pause();
    }, paceOf(this.labels.length));
    setText(this.button, "Pause");
  }

  pause() {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    setText(this.button, "Play");
  }

  drawCurves() {
    const ink = getComputedStyle(this.element).color;
    for (const curve of this.curves) curve.draw(this.frame, ink);
  }

  stop() {
    this.pause();
    this.watcher.disconnect();
  }
}
