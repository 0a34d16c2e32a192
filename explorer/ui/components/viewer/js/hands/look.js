/**
 * How a person has pictures shown, as the texts that stand in the page's address.
 *
 * The page tells them with a turn, another one each time that it went where an address says; then they hold. In between
 * the viewer's own hold, and are told to the page when they rest. See `explorer/ui/controls/viewing.py`.
 */

import { Pause } from "../../../base/js/later.js";

/** @typedef {import("../model/model.js").Model} Model */
/** @typedef {Object<string, string>} Texts */

const REST_MS = 400;
const KINDS = /** @type {const} */ (["grey", "signed", "score"]);
const SWITCHES = /** @type {const} */ ([["true-mask", "truth"], ["smooth", "smooth"], ["stretch", "own"]]);

export class Look {
  /**
   * @param {Model} model
   * @param {(texts: Texts) => void} tell the page
   */
  constructor(model, tell) {
    this.model = model;
    this.tell = tell;
    /** @type {?number} of the address that was taken last */
    this.turn = null;
    /** What the page knows, and what it is about to be told. */
    this.known = "";
    this.next = "";
    this.rest = new Pause();
  }

  /** @param {{turn: number, texts: Texts}} told by the page */
  take({ turn, texts }) {
    if (turn === this.turn) return;
    this.turn = turn;
    this.known = this.next = written(texts);
    this.rest.stop();
    show(this.model, texts);
  }

  /** Tell the page, soon, if something is another than it knows; not while pictures of another state are shown. */
  notice() {
    const { shown, settings } = this.model;
    if (this.turn === null || !shown || shown.header.slice !== settings?.slice) return;
    const texts = textsOf(this.model);
    const next = written(texts);
    if (next === this.next) return;
    this.next = next;
    this.rest.after(REST_MS, () => {
      if (next === this.known) return;
      this.known = next;
      this.tell(texts);
    });
  }

  stop() {
    this.rest.stop();
  }
}

/**
 * @param {Model} model
 * @returns {Texts}
 */
export function textsOf({ view, cross: { pinned }, activeLayer }) {
  const { zoom } = view;
  /** @type {Texts} */
  const texts = {
    map: activeLayer?.predictor?.name ?? "",
    threshold: short(view.share, 7),
    colours: view.colours,
    sides: view.radiological ? "radiological" : "neurological",
    overlay: short(100 * view.overlay),
    zoom: short(zoom.scale),
    centre: `${short(zoom.x)},${short(zoom.y)}`,
    pixel: pinned ? `${pinned.row},${pinned.column}` : "",
  };
  for (const [key, name] of SWITCHES) texts[key] = String(view.on[name]);
  for (const kind of KINDS) {
    const { centre, width } = view.windows[kind];
    texts[`window-${kind}`] = `${short(centre)},${short(width)}`;
  }
  return texts;
}

/**
 * @param {Model} model
 * @param {Texts} texts
 */
function show(model, texts) {
  const { view, cross } = model;
  const numbers = (/** @type {string} */ key) => texts[key].split(",").map(Number);
  view.colour(texts.colours);
  view.turnTo(texts.sides === "radiological");
  view.veil(Number(texts.overlay) / 100);
  for (const [key, name] of SWITCHES) view.turn(name, texts[key] === "true");
  for (const kind of KINDS) {
    const [centre, width] = numbers(`window-${kind}`);
    view.putWindow(kind, { centre, width });
  }
  const [x, y] = numbers("centre");
  view.zoomTo(Number(texts.zoom), x, y);
  view.setShare(Number(texts.threshold));
  const [row, column] = numbers("pixel");
  cross.put(texts.pixel ? { row, column } : null);
  model.wantMap(texts.map);
}

/** @param {Texts} texts in any order */
function written(texts) {
  return JSON.stringify(Object.entries(texts).sort());
}

/**
 * @param {number} value
 * @param {number} digits after the point
 */
function short(value, digits = 4) {
  return String(Number(value.toFixed(digits)));
}
