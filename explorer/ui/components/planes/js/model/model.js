/**
 * The planes without a page: the scan and its map, where the crosshair is, and what a person chose.
 *
 * What changes says what has to be painted anew: "scan" (other pictures), "cuts", "layout", "zoom", "score" (the
 * threshold), "profile", "places", "controls".
 */

import { clamp } from "../../../base/js/numbers.js";
import { AXES, nearestVoxel, numberAt, numberOf, planesOf, scanCut, seenCut } from "./cuts.js";
import { times } from "./matrix.js";
import { ScanArrivals } from "./scan.js";
import { View } from "./view.js";

/** @typedef {import("./cuts.js").Cut} Cut */
/** @typedef {import("./cuts.js").Key} Key */
/** @typedef {import("./scan.js").Scan} Scan */
/** @typedef {import("./grid.js").ScoreGrid} ScoreGrid */
/** @typedef {import("./scan.js").Settings} Settings */


export class Model {
  /**
   * @param {(...what: string[]) => void} changed what has to be painted anew
   * @param {(change: Object) => void} tell the page
   */
  constructor(changed, tell) {
    this.changed = changed;
    this.tell = tell;
    this.arrivals = new ScanArrivals();
    this.view = new View(changed);
    /** @type {?Scan} */
    this.scan = null;
    /** @type {?ScoreGrid} */
    this.scores = null;
    /** @type {Settings} */
    this.settings = { key: "", result: null };
    this.radiological = true;
    /** The voxel of the crosshair, along right, front, up. */
    this.at = [0, 0, 0];
    this.threshold = NaN;
    /** Whether a finger or a key holds the threshold. */
    this.held = false;
    /** @type {?string} the result whose highest peak the crosshair went to */
    this.started = null;
    /** @type {Map<Key, Cut>} of the present crosshair, as far as they were asked for */
    this.cuts = new Map();
  }

  /** @param {Uint8Array} bytes a packet; what is here already is left alone */
  async receive(bytes) {
    const found = await this.arrivals.take(bytes);
    if (found?.scores) {
      this.scores = found.scores;
      this.changed("cuts", "score", "profile", "places");
    }
    if (found?.scan) {
      this.scan = found.scan;
      this.changed("scan");
      this.reset();
    }
  }

  /**
   * What the page knows: threshold, profile, places.
   * @param {Settings} settings
   * @param {boolean} idle whether they are newer than all that was told to the page
   */
  take(settings, idle) {
    this.settings = settings;
    if (idle) this.turnTo(settings.radiological ?? this.radiological);
    if (idle && !this.held && settings.threshold !== undefined) this.threshold = settings.threshold;
    this.start();
    this.changed("cuts", "score", "profile", "places");
  }

  /** The pictures that there are: planes, and what the network sees. */
  get keys() {
    return this.scan ? /** @type {Key[]} */ ([...planesOf(this.scan.header), "seen"]) : [];
  }

  /** The scores, where they and the settings belong to the scan on screen. */
  get shownScores() {
    const { scan, scores, settings } = this;
    const same = scan && scores && scores.header.key === scan.header.key && scores.header.result === settings.result;
    return same ? scores : null;
  }

  /** Window, zoom and crosshair as in the beginning. */
  reset() {
    if (!this.scan) return;
    const { shape, window } = this.scan.header;
    this.view.reset(this.keys, window);
    this.started = null;
    this.go(shape.map((size) => Math.floor(size / 2)));
    this.start();
    this.changed("layout", "score");
  }

  /** Go to the highest peak when a scan and its places are there for the first time. */
  start() {
    const { key, result, places } = this.settings;
    if (!places?.length || key !== this.scan?.header.key || result === this.started) return;
    this.started = result;
    this.goToModel(places[0].place);
  }

  /**
   * Move the crosshair to a voxel, and bring it into view.
   * @param {number[]} at along right, front, up
   */
  go(at) {
    if (!this.scan) return;
    const { shape } = this.scan.header;
    this.at = at.map((index, axis) => clamp(index, 0, shape[axis] - 1));
    this.turnTo(this.radiological);
    this.changed("profile");
  }

