/** All panels, laid out to fill the width. */

import { fillsScreen, focusedBeside } from "../../../base/js/dom.js";
import { closed, outline } from "../../../base/js/outline.js";
import { GAP, columnsFor, columnsWithin } from "./columns.js";
import { Panel } from "./panel.js";

const SMALLEST = 90;
/** Margins within the viewer and between rows, pixels. */
const MARGINS = 60;

export class Panels {
  /**
   * @param {HTMLElement} element
   * @param {() => void} laidOut called when sizes are others than before
   */
  constructor(element, laidOut) {
    this.element = element;
    this.laidOut = laidOut;
    /** @type {Panel[]} */
    this.all = [];
    /** Whether pictures are of a readable size. */
    this.roomy = true;
    this.watcher = new ResizeObserver(() => this.layOut());
    this.watcher.observe(element);
  }

  /**
   * Show these layers; panels are kept and filled anew, so that nothing flickers.
   * @param {import("../model/shown.js").Shown} shown
   */
  show({ layers, mask, width, height }) {
    layers.forEach((layer, i) => {
      const panel = this.all[i];
      if (!panel) {
        this.all.push(new Panel(layer, width, height));
        this.element.append(this.all[i].figure);
        return;
      }
      if (panel.width !== width || panel.height !== height) panel.resize(width, height);
      panel.bind(layer);
    });
    for (const panel of this.all.splice(layers.length)) panel.figure.remove();
    const path = outline(closed(mask, width, height), width, height);
    for (const panel of this.all) panel.outline(path);
    this.layOut();
  }

  /** Lay them out for the room that there is. */
  layOut() {
    const { clientWidth } = this.element;
    const count = this.all.length;
    if (!clientWidth || !count) return;
    const usual = columnsFor(count, clientWidth);
    const columns = fillsScreen(this.element) ? this.columnsOfScreen(usual) : usual;
    this.element.style.setProperty("--columns", String(columns));
    this.element.parentElement?.style.setProperty("--layers", String(count));
    this.roomy = clientWidth / columns >= SMALLEST;
    this.laidOut();
  }

  /**
   * As many as a full screen shows without scrolling, with what stands above them; curves may lie below.
   * @param {number} usual
   */
  columnsOfScreen(usual) {
    const { clientWidth, parentElement } = this.element;
    const { figure, box, width, height } = this.all[0];
    const texts = figure.offsetHeight - box.offsetHeight;
    const parts = /** @type {HTMLElement[]} */ ([...(parentElement?.children ?? [])]);
    const above = parts.slice(0, parts.indexOf(this.element)).reduce((sum, one) => sum + one.offsetHeight, MARGINS);
    const heightOf = (/** @type {number} */ columns) =>
      ((clientWidth + GAP) / columns - GAP) * (height / width) + texts;
    return columnsWithin(this.all.length, usual, heightOf, window.innerHeight - above);
  }

  /** The panel that has the keyboard. */
  get focused() {
    const focused = focusedBeside(this.element);
    return this.all.find((panel) => panel.box === focused) ?? null;
  }

  /**
   * The panel that holds the target of an event.
   * @param {Event} event
   */
  under({ target }) {
    return this.all.find((panel) => target instanceof Node && panel.box.contains(target)) ?? null;
  }

  /** Whether the keyboard is on any of them, or they fill the screen. */
  get active() {
    return this.element.contains(focusedBeside(this.element)) || fillsScreen(this.element);
  }

  stop() {
    this.watcher.disconnect();
  }
}
