/** All panels, laid out to fill the width. */

import { fillsScreen, focusedBeside } from "../../../base/js/dom.js";
import { closed, outline } from "../../../base/js/outline.js";
import { Panel } from "./panel.js";

const SMALLEST = 90;
/** Widths of a panel, pixels, below which a row holds fewer: on a narrow page and on a wide one. */
const [NARROW, WIDE] = [130, 190];
/** Height of a panel's texts, and of all around the panels, pixels: what the pictures leave of a full screen. */
const [TEXTS, AROUND] = [46, 350];

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

  /** As many columns as give equal rows and pictures of a readable size. */
  layOut() {
    const { clientWidth } = this.element;
    const count = this.all.length;
    if (!clientWidth || !count) return;
    const most = Math.min(count, Math.floor(clientWidth / (clientWidth > 1100 ? WIDE : NARROW)));
    let rows = Math.ceil(count / Math.max(most, 2));
    let columns = Math.ceil(count / rows);
    const aspect = this.all[0].height / this.all[0].width;
    const tooHigh = () => rows * ((clientWidth / columns) * aspect + TEXTS) > window.innerHeight - AROUND;
    while (fillsScreen(this.element) && rows > 1 && tooHigh()) rows = Math.ceil(count / ++columns);
    this.element.style.setProperty("--columns", String(columns));
    this.element.parentElement?.style.setProperty("--layers", String(count));
    this.roomy = clientWidth / columns >= SMALLEST;
    this.laidOut();
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
