/** The sliders of betas, threshold, opacity and brush, and the ROC curve, which is one as well. */

import { part } from "../../../base/js/dom.js";
import { Pause } from "../../../base/js/later.js";

/** @typedef {import("../model/model.js").Model} Model */

const KEY_PAUSE_MS = 400;
/** How far an arrow key moves the threshold on the ROC curve. */
const ROC_KEYS = new Map([["ArrowLeft", 10], ["ArrowDown", 10], ["ArrowRight", -10], ["ArrowUp", -10]]);

/** The sliders of both betas: they move at once, and the page is told when they are let go; keys are gathered. */
export class BetaSliders {
  /**
   * @param {ShadowRoot} root
   * @param {Model} model
   */
  constructor(root, model) {
    this.model = model;
    const { betas } = model;
    this.training = part(root, "beta", HTMLInputElement);
    this.rest = new Pause();
    slide(this.training, betas, (place) => betas.choose(place, model.shown), () => betas.tellTraining());
    const scoring = part(root, "scoring", HTMLInputElement);
    slide(scoring, betas, (place) => betas.chooseScoring(place), () => betas.tellScoring());
    const linked = part(root, "linked", HTMLInputElement);
    linked.addEventListener("change", () => betas.link(linked.checked));
  }

  /**
   * Move the training beta by key.
   * @param {number} step places of its slider
   */
  step(step) {
    const { betas, shown } = this.model;
    if (betas.trainings.length < 2) return;
    betas.hold();
    betas.choose(Number(this.training.value) + step, shown);
    this.rest.after(KEY_PAUSE_MS, () => {
      betas.letGo();
      betas.tellTraining();
    });
  }

  stop() {
    this.rest.stop();
  }
}

/**
 * @param {HTMLInputElement} input
 * @param {import("../model/betas.js").Betas} betas
 * @param {(place: number) => void} move
 * @param {() => void} done
 */
function slide(input, betas, move, done) {
  const rest = new Pause();
  let pressed = false;
  const hold = (/** @type {Event} */ { type }) => {
    pressed = type === "pointerdown";
    betas.hold();
    rest.stop();
  };
  input.addEventListener("pointerdown", hold);
  input.addEventListener("keydown", hold);
  input.addEventListener("input", () => move(Number(input.value)));
  input.addEventListener("change", () => rest.after(pressed ? 0 : KEY_PAUSE_MS, () => {
    betas.letGo();
    done();
  }));
  for (const event of ["pointerup", "pointercancel", "blur"]) {
    input.addEventListener(event, () => setTimeout(() => betas.letGo(), KEY_PAUSE_MS));
  }
}

/**
 * The threshold's slider, the choice of its map, and the ROC curve.
 * @param {ShadowRoot} root
 * @param {Model} model
 * @param {import("../../../base/js/chart.js").Chart} roc
 */
export function connectThreshold(root, model, roc) {
  const { view } = model;
  const level = part(root, "level", HTMLInputElement);
  level.addEventListener("input", () => view.setLevel(Number(level.value)));
  const active = part(root, "active", HTMLSelectElement);
  active.addEventListener("change", () => model.activate(Number(active.value)));
  const follow = (/** @type {PointerEvent} */ event) => {
    if (event.type === "pointerdown" || event.buttons) model.putThreshold(roc.shareAt(event.clientX));
  };
  roc.canvas.addEventListener("pointerdown", follow);
  roc.canvas.addEventListener("pointermove", follow);
  roc.canvas.addEventListener("keydown", (event) => {
    const step = ROC_KEYS.get(event.key);
    if (!step) return;
    event.preventDefault();
    view.setLevel(view.level + step);
  });
}
