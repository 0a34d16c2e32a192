/** Paints the model: pictures, words, threshold, profile and places, each where it has changed. */

import { cssGradient, lookupTables } from "../../../base/js/colour.js";
import { part } from "../../../base/js/dom.js";
import { Controls } from "./controls.js";
import { Pictures } from "./pictures.js";
import { rowsOf } from "./places.js";
import { Profile } from "./profile.js";

/** @typedef {import("../model/model.js").Model} Model */
/** @typedef {import("../model/scan.js").Scan} Scan */
/** @typedef {{tables: Object<string, string>}} Constants */

export class Painter {
  /**
   * @param {ShadowRoot} root
   * @param {Constants} constants colours of grey values and scores
   * @param {(...what: string[]) => void} changed what has to be painted anew
   * @param {(place: number[]) => void} go to (slice, row, column)
   */
  constructor(root, constants, changed, go) {
    const tables = lookupTables(constants.tables);
    this.go = go;
    this.pictures = new Pictures(part(root, "cuts", HTMLElement), tables);
    this.controls = new Controls(root);
    this.controls.scale.style.background = cssGradient(tables.score);
    this.profile = new Profile(part(root, "profile", HTMLCanvasElement));
    this.places = part(root, "places", HTMLElement);
    this.note = part(root, "placesNote", HTMLElement);
    this.watcher = new ResizeObserver(() => changed("layout", "profile"));
    this.watcher.observe(this.controls.element);
  }

  /**
   * @param {Model} model
   * @param {Set<string>} dirty what has changed, see `model.js`
   */
  paint(model, dirty) {
    if (dirty.has("controls")) this.controls.paintView(model);
    if (model.scan) this.paintScan(model, model.scan, dirty);
  }

  /**
   * @param {Model} model
   * @param {Scan} scan
   * @param {Set<string>} dirty
   */
  paintScan(model, scan, dirty) {
    const is = (/** @type {string[]} */ ...what) => what.some((one) => dirty.has(one));
    const { pictures, controls } = this;
    if (is("scan")) {
      pictures.show(model, scan);
      controls.show(scan);
    }
    if (is("scan", "cuts")) pictures.paint(model, scan);
    if (is("scan", "layout")) pictures.layOut(model);
    if (is("scan", "cuts", "layout", "zoom")) pictures.frame(model);
    if (is("scan", "zoom")) controls.paintZoom(model);
    if (is("scan", "cuts", "score")) controls.paintWords(model, scan);
    if (is("score")) controls.paintThreshold(model);
    if (!model.shownScores) return;
    if (is("profile", "score", "cuts")) this.profile.paint(model, getComputedStyle(controls.element).color);
    if (is("scan", "places")) this.listPlaces(model);
  }

  /** @param {Model} model */
  listPlaces(model) {
    const { places = [], note = "" } = model.settings;
    this.places.replaceChildren(...rowsOf(places, ({ place }) => model.numberAt(place), ({ place }) => this.go(place)));
    this.note.textContent = note;
  }

  stop() {
    this.watcher.disconnect();
  }
}
