/** The tools and switches above the pictures. */

import { connectChoice } from "../../../base/js/choice.js";
import { fillsScreen, found, part } from "../../../base/js/dom.js";

/** @typedef {import("../model/model.js").Model} Model */
/** @typedef {import("../model/view.js").Tool} Tool */

const SWITCHES = /** @type {const} */ (["truth", "smooth", "own"]);

/**
 * @param {ShadowRoot} root
 * @param {Model} model
 */
export function connectTools(root, model) {
  const { view, hand } = model;
  const tools = /** @type {HTMLElement[]} */ ([...root.querySelectorAll("button[data-tool]")]);
  connectChoice(tools, (tool) => view.take(/** @type {Tool} */ (tool)));
  const map = part(root, "map", HTMLSelectElement);
  map.addEventListener("change", () => view.colour(map.value));
  const sides = part(root, "sides", HTMLSelectElement);
  sides.addEventListener("change", () => view.turnTo(sides.value === "radiological"));
  for (const name of SWITCHES) {
    const input = part(root, name, HTMLInputElement);
    input.addEventListener("change", () => view.turn(name, input.checked));
  }
  const opacity = part(root, "opacity", HTMLInputElement);
  opacity.addEventListener("input", () => view.veil(Number(opacity.value) / 100));
  const size = part(root, "brushSize", HTMLInputElement);
  size.addEventListener("input", () => hand.resizeBrush(Number(size.value) / 100));
  const erase = part(root, "erase", HTMLInputElement);
  erase.addEventListener("change", () => hand.erase(erase.checked));
  click(root, "clear", () => hand.clear());
  click(root, "reset", () => model.reset());
  click(root, "help", () => view.turn("keys"));
  click(root, "full", () => fillScreen(root, model));
}

/**
 * @param {ShadowRoot} root
 * @param {string} name of a button
 * @param {() => void} act
 */
export function click(root, name, act) {
  part(root, name, HTMLElement).addEventListener("click", act);
}

/**
 * Fill the screen, or let it go.
 * @param {ShadowRoot} root
 * @param {Model} model
 */
export function fillScreen(root, model) {
  const viewer = found(root, ".viewer", HTMLElement);
  if (fillsScreen(viewer)) document.exitFullscreen();
  else viewer.requestFullscreen?.().catch(() => model.say("This browser allows no full screen here."));
}
