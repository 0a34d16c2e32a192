import assert from "node:assert/strict";
import test from "node:test";
import { linkOf } from "../../../explorer/ui/components/viewer/js/hands/link.js";
import { Look, textsOf } from "../../../explorer/ui/components/viewer/js/hands/look.js";
import { Model } from "../../../explorer/ui/components/viewer/js/model/model.js";
import { framesOf, part, recorder, settingsOf } from "../support.js";

const TEXTS = {
  map: "a", threshold: "0.9", colours: "magma", overlay: "35", "true-mask": "false", smooth: "true", stretch: "true",
  zoom: "4", centre: "0.25,0.5", "window-grey": "0.1,0.5", "window-signed": "0,2", "window-score": "-0.25,1",
  pixel: "1,2", sides: "neurological",
};

function looked(more = {}) {
  const tell = recorder();
  const model = new Model(recorder(), recorder());
  model.take(settingsOf(more), true);
  model.show(framesOf(part([1])));
  const look = new Look(model, tell);
  const name = model.activeLayer.predictor.name;
  look.take({ turn: 1, texts: { ...TEXTS, map: name } });
  return { model, look, tell, texts: { ...TEXTS, map: name } };
}

test("what an address says is shown, and said again in the same words", () => {
  const { model, texts } = looked();
  assert.deepEqual(textsOf(model), texts);
  const { view, cross } = model;
  assert.deepEqual([view.level, view.on.truth, view.on.own, view.colours], [250, false, true, "magma"]);
  assert.deepEqual([view.zoom.scale, view.zoom.x, cross.pinned], [4, 0.25, { row: 1, column: 2 }]);
});

test("only another turn holds; what a person does in between is told when it rests", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { model, look, tell, texts } = looked();
  look.notice();
  t.mock.timers.tick(1000);
  assert.deepEqual(tell.calls, []);
  model.view.colour("grey");
  look.notice();
  model.cross.letGo();
  look.notice();
  t.mock.timers.tick(1000);
  assert.deepEqual(tell.calls, [[{ ...texts, colours: "grey", pixel: "" }]]);
  look.take({ turn: 1, texts });
  assert.equal(model.view.colours, "grey");
  look.take({ turn: 2, texts });
  assert.equal(model.view.colours, "magma");
});

test("nothing is told while pictures of another state are shown", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { model, look, tell } = looked({ slice: "next" });
  model.view.colour("grey");
  look.notice();
  t.mock.timers.tick(1000);
  assert.deepEqual(tell.calls, []);
});

test("a link holds the controls of the address and the look of now", () => {
  const { model } = looked();
  model.cross.letGo();
  model.view.setShare(0.99);
  const link = new URL(linkOf("http://host/app?beta=2&predictors=a&predictors=b&pixel=1,2&threshold=0.5", model));
  const found = link.searchParams;
  assert.deepEqual([found.get("beta"), found.getAll("predictors")], ["2", ["a", "b"]]);
  assert.deepEqual([found.get("threshold"), found.get("pixel"), found.get("sides")], ["0.99", null, "neurological"]);
});
