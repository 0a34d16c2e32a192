import assert from "node:assert/strict";
import test from "node:test";
import { figureRows, toCsv } from "../../../explorer/ui/components/viewer/js/model/figures.js";
import { curvesOf } from "../../../explorer/ui/components/viewer/js/painting/strip.js";
import { framesOf, part } from "../support.js";

test("there is a row a beta and map, with the figures at its own threshold", () => {
  const [notice, name, head, ...rows] = figureRows(framesOf(part([1, 10])), 0.5, "No device.");
  assert.deepEqual([notice, name, rows.length], [["No device."], ["Slice 1"], 2]);
  const table = rows.map((row) => Object.fromEntries(row.map((value, i) => [head[i], value])));
  assert.deepEqual(table[1], {
    map: "a", training_beta: 10, scoring_beta: 10, auroc: 1, average_precision: null, best_dice: 0.5, dice_threshold: 2,
    threshold: 10, dice: 2 / 6, sensitivity: 1, false_positive_rate: 1,
  });
});

test("a map of many passes has one row", () => {
  const rows = figureRows(framesOf(part([1], { parts: 2, only: 1 }), part([10], { number: 1, parts: 2 })), 0.5, "");
  assert.deepEqual(rows.slice(3).map(([, beta]) => beta), [1]);
});

test("texts are quoted where they must be, and what is not defined is left empty", () => {
  const rows = [["a,b", 'c"d', "e\nf", "plain"], [1.5, null, NaN, 0]];
  assert.equal(toCsv(rows), '"a,b","c""d","e\nf",plain\r\n1.5,,,0\r\n');
});

test("the axis of the strip begins at a tenth of at most .5", () => {
  const predictor = (name, auroc, only) => ({ name, figures: { auroc }, only_beta: only });
  const predictors = [predictor("a", [0.9, null], null), predictor("b", [0.37], 1)];
  const { lines, lowest } = curvesOf(predictors, { a: "red", b: "blue" });
  assert.equal(lowest, 0.3);
  assert.deepEqual(lines[1], { auroc: [0.37], only: 1, colour: "blue" });
  assert.equal(curvesOf([predictor("a", [0.9], null)], {}).lowest, 0.5);
});
