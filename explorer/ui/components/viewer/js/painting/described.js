/** Texts for those who do not see the pictures; set when a finger rests, not while it moves. */

import { part } from "../../../base/js/dom.js";
import { Pause } from "../../../base/js/later.js";
import { rate, short } from "../../../base/js/text.js";

/** @typedef {import("../model/model.js").Model} Model */

const REST_MS = 250;

export class Described {
  /**
   * @param {ShadowRoot} root
   * @param {import("./panels.js").Panels} panels
   */
  constructor(root, panels) {
    this.panels = panels;
    this.roc = part(root, "roc", HTMLElement);
    this.histogram = part(root, "histogram", HTMLElement);
    this.strip = part(root, "strip", HTMLElement);
    this.rest = new Pause();
  }

  /** @param {Model} model */
  paint(model) {
    this.rest.after(REST_MS, () => this.write(model));
  }

  /** @param {Model} model */
  write(model) {
    const { shown, activeLayer, threshold, rates, view } = model;
    if (!shown) return;
    const auroc = (/** @type {import("../model/shown.js").Layer} */ { predictor }) =>
      (predictor ? rate(shown.figure(predictor, "auroc")) : "");
    shown.layers.forEach((layer, i) => {
      const [low, high] = model.range(layer);
      const figure = layer.predictor ? `, AUROC ${auroc(layer)}` : "";
      const blank = layer.predictor?.pending ? "; it is being computed" : "";
      const text = `${layer.caption}; colours from ${short(low)} to ${short(high)}${figure}${blank}`;
      this.panels.all[i]?.box.setAttribute("aria-label", text);
    });
    if (!activeLayer) return;
    const { title } = activeLayer;
    const at = `at threshold ${short(threshold)}: sensitivity ${rate(rates.sensitivity)}, ` +
      `false-positive rate ${rate(rates.falsePositive)}`;
    this.roc.setAttribute("aria-label", `ROC curve of ${title}; arrow keys move the threshold`);
    this.roc.setAttribute("aria-valuenow", (100 * view.share).toFixed(2));
    this.roc.setAttribute("aria-valuetext", at);
    this.histogram.setAttribute("aria-label", `Scores of ${title}, healthy and anomalous, ${at}`);
    const here = `${title} at β ${short(shown.beta)}: ${auroc(activeLayer)}`;
    this.strip.setAttribute("aria-label", `AUROC over training β; ${here}`);
  }

  stop() {
    this.rest.stop();
  }
}
