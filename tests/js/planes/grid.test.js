import assert from "node:assert/strict";
import test from "node:test";
import { counts } from "../../../explorer/ui/components/planes/js/model/grid.js";
import { scanOf, scoresOf } from "./scene.js";

/** Slice, row and column of the scene's scores, linear. */
const linear = (slice, row, column) => 2 * (100 * slice + 10 * row + column);

test("between its points a score is linear, and beyond half a step there is none", () => {
  const scores = scoresOf();
  for (const [row, column] of [[0, 0], [1.25, 0.5], [2, 1], [0.75, 1.9]]) {
    assert.ok(Math.abs(scores.at(0, row, column) - linear(0, row, column)) < 1e-9);
  }
  assert.equal(scores.at(2, -0.4, -0.5), linear(2, 0, 0));
  for (const place of [[0, -0.51, 0], [0, 2.5, 0], [0, 0, 2.5], [-0.6, 0, 0], [2.5, 0, 0], [NaN, 0, 0]]) {
    assert.ok(Number.isNaN(scores.at(...place)), `${place}`);
  }
});

test("what was not scored has no scores, be it a slice or a pixel of one", () => {
  const scores = scoresOf();
  for (const place of [[1, 0, 0], [0.6, 1, 1], [2, 2, 2], [2, 1.6, 1.5], [1.6, 2, 2.4]]) {
    assert.ok(Number.isNaN(scores.at(...place)), `${place}`);
  }
  assert.equal(scores.at(0.4, 1, 1), linear(0, 1, 1));
  assert.equal(scores.at(2, 2, 1.4), linear(2, 2, 1.4));
});

test("the lowest and the highest score are known", () => {
  assert.deepEqual([scoresOf().bottom, scoresOf().top], [0, linear(2, 2, 2)]);
});

test("the pixel nearest to a point counts or not; beside the grid none does", () => {
  const { foreground } = scanOf();
  const there = [[0, 0, 1], [0, 0, 0.6], [-0.4, -0.4, 1], [2.4, 2.4, 2.4]];
  for (const at of there) assert.equal(counts(foreground, ...at), true, `${at}`);
  const beside = [[0, 0, 0.4], [-0.6, 0, 1], [2.6, 0, 1], [0, 2.6, 1], [0, -0.6, 1], [0, 0, 2.6]];
  for (const at of beside) assert.equal(counts(foreground, ...at), false, `${at}`);
});
