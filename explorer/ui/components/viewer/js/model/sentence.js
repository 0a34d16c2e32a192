/** What the viewer says of itself: what is on its way, what went wrong, and that the last picture stands. */

import { short } from "../../../base/js/text.js";

/** @typedef {import("./model.js").Model} Model */
/** @typedef {import("./shown.js").Shown} Shown */
/** @typedef {{text: string, fault: boolean, again: boolean}} Sentence again: asking again may help */

/**
 * @typedef {Object} Circumstances what the model does not know
 * @property {boolean} connected whether there is a server
 * @property {boolean} silent whether it has not answered for long
 * @property {boolean} late whether frames are missing although it rests
 * @property {boolean} roomy whether the panels have room
 */

/**
 * @param {Model} model
 * @param {Circumstances} circumstances
 * @returns {Sentence}
 */
export function sentence(model, circumstances) {
  return faultOf(model, circumstances) ?? { text: whereabouts(model), fault: false, again: false };
}

/**
 * Whether frames that were asked for have not come.
 * @param {Model} model
 */
export function misses({ shown, settings }) {
  return !shown || !shown.header.complete || (settings !== null && settings.slice !== shown.header.slice);
}

/**
 * @param {Model} model
 * @param {Circumstances} circumstances
 * @returns {?Sentence}
 */
function faultOf({ shown, note, broken }, { connected, silent, late, roomy }) {
  const stands = shown ? "the last picture stands" : "nothing to show yet";
  const fault = (/** @type {string} */ text, again = false) => ({ text, fault: true, again });
  if (!connected) return fault(`No connection to the server: ${stands}, and all that is here can still be moved.`);
  if (shown && !roomy) return fault("The window is too small for these panels: make it wider, or choose fewer maps.");
  if (note) return fault(note);
  if (broken) return fault(`A packet of frames arrived damaged: ${stands}.`, true);
  if (silent) return fault(`The server has not answered yet: ${stands}.`, true);
  if (late) return fault(`Frames that were asked for have not come: ${stands}.`, true);
  return null;
}

/** @param {Model} model */
function whereabouts(model) {
  const { shown, betas, view } = model;
  if (!shown) return "The first picture is on its way.";
  const { name, betas: all } = shown.header;
  if (misses(model)) {
    const computed = shown.header.predictors.filter(({ pending }) => pending).map(({ title }) => title);
    const way = computed.length ? `${computed.join(", ")}: being computed; all else is here.`
      : "Frames of the other betas are on their way.";
    if (betas.wanted === null) return way;
    return `${way} β ${short(betas.wanted)} is not here yet, this is β ${short(shown.beta)}.`;
  }
  if (!shown.nearest(model.beta).exact) return `The nearest frame is β ${short(shown.beta)}.`;
  if (all.length === 1) return `${name}: complete; this model has one β.`;
  const linked = betas.linked ? ", which is the KL weight too" : "";
  const others = elsewhere(shown, view.alone);
  return `${name}: training β ${short(shown.beta)}${linked}, ${all.length} betas at hand.${others}`;
}

/**
 * Which maps take so many passes that they were computed for one training beta alone, and stand for that one.
 * @param {Shown} shown
 * @param {boolean} alone whether nothing can be computed anew
 */
function elsewhere(shown, alone) {
  const found = shown.header.predictors.filter((predictor) => shown.elsewhere(predictor));
  if (!found.length) return "";
  const titles = found.map(({ title }) => title).join(", ");
  const beta = short(found[0].only_beta);
  return alone ? ` ${titles}: for β ${beta} alone.` : ` ${titles}: still for β ${beta}; computed anew once you let go.`;
}
