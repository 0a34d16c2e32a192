import assert from "node:assert/strict";
import test from "node:test";
import { Model } from "../../../explorer/ui/components/viewer/js/model/model.js";
import { misses, sentence } from "../../../explorer/ui/components/viewer/js/model/sentence.js";
import { framesOf, packetOf, part, recorder, settingsOf } from "../support.js";

const FINE = { connected: true, silent: false, late: false, roomy: true };
const first = (more) => framesOf(part([1], { parts: 2, ...more }));
const all = (more) => framesOf(part([1], { parts: 2, ...more }), part([0.1, 10], { number: 1, parts: 2, ...more }));

function modelOf(...shown) {
  const [changed, tell] = [recorder(), recorder()];
  const model = new Model(changed, tell);
  model.take(settingsOf(), true);
  for (const frames of shown) model.show(frames);
  model.follow();
  return { model, changed, tell, what: () => new Set(changed.calls.splice(0).flat()) };
}

test("frames are followed to the chosen beta, threshold and scores", () => {
  const { model } = modelOf(all());
  assert.deepEqual([model.shown.beta, model.activeLayer.title, model.maps.length], [1, "A", 1]);
  model.betas.choose(2, model.shown);
  model.view.setShare(0.5);
  model.follow();
  assert.deepEqual([model.shown.beta, Math.round(model.threshold)], [10, 10]);
  // The foreground holds one anomalous pixel, 100, and four healthy ones, all 10.
  assert.deepEqual(model.rates, { dice: 2 / 6, sensitivity: 1, falsePositive: 1 });
  model.putThreshold(0);
  model.follow();
  assert.deepEqual(model.rates, { dice: 1, sensitivity: 1, falsePositive: 0 });
});

test("later frames of the view are taken in without painting anew what stays", () => {
  const { model, what } = modelOf(first());
  const { shown } = model;
  what();
  model.show(all());
  assert.equal(model.shown, shown);
  assert.deepEqual(what(), new Set(["layers", "controls", "status", "charts"]));
  assert.ok(shown.header.complete);
});

test("another view begins anew, and the crosshair stays where the image reaches", () => {
  const { model, what } = modelOf(all());
  model.cross.pin({ row: 1, column: 2 });
  const { shown } = model;
  what();
  model.show(first({ view: "other", slice: "other" }));
  assert.notEqual(model.shown, shown);
  assert.ok(what().has("frame"));
  assert.deepEqual(model.cross.at, { row: 1, column: 2 });
});

test("one frame of a slice does not take the place of all of them", async () => {
  const { model } = modelOf(all());
  const { header, arrays } = part([1], { parts: 2, view: "again" });
  await model.receive(packetOf(header, arrays));
  assert.ok(model.shown.header.complete);
});

test("a damaged packet leaves the picture, until a good one comes", async () => {
  const { model } = modelOf(all());
  const before = model.shown;
  await assert.rejects(model.receive(new Uint8Array(100).fill(1)));
  assert.ok(model.broken && model.shown === before);
  const { text, again } = sentence(model, FINE);
  assert.match(text, /damaged: the last picture stands/);
  assert.ok(again);
  const { header, arrays } = part([1], { view: "new", slice: "new" });
  await model.receive(packetOf(header, arrays));
  assert.ok(!model.broken);
});

test("keys move the crosshair into view, and zoom is about it", () => {
  const { model } = modelOf(all());
  model.view.zoomBy(4, 0, 0);
  model.step(1, 1);
  const { zoom } = model.view;
  assert.ok(Math.abs(2.5 / 3 - zoom.x) <= 0.5 / zoom.scale + 1e-12);
  const seen = (2.5 / 3 - zoom.x) * zoom.scale;
  model.zoomBy(2);
  assert.ok(Math.abs((2.5 / 3 - zoom.x) * zoom.scale - seen) < 1e-12);
  model.reset();
  assert.deepEqual([zoom.scale, model.cross.at], [1, null]);
});

test("letting go gives up a drag of the anomaly", () => {
  const { model, tell } = modelOf(all());
  model.hand.beginPlanting([0.1, 0.1], 1);
  model.letGo();
  assert.deepEqual([model.hand.planting, tell.calls], [null, []]);
});

test("what is said is forgotten after a while", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { model } = modelOf(all());
  model.say("Look.");
  assert.deepEqual(sentence(model, FINE), { text: "Look.", fault: true, again: false });
  t.mock.timers.tick(5000);
  assert.equal(model.note, "");
});

test("without frames there is nothing to follow", () => {
  const { model } = modelOf();
  model.follow();
  model.step(1, 1);
  model.nextMap();
  model.putThreshold(0.5);
  assert.deepEqual([model.activeLayer, model.cross.at, sentence(model, FINE).text], [
    null, null, "The first picture is on its way.",
  ]);
});

test("faults are told in the order in which they matter", () => {
  const { model } = modelOf(all());
  const told = (more) => sentence(model, { ...FINE, ...more });
  assert.match(told({ connected: false, silent: true, roomy: false }).text, /^No connection/);
  assert.match(told({ roomy: false, late: true }).text, /too small/);
  assert.deepEqual([told({ silent: true, late: true }).again, told({ late: true }).again], [true, true]);
  assert.match(told({ silent: true, late: true }).text, /not answered/);
  assert.match(told({ late: true }).text, /have not come/);
  const text = "Slice 1: training β 1, which is the KL weight too, 3 betas at hand.";
  assert.deepEqual(told({}), { text, fault: false, again: false });
});

test("what is on its way is told", () => {
  const { model } = modelOf(first());
  assert.ok(misses(model));
  model.betas.choose(2, model.shown);
  assert.match(sentence(model, FINE).text, /on their way\. β 10 is not here yet, this is β 1\./);
  model.show(all());
  model.follow();
  assert.ok(!misses(model));
  model.take(settingsOf({ slice: "another" }), true);
  assert.ok(misses(model));
});

test("a model of one beta, and maps that stand for another, are told", () => {
  const { model } = modelOf(framesOf(part([1])));
  model.take(settingsOf({ betas: ["1"] }), true);
  assert.equal(sentence(model, FINE).text, "Slice 1: complete; this model has one β.");
  const { model: other } = modelOf(all({ only: 1 }));
  other.betas.choose(2, other.shown);
  other.follow();
  assert.match(sentence(other, FINE).text, /A: still for β 1; computed anew once you let go\.$/);
  other.take(settingsOf({ alone: true, beta: "10" }), true);
  assert.match(sentence(other, FINE).text, /A: for β 1 alone\.$/);
});
