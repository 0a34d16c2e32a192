import assert from "node:assert/strict";
import test from "node:test";
import { MAPS, View } from "../../../explorer/ui/components/viewer/js/model/view.js";
import { recorder } from "../support.js";

const FOREGROUND = Uint8Array.of(1, 1, 1, 0);
const layer = (kind, low, high) => ({ kind, low, high, values: Float32Array.of(-1, 0.5, 2, 9) });
const close = (found, wanted) =>
  found.forEach((value, i) => assert.ok(Math.abs(value - wanted[i]) < 1e-12, `${found}`));

test("equal steps of the threshold's slider leave out 0, 90, 99, 99.9 and 99.99 % of healthy pixels", () => {
  const view = new View(recorder());
  close([0, 250, 500, 750, 1000].map((level) => (view.setLevel(level), view.share)), [0, 0.9, 0.99, 0.999, 0.9999]);
  for (const share of [0, 0.5, 0.99, 0.9999]) {
    view.setShare(share);
    close([view.share], [share]);
  }
  view.setShare(1);
  assert.equal(view.level, 1000);
  view.setLevel(-3);
  assert.equal(view.level, 0);
});

test("a colour bar is fixed, unless each picture is to fill its own", () => {
  const view = new View(recorder());
  close(view.range(layer("score", 1, 5), FOREGROUND), [1, 5]);
  view.turn("own");
  close(view.range(layer("score", 1, 5), FOREGROUND), [-1, 2]);
  close(view.range(layer("signed", -7, 7), FOREGROUND), [-2, 2]);
  const [low, high] = view.range({ ...layer("grey", 0, 1), values: new Float32Array(4) }, FOREGROUND);
  assert.ok(low === 0 && high > 0);
});

test("the window makes a bar narrower or moves it, for one kind of layer alone", () => {
  const view = new View(recorder());
  view.setWindow("score", 0.5 * Math.log(2), 0);
  close(view.range(layer("score", 0, 4), FOREGROUND), [1, 3]);
  view.setWindow("score", 0, 0.5);
  close(view.range(layer("score", 0, 4), FOREGROUND), [2, 4]);
  close(view.range(layer("grey", 0, 1), FOREGROUND), [0, 1]);
  view.setWindow("signed", -0.5 * Math.log(2), 0.7);
  close(view.range(layer("signed", -1, 1), FOREGROUND), [-2, 2]);
  view.reset();
  close(view.range(layer("score", 0, 4), FOREGROUND), [0, 4]);
});

test("switches and colours go round", () => {
  const changed = recorder();
  const view = new View(changed);
  for (let i = 0; i < MAPS.length; i++) view.nextColours();
  assert.equal(view.colours, MAPS[0]);
  view.turn("truth");
  assert.deepEqual([view.on.truth, changed.calls.at(-1)], [false, ["controls"]]);
  view.turn("truth", false);
  assert.equal(view.on.truth, false);
  view.turn("own", true);
  assert.deepEqual(changed.calls.at(-1), ["controls", "frame"]);
  assert.deepEqual(["grey", "signed", "score"].map((kind) => view.coloursOf({ kind })), ["grey", "signed", MAPS[0]]);
});

test("there is an active map among those that there are, and the same again changes nothing", () => {
  const changed = recorder();
  const view = new View(changed);
  view.activate(5, 3);
  assert.deepEqual([view.active, changed.calls], [2, [["layers", "frame"]]]);
  view.activate(2, 3);
  view.activate(1, 0);
  assert.deepEqual([view.active, changed.calls.length], [0, 2]);
});

test("zoom is about the middle of what is seen, where no point is given", () => {
  const view = new View(recorder());
  view.zoomBy(4, 0, 0);
  const { x, y } = view.zoom;
  view.zoomBy(2);
  assert.deepEqual({ ...view.zoom }, { scale: 8, x, y });
  view.reset();
  assert.equal(view.zoom.scale, 1);
});

test("where no page computes anything, tools that need one are not offered", () => {
  const view = new View(recorder());
  view.take("plant");
  assert.equal(view.tool, "plant");
  view.take("look");
  view.standAlone(true);
  for (const tool of ["plant", "brush"]) {
    view.take(tool);
    assert.deepEqual([view.offers(tool), view.tool], [false, "look"]);
  }
  view.take("window");
  assert.deepEqual([view.offers("window"), view.tool], [true, "window"]);
});

test("sides are exchanged where they are known and the right of the person is to be at the left", () => {
  const view = new View(() => undefined);
  assert.deepEqual([view.turned("known"), view.letters("known").left], [true, "R"]);
  assert.deepEqual([view.turned(""), view.letters().left], [false, ""]);
  view.turnTo(false);
  assert.deepEqual([view.turned("known"), view.letters("assumed").left], [false, "L?"]);
});
