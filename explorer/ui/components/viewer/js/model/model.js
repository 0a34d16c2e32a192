/**
 * The viewer without a page: the frames at hand, what a person chose, and what follows from both.
 *
 * What changes says what has to be painted anew: "frame" (other numbers), "layers" (other panels or another active
 * map), "charts", "cursor", "planting", "zoom", "sides", "controls", "status".
 */

import { Pause } from "../../../base/js/later.js";
import { Arrivals } from "./arrivals.js";
import { Betas } from "./betas.js";
import { ByHand } from "./byhand.js";
import { Crosshair, centreOf } from "./crosshair.js";
import { Shown } from "./shown.js";
import { View } from "./view.js";

/** @typedef {import("./frames.js").Frames} Frames */
/** @typedef {import("./frames.js").Predictor} Predictor */
/** @typedef {import("./shown.js").Layer} Layer */

/**
 * @typedef {Object} Settings what the page's controls say, see `explorer/ui/components/viewer/__init__.py`
 * @property {string} slice
 * @property {string[]} betas
 * @property {string} beta
 * @property {string[]} scorings
 * @property {string} scoring
 * @property {boolean} linked
 * @property {import("./plant.js").Plant} plant
 * @property {boolean} [alone] whether there is no page that computes anything
 * @property {{turn: number, texts: Object<string, string>}} look
 * @property {boolean} own
 * @property {"known"|"assumed"|""} sides what is known of left and right in the image
 */

const NOTE_MS = 5000;

export class Model {
  /**
   * @param {(...what: string[]) => void} changed what has to be painted anew
   * @param {(change: Object) => void} tell the page
   */
  constructor(changed, tell) {
    this.changed = changed;
    this.arrivals = new Arrivals();
    /** @type {?Settings} */
    this.settings = null;
    /** @type {?Shown} */
    this.shown = null;
    /** Name of the map that threshold and curves shall belong to, if it is there. */
    this.wanted = "";
    /** Whether the last packet was damaged. */
    this.broken = false;
    /** What is said for a moment. */
    this.note = "";
    this.noting = new Pause();
    /** @type {number[]} of each map */
    this.thresholds = [];
    /** @type {number[]} of each map, the share of healthy pixels that score lower than its threshold */
    this.below = [];
    this.betas = new Betas(changed, tell);
    this.view = new View(changed);
    this.cross = new Crosshair(changed);
    this.hand = new ByHand(changed, tell, (text) => this.say(text));
  }

  /**
   * What the page's controls say.
   * @param {Settings} settings
   * @param {boolean} idle whether they are newer than all that was told to the page
   */
  take(settings, idle) {
    this.settings = settings;
    this.view.standAlone(settings.alone === true);
    this.betas.take(settings, idle);
    this.hand.take(settings.plant, idle);
    this.changed("controls", "frame", "status", "sides", "zoom");
  }

  /**
   * A packet of frames; the last picture stays until a new view's first packet is read.
   * @param {Uint8Array} bytes
   */
  async receive(bytes) {
    try {
      const frames = await this.arrivals.take(bytes);
      if (frames && !this.outdoes(frames)) this.show(frames);
    } catch (error) {
      this.broken = true;
      this.changed("status");
      throw error;
    }
  }

  /**
   * Whether all frames of the same slice are here already, of which these are only one.
   * @param {Frames} frames
   */
  outdoes({ header }) {
    const known = this.shown?.header;
    return known?.slice === header.slice && known.complete && !header.complete;
  }

  /** @param {Frames} frames */
  show(frames) {
    const before = this.shown;
    const grown = before !== null && before.header.view === frames.header.view;
    this.broken = false;
    if (grown) before.extend(frames);
    const shown = grown ? before : new Shown(frames);
    this.shown = shown;
    this.betas.arrived(shown);
    this.cross.keepInside(shown);
    this.wantMap(this.wanted);
    const stays = grown && shown.nearest(this.beta).place === shown.frame;
    this.changed("layers", "controls", "status", ...(stays ? ["charts"] : ["frame", "cursor", "zoom"]));
  }

