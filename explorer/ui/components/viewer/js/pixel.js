/** The card of one pixel: all values under the crosshair, and why it scored when it is pinned. */

import { setText, short } from "./panels.js";

/** The card's rows are made once per slice and filled as the crosshair moves. */
export class PixelCard {
  /**
   * @param {HTMLElement} title
   * @param {HTMLElement} element
   */
  constructor(title, element) {
    this.title = title;
    this.element = element;
    this.empty = element.innerHTML;
    this.layers = null;
  }

  clear() {
    this.layers = null;
    this.element.innerHTML = this.empty;
    setText(this.title, "Pixel");
  }

  /**
   * @param {import("./shown.js").Shown} shown
   * @param {{row: number, column: number}} at
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
    shown.layers.forEach((layer, i) => {
      const value = layer.values[pixel];
      const [score, percent] = this.cells[i];
      setText(score, layer.kind === "score" ? short(value) : value.toFixed(3));
      if (!layer.predictor) return;
      setText(percent, `${(100 * shown.percentile(layer.predictor, value)).toFixed(1)} %`);
      score.parentElement.style.fontWeight = value >= thresholds[map++] ? "700" : "";
    });
    this.why.hidden = !pinned;
    if (pinned) this.explain(shown.terms(pixel), shown.scoringBeta);
  }

  build(shown) {
    this.layers = shown.layers;
    const rows = shown.layers.map(() => "<tr><th></th><td></td><td></td></tr>").join("");
    this.element.innerHTML =
      "<table><thead><tr><th>Value</th><th>here</th><th>healthy below</th></tr></thead>" +
      `<tbody>${rows}</tbody></table><div class="why" hidden></div>`;
    this.why = this.element.querySelector(".why");
    this.cells = [...this.element.querySelectorAll("tbody tr")].map((row, i) => {
      row.querySelector("th").textContent = shown.layers[i].title;
      return row.querySelectorAll("td");
    });
  }

  /** The terms as numbers and bars from zero to either side; the first has a unit of its own. */
  explain({ rec, gradRec, weighted, sum }, beta) {
    const largest = Math.max(Math.abs(gradRec), Math.abs(weighted ?? 0), Math.abs(sum ?? 0), 1e-12);
    const bar = (name, value) => {
      const half = (50 * Math.abs(value)) / largest;
      const side = value < 0 ? `right:50%;width:${half}%` : `left:50%;width:${half}%`;
      return (
        `<div class="row"><span>${name}</span><span class="axis"><i class="${value < 0 ? "down" : ""}" ` +
        `style="${side}"></i></span><b>${short(value)}</b></div>`
      );
    };
    const known = weighted !== null;
    this.why.innerHTML =
      "<h4>Why this pixel <small>nats per unit intensity</small></h4>" +
      bar("∂ rec / ∂x", gradRec) +
      (known ? bar(`${short(beta)} · ∂ KL / ∂x`, weighted) + bar("their sum", sum) : "") +
      `<p class="note">Its share of rec: ${short(rec)} nats. ` +
      (known
        ? "The ELBO gradient's score is the size of the sum, smoothed over 7×7 pixels.</p>"
        : "Codes are chosen from a list, so their KL has no gradient; ∂ rec / ∂x passes by the choice.</p>");
  }
}
