import assert from "node:assert/strict";
import test from "node:test";
import { figureRows, toCsv } from "../../../explorer/ui/components/viewer/js/model/figures.js";
import { curvesOf } from "../../../explorer/ui/components/viewer/js/painting/strip.js";
import { framesOf, part } from "../support.js";

test("there is a row a beta and map, with the figures at its own threshold", () => {
  const [head, ...rows] = figureRows(framesOf(part([1, 10])), 0.5, "No device.");
  assert.equal(rows.length, 2);
  const table = rows.map((row) => Object.fromEntries(row.map((value, i) => [head[i], value])));
  assert.deepEqual(table[1], {
    image: "Slice 1", dataset: "brain", model: "m", anomaly_settings: "x=none,y=none",
    map: "a", map_settings: "sigma=0.5",
    training_beta: 10, kl_weight: 10, auroc: 1, average_precision: null, best_dice: 0.5, dice_threshold: 2,
    threshold: 10, healthy_pixels_that_score_lower: 0.5, dice: 2 / 6, sensitivity: 1, false_positive_rate: 1,
    notice: "No device.",
  });
});

test("a map of many passes has one row", () => {
  const rows = figureRows(framesOf(part([1], { parts: 2, only: 1 }), part([10], { number: 1, parts: 2 })), 0.5, "");
  const place = rows[0].indexOf("training_beta");
  assert.deepEqual(rows.slice(1).map((row) => row[place]), [1]);
});

test("every line of the table has as many cells as its head, so that any program can read it", () => {
  const rows = figureRows(framesOf(part([1, 10])), 0.5, "No device, ever.");
  assert.deepEqual(new Set(rows.map((row) => row.length)), new Set([rows[0].length]));
  assert.equal(new Set(rows[0]).size, rows[0].length);
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