  /** @param {boolean} radiological whether the right of the person is on the left of the pictures */
  turnTo(radiological) {
    this.radiological = radiological;
    this.cuts.clear();
    for (const key of this.keys) if (this.view.scale > 1) this.view.zoomOf(key).reveal(...this.crossing(key));
    this.changed("cuts", "zoom", "controls");
  }

  /** @param {boolean} radiological chosen by a person, for all pages */
  choose(radiological) {
    this.turnTo(radiological);
    this.tell({ radiological });
  }

  /**
   * Move the crosshair to (slice, row, column) of the model's grid.
   * @param {number[]} place
   */
  goToModel(place) {
    if (this.scan) this.go(nearestVoxel(this.scan.header, place));
  }

  /**
   * Move it to another slice of the model's grid, straight up or down.
   * @param {number} slice
   */
  goToSlice(slice) {
    if (!this.scan) return;
    const [, row, column] = times(this.scan.header.to_model, this.at);
    this.goToModel([slice, row, column]);
  }

  /**
   * Move it to a pixel of a picture, kept inside.
   * @param {Key} key
   * @param {number} column
   * @param {number} row
   */
  goToPixel(key, column, row) {
    const cut = this.cut(key);
    this.go(cut.pick(clamp(column, 0, cut.width - 1), clamp(row, 0, cut.height - 1)));
  }

  /**
   * Go through the slices of a picture.
   * @param {Key} key
   * @param {number} step
   */
  through(key, step) {
    if (key === "seen") this.goToSlice(this.slice + step);
    else this.go(this.at.map((index, axis) => index + (axis === AXES[key].through ? step : 0)));
  }

  /** The slice of the model's grid nearest to the crosshair. */
  get slice() {
    if (!this.scan) return 0;
    const { header, seen } = this.scan;
    return clamp(Math.round(times(header.to_model, this.at)[0]), 0, seen.shape[0] - 1);
  }

  /** @param {number[]} place see `numberAt` of `cuts.js` */
  numberAt(place) {
    return this.scan ? numberAt(this.scan.header, this.at, place) : 0;
  }

  /**
   * Where the pixels of a picture lie.
   * @param {Key} key
   * @returns {Cut}
   */
  cut(key) {
    if (!this.scan) throw new Error("there is no scan");
    const { header, seen } = this.scan;
    const found = this.cuts.get(key) ?? (key === "seen"
      ? seenCut(header, seen.shape, this.at, this.radiological)
      : scanCut(header, key, this.at, this.radiological));
    this.cuts.set(key, found);
    return found;
  }

  /**
   * The crosshair in fractions of a picture.
   * @param {Key} key
   * @returns {[number, number]}
   */
  crossing(key) {
    const { cross: [column, row], width, height } = this.cut(key);
    return [(column + 0.5) / width, (row + 0.5) / height];
  }

  /**
   * Zoom all pictures by a factor: each about its crosshair, one about a point where that is given.
   * @param {number} factor
   * @param {?Key} [under]
   * @param {[number, number]} [point] in fractions of it
   */
  zoomBy(factor, under = null, point = [0.5, 0.5]) {
    for (const key of this.keys) this.view.zoomOf(key).by(factor, ...(key === under ? point : this.crossing(key)));
    this.changed("zoom");
  }

  /**
   * Hold the threshold at a share of the way from the lowest to the highest score.
   * @param {number} share
   */
  holdThreshold(share) {
    const scores = this.shownScores;
    if (!scores) return;
    this.held = true;
    this.threshold = scores.bottom + share * (scores.top - scores.bottom);
    this.changed("cuts", "score");
  }

  /** Let go of it and tell the page. */
  letGoOfThreshold() {
    this.held = false;
    if (Number.isFinite(this.threshold)) this.tell({ threshold: this.threshold });
  }

  /** Ask the page for all maps of the slice at the crosshair. */
  askForMaps() {
    if (this.scan) this.tell({ slice: this.slice, plane: numberOf(this.scan.header, this.at) });
  }
}
