/** What a threshold makes of the scores of pixels that count: rates. */

import { clamp } from "../../../base/js/numbers.js";

/** The scores of one map, healthy and anomalous apart, ascending. */
export class Scores {
  /** @param {number} pixels of an image: there is room for as many of either kind */
  constructor(pixels) {
    this.room = [new Float32Array(pixels), new Float32Array(pixels)];
    this.healthy = this.room[0].subarray(0, 0);
    this.anomalous = this.room[1].subarray(0, 0);
  }

  /**
   * @param {Float32Array} values
   * @param {Uint8Array} mask nonzero: anomalous
   * @param {Uint8Array} counted nonzero: counts
   */
  take(values, mask, counted) {
    let [healthy, anomalous] = [0, 0];
    for (let i = 0; i < values.length; i++) {
      if (!counted[i]) continue;
      if (mask[i]) this.room[1][anomalous++] = values[i];
      else this.room[0][healthy++] = values[i];
    }
    this.healthy = this.room[0].subarray(0, healthy).sort();
    this.anomalous = this.room[1].subarray(0, anomalous).sort();
  }

  /**
   * Share of the anomalous pixels at or above a threshold; NaN where there are none.
   * @param {number} threshold
   */
  sensitivity(threshold) {
    return share(this.anomalous, threshold);
  }

  /**
   * Share of the healthy pixels at or above a threshold; NaN where there are none.
   * @param {number} threshold
   */
  falsePositiveRate(threshold) {
    return share(this.healthy, threshold);
  }

  /**
   * Overlap of what is at or above a threshold with the true mask; NaN without anomalous pixels.
   * @param {number} threshold
   */
  dice(threshold) {
    if (!this.anomalous.length) return NaN;
    const hits = this.anomalous.length - firstAtLeast(this.anomalous, threshold);
    const alarms = this.healthy.length - firstAtLeast(this.healthy, threshold);
    return (2 * hits) / (this.anomalous.length + hits + alarms);
  }

  /**
   * The score that this share of the healthy pixels reaches; above all of them for none. NaN without healthy pixels.
   * @param {number} falsePositiveRate
   */
  thresholdAt(falsePositiveRate) {
    const { length } = this.healthy;
    if (!length) return NaN;
    const above = Math.round(falsePositiveRate * length);
    if (above === 0) return this.healthy[length - 1] * (1 + 1e-6) + 1e-12;
    return this.healthy[clamp(length - above, 0, length - 1)];
  }
}

/**
 * The place of the first of ascending values that is at least `threshold`.
 * @param {Float32Array} values
 * @param {number} threshold
 */
export function firstAtLeast(values, threshold) {
  return firstAfter(values, (value) => value < threshold);
}

/**
 * The place of the first of ascending values that is above `threshold`.
 * @param {Float32Array} values
 * @param {number} threshold
 */
export function firstAbove(values, threshold) {
  return firstAfter(values, (value) => value <= threshold);
}

/**
 * @param {Float32Array} values
 * @param {(value: number) => boolean} isBefore true of the first values, false of all others
 */
function firstAfter(values, isBefore) {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(values[middle])) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * @param {Float32Array} values
 * @param {number} threshold
 */
function share(values, threshold) {
  return values.length ? (values.length - firstAtLeast(values, threshold)) / values.length : NaN;
}
