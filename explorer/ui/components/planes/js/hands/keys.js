/** The keyboard: what mouse and wheel do as keys. */

import { found } from "../../../base/js/dom.js";
import { ZOOM_STEP } from "./controls.js";

/** @typedef {import("../model/model.js").Model} Model */
/** @typedef {import("../painting/pictures.js").Pictures} Pictures */

/** @type {Object<string, [number, number]>} right and down */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * @param {ShadowRoot} root
 * @param {Model} model
 * @param {Pictures} pictures
 * @param {HTMLElement} profile
 */
export function listenToKeys(root, model, pictures, profile) {
  found(root, ".planes", HTMLElement).addEventListener("keydown", (event) => {
    const target = /** @type {Element} */ (event.target);
    if (event.ctrlKey || event.metaKey || event.altKey || !model.scan || target.matches("select")) return;
    const there = target === profile ? onProfile(model, event) : onPicture(model, pictures, event);
    const action = there ?? anywhere(model, event);
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  });
}

/** @typedef {(() => void)|undefined} Action */

/**
 * @param {Model} model
 * @param {KeyboardEvent} event
 * @returns {Action}
 */
function anywhere(model, { key }) {
  const { view } = model;
  /** @type {Object<string, () => void>} */
  const keys = {
    l: () => view.take("look"),
    w: () => view.take("window"),
    m: () => view.take("move"),
    "+": () => model.zoomBy(ZOOM_STEP),
    "-": () => model.zoomBy(1 / ZOOM_STEP),
    0: () => model.reset(),
  };
  return keys[key];
}

/**
 * @param {Model} model
 * @param {KeyboardEvent} event
 * @returns {Action}
 */
function onProfile(model, { key }) {
  if (!(key in ARROWS)) return undefined;
  const [right, down] = ARROWS[key];
  return () => model.goToSlice(model.slice + right - down);
}

/**
 * @param {Model} model
 * @param {Pictures} pictures
 * @param {KeyboardEvent} event
 * @returns {Action}
 */
function onPicture(model, pictures, { key, shiftKey }) {
  const picture = pictures.focused;
  if (!picture) return undefined;
  if (key === "PageUp" || key === "PageDown") return () => model.through(picture.key, key === "PageUp" ? 1 : -1);
  if (!(key in ARROWS)) return undefined;
  const [right, down] = ARROWS[key].map((step) => step * (shiftKey ? 8 : 1));
  const [column, row] = model.cut(picture.key).cross;
  return () => model.goToPixel(picture.key, column + right, row + down);
}
