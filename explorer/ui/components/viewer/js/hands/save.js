/** What a person takes away: the panels as one picture, the figures as a table. */

import { rate, short } from "../../../base/js/text.js";
import { figureRows, toCsv } from "../model/figures.js";
import { click } from "./tools.js";

/** @typedef {import("../model/model.js").Model} Model */
/** @typedef {import("../painting/painter.js").Painter} Painter */

/**
 * @param {ShadowRoot} root
 * @param {Model} model
 * @param {Painter} painter
 */
export function connectSaving(root, model, painter) {
  click(root, "png", () => {
    if (!model.shown) return;
    painter.grid(model, legendOf(model)).toBlob((blob) => blob && save(blob, "panels.png"));
  });
  click(root, "csv", () => {
    if (!model.shown) return;
    const rows = figureRows(model.shown.frames, model.view.share, painter.notice);
    save(new Blob([toCsv(rows)], { type: "text/csv" }), "figures.csv");
  });
}

/**
 * What stands above the picture.
 * @param {Model} model
 */
function legendOf({ shown, activeLayer, threshold, rates, view }) {
  const betas = `training β ${short(shown?.beta)}, scoring β ${short(shown?.scoringBeta)}`;
  const found = activeLayer
    ? `; ${activeLayer.title} at ${short(threshold)}: Dice ${rate(rates.dice)}, sensitivity ` +
      `${rate(rates.sensitivity)}, false-positive rate ${rate(rates.falsePositive)}`
    : "";
  const lines = [`${shown?.header.name}; ${betas}${found}`];
  if (view.on.own) lines.push("Range per image: not for comparing images");
  return lines;
}

/**
 * Hand a file to the browser.
 * @param {Blob} blob
 * @param {string} name
 */
function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
