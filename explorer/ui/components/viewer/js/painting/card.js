/** The card of one pixel: all values under the crosshair, and why it scored when it is pinned. */

import { found, part } from "../../../base/js/dom.js";
import { setText, short } from "../../../base/js/text.js";

/** @typedef {import("../model/shown.js").Shown} Shown */
/** @typedef {import("../model/shown.js").Pixel} Pixel */

/** The card's rows are made once per slice and filled as the crosshair moves. */
export class PixelCard {
  /** @param {ShadowRoot} root */
  constructor(root) {
    this.title = part(root, "pixelTitle", HTMLElement);
    this.element = part(root, "pixel", HTMLElement);
    this.empty = this.element.innerHTML;
    /** @type {?Shown["layers"]} that there are rows for */
    this.layers = null;
    /** @type {HTMLElement[][]} value and percentile of each layer */
    this.cells = [];
    /** @type {?HTMLElement} */
    this.why = null;
  }

  clear() {
    if (!this.layers) return;
    this.layers = null;
    this.element.innerHTML = this.empty;
    setText(this.title, "Pixel");
  }

  /**
   * @param {Shown} shown
   * @param {Pixel} at
   * @param {boolean} pinned
   * @param {number[]} thresholds of the maps
   */
  show(shown, at, pinned, thresholds) {
    if (this.layers !== shown.layers) this.build(shown);
    const pixel = at.row * shown.width + at.column;
    const { spacing } = shown.header;
    const mm = spacing
      ? ` · ${(at.column * spacing[1]).toFixed(1)}, ${(at.row * spacing[0]).toFixed(1)} mm`
      : "";
    const where = shown.foreground[pixel] ? "" : " · background";
    setText(this.title, `Pixel x ${at.column}, y ${at.row}${mm}${where}${pinned ? " · pinned" : ""}`);
    let map = 0;
    shown.layers.forEach(({ kind, predictor, values }, i) => {
      const value = values[pixel];
      const [score, percent] = this.cells[i];
      const pending = Boolean(predictor?.pending);
      setText(score, pending ? "–" : kind === "score" ? short(value) : value.toFixed(3));
      if (!predictor) return;
      setText(percent, pending ? "–" : `${(100 * shown.percentile(predictor, value)).toFixed(1)} %`);
      score.style.fontWeight = percent.style.fontWeight = value >= thresholds[map++] && !pending ? "700" : "";
    });
    if (!this.why) return;
    this.why.hidden = !pinned;
    if (pinned) this.why.innerHTML = explanation(shown.terms(pixel), shown.scoringBeta);
  }

  /** @param {Shown} shown */
  build({ layers }) {
    this.layers = layers;
    const rows = layers.map(() => "<tr><th></th><td></td><td></td></tr>").join("");
    this.element.innerHTML =
      "<table><thead><tr><th>Value</th><th>here</th><th>healthy pixels that score lower</th></tr></thead>" +
      `<tbody>${rows}</tbody></table><div class="why" hidden></div>`;
    this.why = found(this.element, ".why", HTMLElement);
    this.cells = [...this.element.querySelectorAll("tbody tr")].map((row, i) => {
      found(row, "th", HTMLElement).textContent = layers[i].title;
      return [...row.querySelectorAll("td")];
    });
  }
}

/**
 * The terms as numbers and bars from zero to either side; the first has a unit of its own.
 * @param {ReturnType<Shown["terms"]>} terms
 * @param {number} beta weight of the KL term
 */
function explanation({ rec, gradRec, weighted, sum }, beta) {
  const largest = Math.max(Math.abs(gradRec), Math.abs(weighted ?? 0), Math.abs(sum ?? 0), 1e-12);
  const bar = (/** @type {string} */ name, /** @type {number} */ value) => {
    const half = (50 * Math.abs(value)) / largest;
    const side = value < 0 ? `right:50%;width:${half}%` : `left:50%;width:${half}%`;
    return (
      `<div class="row"><span>${name}</span><span class="axis"><i class="${value < 0 ? "down" : ""}" ` +
      `style="${side}"></i></span><b>${short(value)}</b></div>`
    );
  };
  const known = weighted !== null && sum !== null;
  return (
    "<h3>Why this pixel <small>nats per unit intensity</small></h3>" +
    bar("∂ rec / ∂x", gradRec) +
    (known ? bar(`${short(beta)} · ∂ KL / ∂x`, weighted) + bar("their sum", sum) : "") +
    `<p class="note">Its share of rec: ${short(rec)} nats. ` +
    (known
      ? "The ELBO gradient's score is the size of the sum, smoothed over 7×7 pixels.</p>"
      : "Codes are chosen from a list, so their KL has no gradient; ∂ rec / ∂x passes by the choice.</p>")
  );
}
