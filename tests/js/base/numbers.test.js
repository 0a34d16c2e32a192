import assert from "node:assert/strict";
import test from "node:test";
import { clamp, nearestInRatio, percentile, quantile } from "../../../explorer/ui/components/base/js/numbers.js";

const LEVELS = [0, 0.5, 0.9, 1];
const QUANTILES = [1, 3, 7, 9];

test("a value is kept within its ends", () => {
  assert.deepEqual([-1, 0.3, 2].map((value) => clamp(value, 0, 1)), [0, 0.3, 1]);
});

test("percentiles are linear between quantiles, and 0 and 1 beyond them", () => {
  const wanted = [[0, 0], [1, 0], [2, 0.25], [3, 0.5], [5, 0.7], [8, 0.95], [9, 1], [20, 1]];
  for (const [value, share] of wanted) {
    assert.ok(Math.abs(percentile(value, QUANTILES, LEVELS) - share) < 1e-12, `${value}`);
  }
});

test("a quantile undoes a percentile", () => {
  for (const level of [0, 0.1, 0.5, 0.77, 0.9, 0.999, 1]) {
    const value = quantile(level, QUANTILES, LEVELS);
    assert.ok(Math.abs(percentile(value, QUANTILES, LEVELS) - level) < 1e-12, `${level}`);
  }
});

test("a score that many pixels share has the percentile of those below it", () => {
  assert.equal(percentile(3, [1, 3, 3, 3, 5], [0, 0.2, 0.4, 0.8, 1]), 0.2);
  assert.ok(percentile(3.0001, [1, 3, 3, 3, 5], [0, 0.2, 0.4, 0.8, 1]) > 0.8);
  assert.equal(percentile(3, [1, 2, 3, 3], [0, 0.5, 0.9, 1]), 0.9);
  assert.equal(percentile(3.0001, [1, 2, 3, 3], [0, 0.5, 0.9, 1]), 1);
  assert.equal(quantile(0.6, [1, 3, 3, 3, 5], [0, 0.2, 0.4, 0.8, 1]), 3);
});

test("the nearest beta is so in ratio, and exact to two digits", () => {
  const betas = [0, 0.1, 1, 10];
  assert.deepEqual(nearestInRatio(betas, 0.3), { place: 1, exact: false });
  assert.deepEqual(nearestInRatio(betas, 0.33), { place: 2, exact: false });
  assert.deepEqual(nearestInRatio(betas, 10.05), { place: 3, exact: true });
  assert.deepEqual(nearestInRatio(betas, 0), { place: 0, exact: true });
});
