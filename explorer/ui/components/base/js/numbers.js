/** Numbers: kept within ends, nearest in ratio, and where they lie among quantiles. */

/**
 * The value, or the end that it is beyond.
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
export function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}

/**
 * Place of the value that is nearest in ratio, and whether it is the same to about two digits.
 * @param {number[]} values
 * @param {number} wanted
 * @returns {{place: number, exact: boolean}}
 */
export function nearestInRatio(values, wanted) {
  let place = 0;
  const distance = (/** @type {number} */ i) => Math.abs(Math.log(Math.max(values[i], 1e-9) / Math.max(wanted, 1e-9)));
  for (let i = 1; i < values.length; i++) if (distance(i) < distance(place)) place = i;
  return { place, exact: distance(place) < 0.01 };
}

/**
 * The fraction of pixels that score lower than a value: linear between quantiles, 1 above the last of them. Where
 * several quantiles are this very value, as many pixels share it, the lowest of their levels: no more score lower.
 * @param {number} value
 * @param {number[]} quantiles ascending
 * @param {number[]} levels fractions of pixels that the quantiles are, ascending from 0 to 1
 */
export function percentile(value, quantiles, levels) {
  const last = quantiles.length - 1;
  if (value <= quantiles[0]) return 0;
  if (value > quantiles[last]) return 1;
  let right = 1;
  while (quantiles[right] < value) right++;
  const along = (value - quantiles[right - 1]) / (quantiles[right] - quantiles[right - 1]);
  return levels[right - 1] + along * (levels[right] - levels[right - 1]);
}

/**
 * The score that a fraction `level` of pixels does not exceed.
 * @param {number} level
 * @param {number[]} quantiles ascending
 * @param {number[]} levels see `percentile`
 */
export function quantile(level, quantiles, levels) {
  const last = levels.length - 1;
  let right = 1;
  while (right < last && levels[right] < level) right++;
  const along = clamp((level - levels[right - 1]) / (levels[right] - levels[right - 1]), 0, 1);
  return quantiles[right - 1] + along * (quantiles[right] - quantiles[right - 1]);
}
