import assert from "node:assert/strict";
import test from "node:test";
import { framesOf, part } from "../support.js";

const valueAt = ({ codes, low, step }, pixel = 1) => low + codes[pixel] * step;

test("frames of several packets lie in the order of their betas", () => {
  const found = framesOf(part([1, 10], { parts: 2 }), part([0.1, 3], { number: 1, parts: 2 }));
  const { betas, rec, elbo, residual, predictors, current, complete } = found.header;
  assert.deepEqual([betas, rec, elbo], [[0.1, 1, 3, 10], [0.1, 1, 3, 10], [0.2, 2, 6, 20]]);
  assert.deepEqual(residual, { low: [-0.1, -1, -3, -10], high: [0.1, 1, 3, 10] });
  assert.deepEqual(predictors[0].figures.auroc, [0.01, 0.1, 0.3, 1]);
  assert.deepEqual([betas[current], complete], [1, true]);
  assert.deepEqual([1, 2, 3].map((frame) => valueAt(found.picture("map:a", frame))), [1, 3, 10]);
  assert.equal(framesOf(part([1], { parts: 2 })).header.complete, false);
});

test("a map that is the same everywhere is in the first packet once", () => {
  const [first, later] = [part([1], { parts: 2 }), part([0.1, 3], { number: 1, parts: 2 })];
  delete later.arrays["map:a"];
  const found = framesOf(first, later);
  assert.deepEqual([0, 1, 2].map((frame) => valueAt(found.picture("map:a", frame))), [1, 1, 1]);
});

test("a map that is the same in all frames of a packet stands for each of them", () => {
  const [first, later] = [part([1, 10], { parts: 2 }), part([0.1, 3], { number: 1, parts: 2 })];
  later.arrays["map:a"] = part([7]).arrays["map:a"];
  const found = framesOf(first, later);
  assert.deepEqual([0, 1, 2, 3].map((frame) => valueAt(found.picture("map:a", frame))), [7, 1, 7, 10]);
});

test("a predictor of many passes has the figures of its one beta", () => {
  const found = framesOf(part([1], { parts: 2, only: 1 }), part([10], { number: 1, parts: 2, only: 1 }));
  assert.deepEqual(found.header.predictors[0].figures.auroc, [0.1]);
});

test("the scoring axis comes with its own pictures", () => {
  const figures = part([0, 2, 4]).header.figures;
  const scoring = { betas: [0, 2, 4], current: 1, elbo: [1, 2, 3], figures };
  const axis = part([], { number: 1, parts: 2, scoring });
  const found = framesOf(part([1], { parts: 2 }), axis);
  assert.deepEqual([found.header.betas, found.header.scoring.betas], [[1], [0, 2, 4]]);
  assert.ok(found.has("scoring:a") && !found.has("scoring:b"));
  assert.equal(valueAt(found.picture("scoring:a", 2)), 4);
  assert.throws(() => found.picture("scoring:b", 0), /no picture scoring:b/);
});
