import assert from "node:assert/strict";
import test from "node:test";
import { Scores, firstAbove, firstAtLeast } from "../../../explorer/ui/components/viewer/js/model/scores.js";
import { sharesOf } from "../../../explorer/ui/components/viewer/js/painting/histogram.js";
import { rocOf } from "../../../explorer/ui/components/viewer/js/painting/roc.js";

/** Scores with ties, some of them of background pixels, counted by hand below. */
const VALUES = Float32Array.from({ length: 300 }, (_, i) => ((i * 37) % 50) / 10);
const MASK = Uint8Array.from(VALUES, (value, i) => Number((i % 7 < 2) !== (value > 4)));
const FOREGROUND = Uint8Array.from(VALUES, (_, i) => Number(i % 11 !== 0));

function counted() {
  const scores = new Scores(VALUES.length);
  scores.take(VALUES, MASK, FOREGROUND);
  return scores;
}

const pairs = [...VALUES].map((value, i) => [value, MASK[i], FOREGROUND[i]]).filter(([, , counts]) => counts);
const above = (anomalous, threshold) =>
  pairs.filter(([value, mask]) => mask === anomalous && value >= threshold).length;
const all = (anomalous) => above(anomalous, -Infinity);

test("rates are those of counting", () => {
  const scores = counted();
  for (const threshold of [-1, 0, Math.fround(2.5), 2.55, Math.fround(4.9), 5]) {
    const [hits, alarms] = [above(1, threshold), above(0, threshold)];
    assert.equal(scores.sensitivity(threshold), hits / all(1));
    assert.equal(scores.falsePositiveRate(threshold), alarms / all(0));
    assert.equal(scores.dice(threshold), (2 * hits) / (all(1) + hits + alarms));
  }
});

test("a rate that is asked for is met as nearly as ties allow", () => {
  const scores = counted();
  for (const rate of [0.1, 0.3, 0.9, 1]) {
    assert.ok(scores.falsePositiveRate(scores.thresholdAt(rate)) - rate < 0.03 + 1 / all(0));
    assert.ok(scores.falsePositiveRate(scores.thresholdAt(rate)) >= rate - 1 / all(0));
  }
  assert.equal(scores.falsePositiveRate(scores.thresholdAt(0)), 0);
});

test("the area under the curve is the share of pairs in the right order", () => {
  const points = rocOf(counted());
  let area = 0;
  for (let i = 1; i < points.length; i++) {
    area += ((points[i][0] - points[i - 1][0]) * (points[i][1] + points[i - 1][1])) / 2;
  }
  let ordered = 0;
  for (const [one, mask] of pairs) {
    if (mask) for (const [other, healthy] of pairs) if (!healthy) ordered += one > other ? 1 : one === other ? 0.5 : 0;
  }
  assert.ok(Math.abs(area - ordered / (all(1) * all(0))) < 1e-12);
});

test("without anomalous or healthy pixels rates are not defined", () => {
  const scores = new Scores(2);
  scores.take(Float32Array.of(1, 2), Uint8Array.of(0, 0), Uint8Array.of(1, 1));
  assert.ok(Number.isNaN(scores.sensitivity(1)) && Number.isNaN(scores.dice(1)));
  assert.equal(scores.falsePositiveRate(1.5), 0.5);
  scores.take(Float32Array.of(1, 2), Uint8Array.of(1, 1), Uint8Array.of(1, 1));
  assert.ok(Number.isNaN(scores.thresholdAt(0.5)));
});

test("the first of ascending values that is large enough is found", () => {
  const values = Float32Array.of(1, 2, 2, 3);
  assert.deepEqual([0, 1, 2, 2.5, 3, 4].map((value) => firstAtLeast(values, value)), [0, 0, 1, 3, 3, 4]);
  assert.deepEqual([0, 1, 2, 2.5, 3, 4].map((value) => firstAbove(values, value)), [0, 1, 3, 3, 4, 4]);
});

test("a histogram counts every pixel once, what lies beyond its ends in its ends", () => {
  const shares = sharesOf(Float32Array.of(-5, 0, 1, 1.5, 2, 99), 0, 2, 4);
  assert.deepEqual(shares, [2 / 6, 0, 1 / 6, 3 / 6]);
  assert.deepEqual(sharesOf(new Float32Array(0), 0, 1, 2), [0, 0]);
});
