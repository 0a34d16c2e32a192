/** What the controls above and below the pictures do. */

import { connectChoice } from "../../../base/js/choice.js";
import { part } from "../../../base/js/dom.js";
import { showWhenThere } from "../../../base/js/arrival.js";

/** @typedef {import("../model/model.js").Model} Model */
/** @typedef {import("../model/view.js").Tool} Tool */

/** How far a step of the zoom goes. */
export const ZOOM_STEP = 1.5;

/**
 * @param {ShadowRoot} root
 * @param {Model} model
 */
export function connectControls(root, model) {
  const { view } = model;
  const tools = /** @type {HTMLElement[]} */ ([...root.querySelectorAll("button[data-tool]")]);
  connectChoice(tools, (tool) => view.take(/** @type {Tool} */ (tool)));
  const convention = part(root, "convention", HTMLSelectElement);
  convention.addEventListener("change", () => model.choose(convention.value === "radiological"));
  for (const name of /** @type {const} */ (["map", "truth", "brain", "smooth"])) {
    const input = part(root, name, HTMLInputElement);
    input.addEventListener("change", () => view.turn(name, input.checked));
  }
  const opacity = part(root, "opacity", HTMLInputElement);
  opacity.addEventListener("input", () => view.veil(Number(opacity.value) / 100));
  const click = (/** @type {string} */ name, /** @type {() => void} */ act) =>
    part(root, name, HTMLElement).addEventListener("click", act);
  click("zoomIn", () => model.zoomBy(ZOOM_STEP));
  click("zoomOut", () => model.zoomBy(1 / ZOOM_STEP));
  click("reset", () => model.reset());
  click("maps", () => {
    model.askForMaps();
    showWhenThere(`.st-key-own-maps-${model.slice}:has(img)`);
  });
  const threshold = part(root, "threshold", HTMLInputElement);
  threshold.addEventListener("input", () => model.holdThreshold(Number(threshold.value) / 1000));
  threshold.addEventListener("change", () => model.letGoOfThreshold());
}

/**
 * The profile: a press goes to its slice.
 * @param {import("../../../base/js/chart.js").Chart} chart
 * @param {Model} model
 */
export function connectProfile(chart, model) {
  const go = (/** @type {PointerEvent} */ event) => {
    const count = model.settings.profile?.length ?? 0;
    if (model.shownScores && count) model.goToSlice(Math.round(chart.shareAt(event.clientX) * (count - 1)));
  };
  chart.canvas.addEventListener("pointerdown", (event) => {
    chart.canvas.setPointerCapture(event.pointerId);
    go(event);
  });
  chart.canvas.addEventListener("pointermove", (event) => {
    if (event.buttons) go(event);
  });
}
