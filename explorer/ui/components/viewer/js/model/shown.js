/** What is shown of the frames at one training and one scoring beta: buffers that are filled again and again. */

import { nearestInRatio, percentile, quantile } from "../../../base/js/numbers.js";
import { short } from "../../../base/js/text.js";
import { Scores } from "./scores.js";

/** @typedef {import("./frames.js").Frames} Frames */
/** @typedef {import("./frames.js").Predictor} Predictor */
/** @typedef {{row: number, column: number}} Pixel */

/**
 * @typedef {Object} Layer one panel's numbers
 * @property {string} key array in the packets
 * @property {string} title
 * @property {string} caption
 * @property {"grey"|"signed"|"score"} kind
 * @property {?Predictor} predictor for maps
 * @property {Float32Array} values
 * @property {number} low ends of the fixed colour bar
 * @property {number} high
 */

/** @type {[string, string, Layer["kind"], string][]} */
const FIXED = [
  ["input", "Input", "grey", "The image, with the anomaly"],
  ["reconstruction", "Reconstruction", "grey", "What the model makes of the image"],
  ["residual", "Signed residual", "signed",
    "Image minus reconstruction: red is brighter than expected, blue darker"],
];

export class Shown {
  /** @param {Frames} frames */
  constructor(frames) {
    this.frames = frames;
    this.header = frames.header;
    this.height = this.header.shape[0];
    this.width = this.header.shape[1];
    this.pixels = this.width * this.height;
    this.mask = /** @type {Uint8Array} */ (frames.picture("mask", 0).codes);
    this.foreground = /** @type {Uint8Array} */ (frames.picture("foreground", 0).codes);
    this.counted = /** @type {Uint8Array} */ (frames.picture("counted", 0).codes);
    this.scores = new Scores(this.pixels);
    this.frame = 0;
    this.scoring = -1;
    /** @type {Layer[]} */
    this.layers = FIXED.map(([key, title, kind, caption]) => this.layer(key, title, kind, caption, null));
    for (const predictor of this.header.predictors) {
      const caption = `${predictor.title}: ${predictor.summary} (${predictor.source})`;
      this.layers.push(this.layer(`map:${predictor.name}`, predictor.title, "score", caption, predictor));
    }
    this.move(this.header.current);
  }

  /**
   * Take in all frames of the view of which so far there were some; the one that is shown stays in place.
   * @param {Frames} frames
   */
  extend(frames) {
    const { beta } = this;
    this.frames = frames;
    this.header = frames.header;
    this.frame = this.header.betas.indexOf(beta);
    const named = new Map(this.header.predictors.map((predictor) => [predictor.name, predictor]));
    for (const layer of this.layers) layer.predictor = named.get(layer.predictor?.name ?? "") ?? null;
  }

  /**
   * @param {string} key
   * @param {string} title
   * @param {Layer["kind"]} kind
   * @param {string} caption
   * @param {?Predictor} predictor
   * @returns {Layer}
   */
  layer(key, title, kind, caption, predictor) {
    return { key, title, kind, caption, predictor, values: new Float32Array(this.pixels), low: 0, high: 1 };
  }

  /**
   * Go to a frame.
   * @param {number} frame along the training beta
   * @param {number} [scoring] along the scoring beta, or -1: the weight that belongs to the frame
   */
  move(frame, scoring = -1) {
    this.frame = frame;
    this.scoring = this.weighable ? scoring : -1;
    for (const layer of this.layers) {
      const { codes, low, step } = this.frames.picture(...this.source(layer));
      const { values } = layer;
      for (let i = 0; i < values.length; i++) values[i] = low + codes[i] * step;
      [layer.low, layer.high] = this.bar(layer);
    }
  }

  /**
   * Name of the array and place in it that hold a layer at the present betas.
   * @param {Layer} layer
   * @returns {[string, number]}
   */
  source({ key, predictor }) {
    return predictor && this.alongScoring(predictor) ? [`scoring:${predictor.name}`, this.scoring] : [key, this.frame];
  }

