/** What is shown of a packet at one training and one scoring beta: buffers that are filled again and again. */

import { readPicture, readPixel } from "./packet.js";
import { Scores, percentile, quantile } from "./scores.js";

/**
 * @typedef {Object} Layer one panel's numbers
 * @property {string} key picture in the packet
 * @property {string} title
 * @property {string} caption
 * @property {"grey"|"signed"|"score"} kind
 * @property {?Object} predictor its entry in the header, for maps
 * @property {Float32Array} values
 * @property {number} low ends of the fixed colour bar
 * @property {number} high
 */

const FIXED = [
  ["input", "Input", "grey", "The image, with the anomaly"],
  ["reconstruction", "Reconstruction", "grey", "What the model makes of the image"],
  ["residual", "Signed residual", "signed",
    "Image minus reconstruction: red is brighter than expected, blue darker"],
];

export class Shown {
  /** @param {import("./frames.js").Frames} frames */
  constructor(frames) {
    this.frames = frames;
    this.header = frames.header;
    [this.height, this.width] = this.header.shape;
    this.pixels = this.width * this.height;
    this.mask = frames.picture("mask", 0).codes;
    this.foreground = frames.picture("foreground", 0).codes;
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

  /** Take in all frames of the view of which so far there was the current one, which stays in place. */
  extend(frames) {
    this.frames = frames;
    this.header = frames.header;
    this.frame = this.header.current;
    for (const layer of this.layers) {
      layer.predictor &&= this.header.predictors.find(({ name }) => name === layer.predictor.name);
    }
  }

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
    this.scoring = frame === this.header.current && this.header.scoring ? scoring : -1;
    for (const layer of this.layers) {
      const [key, place] = this.source(layer);
      readPicture(this.frames.picture(key, place), layer.values);
      this.setRange(layer);
    }
  }

  /** Name of the picture and place in it that hold a layer at the present betas. */
  source(layer) {
    const own = this.scoring >= 0 && layer.predictor?.name in this.header.scoring.figures;
    return own ? [`scoring:${layer.predictor.name}`, this.scoring] : [layer.key, this.frame];
  }

  setRange(layer) {
    if (layer.kind === "signed") {
      layer.low = this.header.residual.low[this.frame];
      layer.high = this.header.residual.high[this.frame];
    } else if (layer.predictor) {
      layer.low = this.figure(layer.predictor, "low");
      layer.high = this.figure(layer.predictor, "high");
    }
  }

  /** A figure of a predictor at the present betas. */
  figure(predictor, name) {
    const own = this.scoring >= 0 && this.header.scoring.figures[predictor.name];
    if (own) return own[name][this.scoring];
    const along = predictor.figures[name];
    return along[along.length === 1 ? 0 : this.frame];
  }

  /** Whether a predictor was computed for another training beta than the present one, and for that alone. */
  elsewhere(predictor) {
    return predictor.only_beta !== null && !nearestInRatio([this.beta], predictor.only_beta).exact;
  }

  get beta() {
    return this.header.betas[this.frame];
  }

  get scoringBeta() {
    return this.scoring >= 0 ? this.header.scoring.betas[this.scoring] : this.header.scoring_betas[this.frame];
  }

  /** The frame nearest to a training beta and whether it is that beta's own. */
  nearest(beta) {
    return nearestInRatio(this.header.betas, beta);
  }

  /** The score of a predictor that a fraction `level` of healthy pixels does not exceed. */
  threshold(predictor, level) {
    return quantile(level, this.figure(predictor, "quantiles"), this.header.levels);
  }

  /** The fraction of healthy pixels that score lower than this. */
  percentile(predictor, value) {
    return percentile(value, this.figure(predictor, "quantiles"), this.header.levels);
  }

  /** Sort the scores of a layer into `scores`. */
  sortScores(layer) {
    this.scores.take(layer.values, this.mask, this.foreground);
  }

  /** The terms of the ELBO at a pixel, nats and nats per unit intensity; null where the model has no such term. */
  terms(pixel) {
    const at = (key) => readPixel(this.frames.picture(key, this.frame), pixel);
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

/** Place of the value that is nearest in ratio, and whether it is the same to three digits. */
export function nearestInRatio(values, wanted) {
  let place = 0;
  const distance = (i) => Math.abs(Math.log(Math.max(values[i], 1e-9) / Math.max(wanted, 1e-9)));
  for (let i = 1; i < values.length; i++) if (distance(i) < distance(place)) place = i;
  return { place, exact: distance(place) < 0.01 };
}
