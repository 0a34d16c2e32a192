import assert from "node:assert/strict";
import test from "node:test";
import { Shown } from "../../../explorer/ui/components/viewer/js/model/shown.js";
import { framesOf, part } from "../support.js";

const whole = () => framesOf(part([1], { parts: 2 }), part([0.5, 10], { number: 1, parts: 2 }));
const map = (shown) => shown.layers[3];

test("a move fills the pictures, their colour bars and figures of its frame", () => {
  const shown = new Shown(whole());
  assert.deepEqual([shown.beta, [...map(shown).values]], [1, [10, 1, 1, 1, 1, 1]]);
  shown.move(2);
  assert.deepEqual([shown.beta, shown.scoringBeta, [...map(shown).values]], [10, 10, [100, 10, 10, 10, 10, 10]]);
  const [input, , residual] = shown.layers;
  assert.deepEqual([input.low, input.high, residual.low, residual.high, map(shown).high], [0, 1, -10, 10, 4]);
  assert.equal(shown.figure(map(shown).predictor, "auroc"), 1);
  assert.deepEqual([...input.values], [10, 1, 1, 1, 1, 1]);
});

test("frames that come later leave the one that is shown in place", () => {
  const shown = new Shown(framesOf(part([1, 3], { parts: 2 })));
  shown.move(1);
  const before = map(shown);
  shown.extend(framesOf(part([1, 3], { parts: 2 }), part([0.5], { number: 1, parts: 2 })));
  assert.deepEqual([shown.beta, shown.frame, shown.header.complete], [3, 2, true]);
  assert.equal(map(shown), before);
  assert.equal(before.predictor, shown.header.predictors[0]);
  assert.equal(shown.layers[0].predictor, null);
});

test("scores are those of the pixels that count, of the foreground or not", () => {
  const sorted = (codes) => {
    const one = part([1]);
    one.arrays.counted = { ...one.arrays.counted, codes: Uint8Array.from(codes) };
    const shown = new Shown(framesOf(one));
    shown.sortScores(map(shown));
    return [[...shown.scores.healthy], [...shown.scores.anomalous]];
  };
  assert.deepEqual(sorted([1, 1, 1, 0, 0, 0]), [[1, 1], [10]]);
  assert.deepEqual(sorted([0, 0, 0, 0, 0, 0]), [[], []]);
});

test("thresholds and percentiles undo each other", () => {
  const shown = new Shown(whole());
  const { predictor } = map(shown);
  assert.equal(shown.threshold(predictor, 0.75), 1.5);
  assert.equal(shown.percentile(predictor, 1.5), 0.75);
});

test("along the scoring beta a map is another at the page's training beta alone", () => {
  const scoring = { betas: [0, 3], current: 1, elbo: [1, 1], figures: part([0, 3]).header.figures };
  const shown = new Shown(framesOf(
    part([1], { parts: 3 }), part([10], { number: 1, parts: 3 }), part([], { number: 2, parts: 3, scoring })));
  shown.move(0, 1);
  assert.deepEqual([shown.scoringBeta, map(shown).values[1], shown.figure(map(shown).predictor, "auroc")], [3, 3, 0.3]);
  shown.move(1, 1);
  assert.deepEqual([shown.scoringBeta, map(shown).values[1]], [10, 10]);
});

test("a map of many passes stands for its own beta", () => {
  const shown = new Shown(framesOf(part([1], { parts: 2, only: 1 }), part([10], { number: 1, parts: 2, only: 1 })));
  const { predictor } = map(shown);
  assert.equal(shown.elsewhere(predictor), false);
  shown.move(1);
  assert.equal(shown.elsewhere(predictor), true);
  assert.equal(shown.figure(predictor, "auroc"), 0.1);
});

test("the terms of a pixel are those of the formula", () => {
  const shown = new Shown(whole());
  shown.move(1);
  assert.deepEqual(shown.terms(1), { rec: (1 * 1) / (2 * 0.25), gradRec: 1, weighted: null, sum: null });
  const part3 = part([2]);
  part3.arrays["grad-kl"] = part([3]).arrays["map:a"];
  assert.deepEqual(new Shown(framesOf(part3)).terms(0), { rec: 800, gradRec: 20, weighted: 60, sum: 80 });
});
