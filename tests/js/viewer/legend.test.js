import assert from "node:assert/strict";
import test from "node:test";
import { legendOf, levelHere, levelNote } from "../../../explorer/ui/components/viewer/js/model/legend.js";
import { Model } from "../../../explorer/ui/components/viewer/js/model/model.js";
import { wrapped } from "../../../explorer/ui/components/viewer/js/painting/grid.js";
import { framesOf, part, settingsOf } from "../support.js";

function modelOf(quantiles) {
  const { header, arrays } = part([1, 10]);
  header.figures.a.quantiles = header.figures.a.quantiles.map((own) => quantiles ?? own);
  const model = new Model(() => {}, () => {});
  model.take(settingsOf(), true);
  model.show(framesOf({ header, arrays }));
  model.follow();
  return model;
}

test("the threshold says how many healthy pixels score lower, and which they are", () => {
  const model = modelOf();
  assert.equal(levelNote(model), "99.0 % of healthy pixels score lower, in every map. Healthy: ours.");
  assert.equal(levelHere(model), "99.0 %");
  model.view.setLevel(1000);
  model.follow();
  assert.match(levelNote(model), /^99\.99 % of healthy pixels score lower, in every map\./);
});

test("where many healthy pixels share the highest score, the threshold does not claim to be above them", () => {
  const model = modelOf([0, 1, 1]);
  assert.deepEqual(model.below, [0.5]);
  assert.match(levelNote(model), /in every map but A \(at most 50\.0 %, as many share one score\)\./);
  assert.equal(levelHere(model), "50.0 %");
});

test("a colour bar says for which beta it holds, where it changes with beta", () => {
  const { shown } = modelOf();
  const [input, , residual, map] = shown.layers;
  assert.deepEqual([input, residual, map].map((layer) => shown.barHolds(layer)), ["", "for β 1", ""]);
  map.predictor.figures.high = [4, 5];
  assert.equal(shown.barHolds(map), "for β 1");
  shown.header.linked = false;
  assert.equal(shown.barHolds(map), "for these β");
});

test("a saved picture says how it was made, and what its colours mean", () => {
  const model = modelOf();
  const text = legendOf(model).join("\n");
  for (const said of ["Slice 1", "dataset brain", "model m", "anomaly settings x=none,y=none", "A: sigma=0.5",
    "training β 1, KL weight in the ELBO map 1", "the tick is the threshold", "A at threshold"]) {
    assert.ok(text.includes(said), said);
  }
  model.view.turn("own", true);
  assert.match(legendOf(model).at(-1), /not for comparing images/);
});

test("long lines are broken between words, and none is lost", () => {
  const lines = wrapped("one two three fourteen five", 9, (text) => text.length);
  assert.deepEqual(lines, ["one two", "three", "fourteen", "five"]);
});
