/** The keyboard: every gesture of the mouse as a key. */

import { found } from "../../../base/js/dom.js";
import { centreOf, middleOf } from "../model/crosshair.js";
import { fillScreen } from "./tools.js";

/** @typedef {import("../model/model.js").Model} Model */
/** @typedef {import("../painting/panels.js").Panels} Panels */
/** @typedef {import("./sliders.js").BetaSliders} BetaSliders */

/** @type {Object<string, [number, number]>} down and right */
const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/**
 * @param {ShadowRoot} root
 * @param {Model} model
 * @param {Panels} panels
 * @param {BetaSliders} betas
 */
export function listenToKeys(root, model, panels, betas) {
  /** @type {Object<string, () => void>} */
  const anywhere = { ...chosen(model, betas), f: () => fillScreen(root, model) };
  found(root, ".viewer", HTMLElement).addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = /** @type {Element} */ (event.target);
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const there = target.closest(".box") ? onPicture(model, panels, event) : undefined;
    const action = there ?? (target.matches("select") ? undefined : anywhere[key]);
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  });
}

/**
 * @param {Model} model
 * @param {BetaSliders} betas
 * @returns {Object<string, () => void>}
 */
function chosen(model, betas) {
  const { view, hand } = model;
  return {
    "[": () => betas.step(-1),
    "]": () => betas.step(1),
    ",": () => view.setLevel(view.level - 10),
    ".": () => view.setLevel(view.level + 10),
    "+": () => model.zoomBy(1.25),
    "=": () => model.zoomBy(1.25),
    "-": () => model.zoomBy(0.8),
    0: () => model.reset(),
    t: () => view.turn("truth"),
    s: () => view.turn("smooth"),
    c: () => view.nextColours(),
    m: () => model.nextMap(),
    l: () => view.take("look"),
    w: () => view.take("window"),
    p: () => view.take("plant"),
    b: () => view.take("brush"),
    e: () => view.tool === "brush" && hand.erase(),
    "?": () => view.turn("keys"),
  };
}

/**
 * @param {Model} model
 * @param {Panels} panels
 * @param {KeyboardEvent} event
 * @returns {(() => void)|undefined}
 */
function onPicture(model, panels, { key, shiftKey }) {
  const { view, hand } = model;
  if (key in ARROWS) {
    const [down, right] = ARROWS[key].map((one) => one * (shiftKey ? 8 : 1));
    return () => step(model, panels, down, right);
  }
  const grow = (/** @type {number} */ more) => {
    if (view.tool === "plant") hand.nudge(0, 0, more);
    else if (view.tool === "brush") hand.resizeBrush(hand.brush.size + more);
  };
  /** @type {Object<string, () => void>} */
  const keys = {
    Enter: () => press(model),
    " ": () => press(model),
    Escape: () => model.letGo(),
    PageUp: () => grow(0.01),
    PageDown: () => grow(-0.01),
    Delete: () => view.tool === "brush" && hand.clear(),
  };
  return keys[key];
}

/**
 * An arrow: the anomaly moves with Plant, the window is set with Window, else the crosshair moves.
 * @param {Model} model
 * @param {Panels} panels
 * @param {number} down
 * @param {number} right
 */
function step(model, panels, down, right) {
  const { view, hand, shown } = model;
  if (!shown) return;
  const onward = view.turned(model.settings?.sides) ? -right : right;
  if (view.tool === "plant") hand.nudge(onward / 100, down / 100, 0);
  else if (view.tool === "window" && panels.focused) view.setWindow(panels.focused.layer.kind, right / 40, down / 40);
  else model.step(down, onward);
}

/**
 * Enter: the brush paints, any other tool pins.
 * @param {Model} model
 */
function press({ view, hand, cross, shown }) {
  if (!shown) return;
  const { width, height } = shown;
  if (view.tool === "brush") hand.dab(centreOf(cross.cursor ?? middleOf(shown), shown), height / width);
  else if (cross.cursor) cross.pin(cross.cursor);
}
