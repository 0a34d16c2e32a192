/** What stands above the panels when they are saved as a picture: how they were made, and what is drawn. */

import { rate, short } from "../../../base/js/text.js";
import { levelNote } from "./level.js";

/**
 * A line each.
 * @param {import("./model.js").Model} model
 * @returns {string[]}
 */
export function legendOf(model) {
  const { shown, view } = model;
  if (!shown) return [];
  const { name, about, predictors } = shown.header;
  const settings = predictors.filter((one) => one.settings).map((one) => `${one.title}: ${one.settings}`);
  return [
    `${name}; ${Object.entries(about).map(([key, value]) => `${key.replaceAll("_", " ")} ${value}`).join("; ")}`,
    `training β ${short(shown.beta)}, KL weight in the ELBO map ${short(shown.scoringBeta)}`,
    ...(settings.length ? [settings.join("; ")] : []),
    ...atThreshold(model),
    view.on.own ? "Each picture stretched: not for comparing images"
      : "Colour bars: the same for every image at these β; below, the tick is the threshold",
  ];
}

/**
 * @param {import("./model.js").Model} model
 * @returns {string[]}
 */
function atThreshold(model) {
  const { activeLayer, threshold, rates } = model;
  if (!activeLayer) return [];
  const found = `Dice ${rate(rates.dice)}, sensitivity ${rate(rates.sensitivity)}, ` +
    `false-positive rate ${rate(rates.falsePositive)}`;
  return [`${activeLayer.title} at threshold ${short(threshold)}: ${found}`, levelNote(model)];
}
