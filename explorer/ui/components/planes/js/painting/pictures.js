/** The pictures of a scan: three planes and what the network sees, side by side. */

import { Ramp } from "../../../base/js/colour.js";
import { focusedBeside } from "../../../base/js/dom.js";
import { outline } from "../../../base/js/outline.js";
import { setAttribute } from "../../../base/js/text.js";
import { scalesOf } from "./layout.js";
import { Picture } from "./picture.js";
import { foregroundOf, maskOf, writeGrey, writeScores } from "./pixels.js";

/** @typedef {import("../model/model.js").Model} Model */
/** @typedef {import("../model/scan.js").Scan} Scan */

/** @type {Record<import("../model/cuts.js").Key, string>} */
const TITLES = { axial: "Axial", coronal: "Coronal", sagittal: "Sagittal", seen: "What the network sees" };

export class Pictures {
  /**
   * @param {HTMLElement} element
   * @param {Object<string, Uint32Array>} tables
   */
  constructor(element, tables) {
    this.element = element;
    this.tables = tables;
    /** @type {Picture[]} */
    this.all = [];
  }

  /**
   * Another scan.
   * @param {Model} model
   * @param {Scan} scan
   */
  show({ keys }, { header }) {
    this.all = keys.map((key) => new Picture(key, header.picture && key === "axial" ? "Picture" : TITLES[key]));
    this.element.replaceChildren(...this.all.map(({ figure }) => figure));
  }

  /**
   * @param {Model} model
   * @param {Scan} scan
   */
  paint(model, scan) {
    const { view, threshold } = model;
    const scores = view.on.map ? model.shownScores : null;
    for (const picture of this.all) {
      const cut = model.cut(picture.key);
      const seen = picture.key === "seen";
      picture.set(cut);
      const grey = seen ? new Ramp(this.tables.grey, 0, 1) : new Ramp(this.tables.grey, ...view.window);
      picture.grey.draw((pixels) => writeGrey(cut, seen ? scan.seen : scan.image, grey, pixels));
      const bar = new Ramp(this.tables.score, ...(scores?.header.colours ?? [0, 1]));
      picture.scores.draw((pixels) => writeScores(cut, scores, scan.foreground, threshold, bar, pixels));
      const truth = scan.mask && view.on.truth && !seen ? maskOf(cut, scan.mask) : null;
      const brain = view.on.brain ? foregroundOf(cut, scan.foreground) : null;
      for (const [name, mask] of Object.entries({ truth, brain })) {
        setAttribute(picture.paths[name], "d", mask ? outline(mask, cut.width, cut.height) : "");
      }
    }
  }

  /** @param {Model} model */
  layOut(model) {
    const wide = this.element.clientWidth;
    if (!wide) return;
    const sizes = this.all.map(({ key }) => extentOf(model.cut(key)));
    const scales = scalesOf(sizes, wide);
    this.all.forEach((picture, i) => picture.layOut(scales[i], sizes[i]));
  }

  /**
   * Show the parts of the pictures that are zoomed to.
   * @param {Model} model
   */
  frame(model) {
    for (const picture of this.all) {
      const cut = model.cut(picture.key);
      const zoom = model.view.zoomOf(picture.key);
      picture.frame(zoom);
      picture.measure(cut.mm && extentOf(cut)[0], zoom.scale);
    }
  }

  /**
   * The picture that holds the target of an event.
   * @param {Event} event
   */
  under({ target }) {
    return this.all.find(({ box }) => target instanceof Node && box.contains(target)) ?? null;
  }

  /** The picture that has the keyboard. */
  get focused() {
    const focused = focusedBeside(this.element);
    return this.all.find(({ box }) => box === focused) ?? null;
  }
}

/**
 * Width and height of a cut, mm, or pixels where those have no size.
 * @param {import("../model/cuts.js").Cut} cut
 * @returns {[number, number]}
 */
function extentOf({ width, height, mm }) {
  const [across, down] = mm ?? [1, 1];
  return [width * across, height * down];
}
