/** The threshold in words, and what stands above the panels when they are saved as a picture. */

import { rate, short } from "../../../base/js/text.js";

/** @typedef {import("./model.js").Model} Model */

/** Share of the pixels by which a map may stray from the level before it is told. */
const TOLD = 5e-4;

/**
 * Which healthy pixels score lower than the thresholds: as many in every map, but where many share one score.
 * @param {Model} model
 */
export function levelNote({ shown, view, maps, below }) {
  const said = `${percent(view.share, view.level)} of healthy pixels score lower`;
  const others = maps.flatMap(({ title, predictor }, i) => {
    const strays = !predictor?.pending && view.share - below[i] > TOLD;
    return strays ? [`${title} (at most ${percent(below[i], 0)}, as many share one score)`] : [];
  });
  const but = others.length ? ` but ${others.join(", ")}` : "";
  return `${said}, in every map${but}. Healthy: ${shown?.header.healthy}.`;
}

/**
 * The level of the active map, for those who hear the slider.
 * @param {Model} model
 */
export function levelHere({ view, below }) {
  return percent(Math.min(below[view.active] ?? view.share, view.share), view.level);
}

/**
 * @param {number} share
 * @param {number} level place of the slider: the nearer to its end, the finer
 */
function percent(share, level) {
  return `${(100 * share).toFixed(level > 750 ? 2 : 1)} %`;
}

/**
 * How the panels were made and what is drawn in them, a line each.
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
