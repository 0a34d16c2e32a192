/** Sliders, switches and figures as the model stands. */

import { paintChoice } from "../../../base/js/choice.js";
import { found, part } from "../../../base/js/dom.js";
import { nearestInRatio } from "../../../base/js/numbers.js";
import { rate, setText, setValue, short } from "../../../base/js/text.js";
import { levelHere, levelNote } from "../model/legend.js";
import { MAPS } from "../model/view.js";

/** @typedef {import("../model/model.js").Model} Model */

export class Controls {
  /** @param {ShadowRoot} root */
  constructor(root) {
    const input = (/** @type {string} */ name) => part(root, name, HTMLInputElement);
    const element = (/** @type {string} */ name) => part(root, name, HTMLElement);
    this.element = found(root, ".viewer", HTMLElement);
    this.tools = /** @type {HTMLElement[]} */ ([...root.querySelectorAll("[data-tool]")]);
    /** What needs a page that computes. */
    this.paged = /** @type {HTMLElement[]} */ ([...root.querySelectorAll("[data-paged]")]);
    this.inputs = {
      beta: input("beta"), scoring: input("scoring"), linked: input("linked"), level: input("level"),
      smooth: input("smooth"), truth: input("truth"), own: input("own"), opacity: input("opacity"),
      brushSize: input("brushSize"), erase: input("erase"),
    };
    const select = (/** @type {string} */ name) => part(root, name, HTMLSelectElement);
    this.selects = { map: select("map"), active: select("active"), sides: select("sides") };
    this.texts = {
      beta: element("betaText"), scoring: element("scoringText"),
      level: element("levelText"), levelNote: element("levelNote"),
      dice: element("dice"), sensitivity: element("sensitivity"), falsePositive: element("falsePositive"),
    };
    this.places = {
      betasBox: element("betas"), betaSlide: element("betaSlide"), scoringSlide: element("scoringSlide"),
      stripBox: element("stripBox"),
      sidesBox: element("sidesBox"),
      ownWarning: element("ownWarning"), brushBox: element("brushBox"),
      keys: element("keys"), help: element("help"),
    };
    this.selects.map.replaceChildren(...MAPS.map((name) => new Option(name, name)));
  }

  /**
   * Tools and switches.
   * @param {Model} model
   */
  paintView({ view, hand: { brush }, settings }) {
    const { inputs, places, element } = this;
    element.dataset.tool = view.tool;
    for (const button of this.tools) button.hidden = !view.offers(button.dataset.tool ?? "");
    paintChoice(this.tools, view.tool);
    for (const one of this.paged) one.hidden = view.alone;
    element.classList.toggle("smooth", view.on.smooth);
    element.classList.toggle("truth-shown", view.on.truth);
    element.style.setProperty("--overlay", String(view.overlay));
    for (const name of /** @type {const} */ (["smooth", "truth", "own"])) inputs[name].checked = view.on[name];
    inputs.erase.checked = brush.erasing;
    setValue(inputs.opacity, Math.round(100 * view.overlay));
    setValue(inputs.brushSize, Math.round(100 * brush.size));
    setValue(this.selects.map, view.colours);
    setValue(this.selects.sides, view.radiological ? "radiological" : "neurological");
    places.sidesBox.hidden = !settings?.sides;
    places.ownWarning.hidden = !view.on.own;
    places.brushBox.hidden = view.tool !== "brush";
    places.keys.hidden = !view.on.keys;
    places.help.setAttribute("aria-expanded", String(view.on.keys));
  }

  /**
   * Sliders, and the figures that move with them.
   * @param {Model} model
   */
  paintNumbers(model) {
    if (model.settings) this.paintBetas(model);
    this.paintThreshold(model);
  }

  /** @param {Model} model */
  paintBetas({ betas, shown, view }) {
    const { inputs, texts, places } = this;
    const [movable, weighs] = [betas.trainings.length > 1, betas.scorings.length > 0];
    places.betasBox.hidden = !movable && !weighs;
    places.betaSlide.hidden = places.stripBox.hidden = !movable;
    places.scoringSlide.hidden = !weighs;
    slideTo(inputs.beta, texts.beta, "training β", betas.trainings, shown?.beta ?? betas.training);
    slideTo(inputs.scoring, texts.scoring, "KL weight", betas.scorings, shown?.scoringBeta ?? betas.scoring);
    inputs.linked.checked = betas.linked;
    inputs.scoring.disabled = betas.linked || (view.alone && shown?.weighable === false);
  }

  /** @param {Model} model */
  paintThreshold(model) {
    const { view, threshold, activeLayer, rates } = model;
    const { inputs, texts } = this;
    setValue(inputs.level, view.level);
    if (!activeLayer) return;
    setText(texts.level, short(threshold));
    setText(texts.levelNote, levelNote(model));
    inputs.level.setAttribute("aria-valuetext", `${short(threshold)}, above ${levelHere(model)} of healthy pixels`);
    for (const name of /** @type {const} */ (["dice", "sensitivity", "falsePositive"])) {
      setText(texts[name], rate(rates[name]));
    }
  }

  /**
   * The maps that can be the active one.
   * @param {Model} model
   */
  listMaps({ maps, view }) {
    const { active } = this.selects;
    const titles = maps.map(({ title }) => title);
    if ([...active.options].map((option) => option.text).join("\n") !== titles.join("\n")) {
      active.replaceChildren(...titles.map((title, i) => new Option(title, String(i))));
    }
    active.value = String(view.active);
    active.disabled = !titles.length;
  }
}

/**
 * @param {HTMLInputElement} input
 * @param {HTMLElement} text
 * @param {string} kind of weight
 * @param {string[]} options ascending
 * @param {?number} beta
 */
function slideTo(input, text, kind, options, beta) {
  input.max = String(options.length - 1);
  if (options.length && beta !== null) setValue(input, nearestInRatio(options.map(Number), beta).place);
  input.setAttribute("aria-valuetext", `${kind} ${short(beta)}`);
  setText(text, short(beta));
}