  /** Bring all numbers to the chosen betas and threshold. */
  follow() {
    const { shown } = this;
    if (!shown) return;
    shown.move(shown.nearest(this.beta).place, this.betas.scoringPlace(shown));
    const predictors = this.maps.map(({ predictor }) => /** @type {Predictor} */ (predictor));
    this.thresholds = predictors.map((predictor) => shown.threshold(predictor, this.view.share));
    this.below = predictors.map((predictor, i) => shown.percentile(predictor, this.thresholds[i]));
    if (this.activeLayer) shown.sortScores(this.activeLayer);
  }

  /** The training beta that is wanted. */
  get beta() {
    return this.betas.training ?? this.shown?.beta ?? NaN;
  }

  /** The layers of the predictors. */
  get maps() {
    return this.shown ? this.shown.layers.filter(({ predictor }) => predictor !== null) : [];
  }

  get activeLayer() {
    return this.maps[this.view.active] ?? null;
  }

  /** Of the active map. */
  get threshold() {
    return this.thresholds[this.view.active] ?? NaN;
  }

  /** Dice, sensitivity and false-positive rate of the active map at its threshold; NaN: not defined. */
  get rates() {
    const scores = this.activeLayer && this.shown?.scores;
    return {
      dice: scores ? scores.dice(this.threshold) : NaN,
      sensitivity: scores ? scores.sensitivity(this.threshold) : NaN,
      falsePositive: scores ? scores.falsePositiveRate(this.threshold) : NaN,
    };
  }

  /**
   * Ends of a layer's colour bar.
   * @param {Layer} layer
   * @returns {[number, number]}
   */
  range(layer) {
    return this.shown ? this.view.range(layer, this.shown.foreground) : [layer.low, layer.high];
  }

  /** Make the next map the active one. */
  nextMap() {
    this.activate((this.view.active + 1) % Math.max(this.maps.length, 1));
  }

  /** @param {number} number of the map that threshold and curves shall belong to */
  activate(number) {
    this.view.activate(number, this.maps.length);
    this.wanted = this.activeLayer?.predictor?.name ?? this.wanted;
  }

  /**
   * The same by its name; the first where there is none of it.
   * @param {string} name
   */
  wantMap(name) {
    this.wanted = name;
    const number = this.maps.findIndex(({ predictor }) => predictor?.name === name);
    this.view.activate(Math.max(number, 0), this.maps.length);
  }

  /**
   * Put the threshold of the active map where this share of the healthy pixels reaches it.
   * @param {number} falsePositiveRate
   */
  putThreshold(falsePositiveRate) {
    const predictor = this.activeLayer?.predictor;
    if (!this.shown || !predictor) return;
    this.view.setShare(this.shown.percentile(predictor, this.shown.scores.thresholdAt(falsePositiveRate)));
  }

  /**
   * Zoom about the crosshair, or the middle of what is seen.
   * @param {number} factor
   */
  zoomBy(factor) {
    const { at } = this.cross;
    this.view.zoomBy(factor, ...(at && this.shown ? centreOf(at, this.shown) : []));
  }

  /**
   * Move the crosshair by pixels and bring it into view.
   * @param {number} down
   * @param {number} right
   */
  step(down, right) {
    if (!this.shown) return;
    this.view.zoom.reveal(...centreOf(this.cross.step(down, right, this.shown), this.shown));
    this.changed("zoom");
  }

  letGo() {
    this.cross.letGo();
    this.hand.endPlanting(true);
  }

  /** Zoom, windows and crosshair as in the beginning. */
  reset() {
    this.view.reset();
    this.letGo();
  }

  /**
   * Say something once, for as long as it helps.
   * @param {string} text
   */
  say(text) {
    this.note = text;
    this.noting.after(NOTE_MS, () => {
      this.note = "";
      this.changed("status");
    });
    this.changed("status");
  }

  stop() {
    this.noting.stop();
    this.hand.stop();
  }
}
