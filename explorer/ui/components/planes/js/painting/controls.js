/** Tools, switches, words and the threshold as the model stands. */

import { paintChoice } from "../../../base/js/choice.js";
import { found, part } from "../../../base/js/dom.js";
import { clamp } from "../../../base/js/numbers.js";
import { setText, setValue, short } from "../../../base/js/text.js";
import { readout, scoreText, statusOf } from "../model/words.js";

/** @typedef {import("../model/model.js").Model} Model */
/** @typedef {import("../model/scan.js").Scan} Scan */

const SWITCHES = /** @type {const} */ (["map", "truth", "brain", "smooth"]);

export class Controls {
  /** @param {ShadowRoot} root */
  constructor(root) {
    const element = (/** @type {string} */ name) => part(root, name, HTMLElement);
    const input = (/** @type {string} */ name) => part(root, name, HTMLInputElement);
    this.element = found(root, ".planes", HTMLElement);
    this.tools = /** @type {HTMLElement[]} */ ([...root.querySelectorAll("button[data-tool]")]);
    this.switches = SWITCHES.map(input);
    this.opacity = input("opacity");
    this.threshold = input("threshold");
    this.convention = part(root, "convention", HTMLSelectElement);
    this.zoomOut = part(root, "zoomOut", HTMLButtonElement);
    this.texts = {
      zoom: element("zoomText"), readout: element("readout"), low: element("low"), high: element("high"),
      title: element("title"), threshold: element("thresholdText"), status: element("status"),
    };
    this.places = {
      truth: element("truthLabel"), profile: element("profileBox"),
      score: element("scoreCell"), places: element("placesCell"),
    };
    this.scale = element("scale");
    this.tick = found(this.scale, "i", HTMLElement);
  }

  /** @param {Model} model */
  paintView({ view, radiological }) {
    this.element.dataset.tool = view.tool;
    paintChoice(this.tools, view.tool);
    SWITCHES.forEach((name, i) => (this.switches[i].checked = view.on[name]));
    this.element.classList.toggle("smooth", view.on.smooth);
    this.element.style.setProperty("--overlay", String(view.overlay));
    setValue(this.opacity, Math.round(100 * view.overlay));
    setValue(this.convention, radiological ? "radiological" : "neurological");
  }

  /**
   * Another scan.
   * @param {Scan} scan
   */
  show({ header, mask }) {
    this.convention.disabled = header.picture;
    this.places.truth.hidden = !mask;
    this.places.profile.hidden = header.picture;
  }

  /** @param {Model} model */
  paintZoom({ view }) {
    this.element.classList.toggle("zoomed", view.scale > 1);
    setText(this.texts.zoom, `${Math.round(100 * view.scale)} %`);
    this.zoomOut.disabled = view.scale === 1;
  }

  /**
   * @param {Model} model
   * @param {Scan} scan
   */
  paintWords(model, { header }) {
    const scored = model.shownScores !== null;
    this.places.score.hidden = this.places.places.hidden = !scored;
    setText(this.texts.readout, readout(model));
    const phrases = statusOf(header, model.radiological);
    if (this.texts.status.textContent === phrases.map(({ text }) => text).join(" ")) return;
    const nodes = phrases.flatMap(({ text, bold }, i) => [i ? " " : "", bold ? strong(text) : text]);
    this.texts.status.replaceChildren(...nodes);
  }

  /** @param {Model} model */
  paintThreshold({ shownScores: scores, threshold, held, settings }) {
    if (!scores) return;
    const [low, high] = scores.header.colours;
    const share = (threshold - scores.bottom) / Math.max(scores.top - scores.bottom, 1e-12);
    if (!held) setValue(this.threshold, Math.round(1000 * share));
    this.tick.style.left = `${100 * clamp((threshold - low) / Math.max(high - low, 1e-12), 0, 1)}%`;
    setText(this.texts.low, short(low));
    setText(this.texts.high, short(high));
    setText(this.texts.title, scores.header.title);
    setText(this.texts.threshold, scoreText(threshold, settings.healthy));
  }
}

/** @param {string} text */
function strong(text) {
  const node = document.createElement("b");
  node.textContent = text;
  return node;
}
