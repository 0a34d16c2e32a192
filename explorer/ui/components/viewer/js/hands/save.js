/** What a person takes away: the panels as one picture, the figures as a table. */

import { figureRows, toCsv } from "../model/figures.js";
import { legendOf } from "../model/legend.js";
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
