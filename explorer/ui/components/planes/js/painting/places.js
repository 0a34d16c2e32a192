/** The list of the most anomalous places. */

import { short } from "../../../base/js/text.js";

/** @typedef {import("../model/scan.js").Place} Place */

/**
 * A row of the table a place.
 * @param {Place[]} places
 * @param {(place: Place) => number} numberOf its axial plane
 * @param {(place: Place) => void} go called when a row is clicked
 */
export function rowsOf(places, numberOf, go) {
  return places.map((place, i) => {
    const row = document.createElement("tr");
    const button = document.createElement("button");
    button.textContent = String(i + 1);
    button.setAttribute("aria-label", `Go to place ${i + 1}`);
    row.insertCell().append(button);
    for (const text of [...textsOf(place), String(numberOf(place))]) row.insertCell().textContent = text;
    row.addEventListener("click", () => go(place));
    return row;
  });
}

/** @param {Place} place */
function textsOf({ ml, peak, healthy }) {
  return [
    ml === null ? "–" : ml.toFixed(2),
    short(peak),
    healthy === null ? "–" : `${(100 * healthy).toFixed(2)} %`,
  ];
}