  /**
   * The figures along the scoring beta, where they hold.
   * @param {Predictor} predictor
   */
  alongScoring({ name }) {
    return this.scoring < 0 ? undefined : this.header.scoring?.figures[name];
  }

  /**
   * Ends of a layer's fixed colour bar.
   * @param {Layer} layer
   * @returns {[number, number]}
   */
  bar({ kind, predictor }) {
    const { low, high } = this.header.residual;
    if (kind === "signed") return [low[this.frame], high[this.frame]];
    return predictor ? [this.figure(predictor, "low"), this.figure(predictor, "high")] : [0, 1];
  }

  /**
   * For which betas a layer's colour bar holds, in words; empty where it is the same for all of them.
   * @param {Layer} layer
   */
  barHolds({ kind, predictor }) {
    if (predictor && this.alongScoring(predictor)) return "for these β";
    const ends = kind === "signed" ? this.header.residual : predictor?.figures;
    const still = !ends || [ends.low, ends.high].every((along) => along.every((end) => end === along[0]));
    if (still && !predictor?.only_beta) return "";
    return predictor?.uses_scoring_beta && !this.header.linked ? "for these β" : `for β ${short(this.beta)}`;
  }

  /**
   * A figure of a predictor at the present betas.
   * @template {keyof import("./frames.js").Figures} F
   * @param {Predictor} predictor
   * @param {F} name
   * @returns {import("./frames.js").Figures[F][number]}
   */
  figure(predictor, name) {
    const own = this.alongScoring(predictor);
    if (own) return own[name][this.scoring];
    const along = predictor.figures[name];
    return along[along.length === 1 ? 0 : this.frame];
  }

  /**
   * Whether a predictor was computed for another training beta than the present one, and for that alone.
   * @param {Predictor} predictor
   */
  elsewhere(predictor) {
    return predictor.only_beta !== null && !nearestInRatio([this.beta], predictor.only_beta).exact;
  }

  /** Whether frames of other scoring betas are at hand: those of one training beta are. */
  get weighable() {
    return this.frame === this.header.current && this.header.scoring !== null;
  }

  get beta() {
    return this.header.betas[this.frame];
  }

  get scoringBeta() {
    const { scoring, scoring_betas: own } = this.header;
    return scoring && this.scoring >= 0 ? scoring.betas[this.scoring] : own[this.frame];
  }

  /**
   * The frame nearest to a training beta and whether it is that beta's own.
   * @param {number} beta
   */
  nearest(beta) {
    return nearestInRatio(this.header.betas, beta);
  }

  /**
   * The score of a predictor that a fraction `level` of healthy pixels does not exceed.
   * @param {Predictor} predictor
   * @param {number} level
   */
  threshold(predictor, level) {
    return quantile(level, this.figure(predictor, "quantiles"), this.header.levels);
  }

  /**
   * The fraction of healthy pixels that score lower than this.
   * @param {Predictor} predictor
   * @param {number} value
   */
  percentile(predictor, value) {
    return percentile(value, this.figure(predictor, "quantiles"), this.header.levels);
  }

  /**
   * Sort the scores of a layer into `scores`.
   * @param {Layer} layer
   */
  sortScores(layer) {
    this.scores.take(layer.values, this.mask, this.counted);
  }

  /**
   * The terms of the ELBO at a pixel, nats and nats per unit intensity; null where the model has no such term.
   * @param {number} pixel
   */
  terms(pixel) {
    const at = (/** @type {string} */ key) => {
      const { codes, low, step } = this.frames.picture(key, this.frame);
      return low + codes[pixel] * step;
    };
    const residual = at("residual");
    const gradRec = at("grad-rec");
    const weighted = this.frames.has("grad-kl") ? this.scoringBeta * at("grad-kl") : null;
    return {
      rec: (residual * residual) / (2 * this.header.s * this.header.s),
      gradRec,
      weighted,
      sum: weighted === null ? null : gradRec + weighted,
    };
  }
}
