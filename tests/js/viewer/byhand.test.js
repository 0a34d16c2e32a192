import assert from "node:assert/strict";
import test from "node:test";
import { ByHand } from "../../../explorer/ui/components/viewer/js/model/byhand.js";
import { Planting, circle, rounded } from "../../../explorer/ui/components/viewer/js/model/plant.js";
import { shapeOf } from "../../../explorer/ui/components/viewer/js/model/shape.js";
import { recorder, settingsOf } from "../support.js";

const PLANT = settingsOf().plant;

function byHand(plant = PLANT) {
  const [tell, say] = [recorder(), recorder()];
  const hand = new ByHand(recorder(), tell, say);
  hand.take(plant, true);
  return { hand, tell, say };
}

test("a drag from inside the anomaly moves it by as much", () => {
  const planting = new Planting(PLANT, 0.45, 0.52, 1);
  planting.move(0.25, 0.62);
  assert.deepEqual(rounded(planting), { x: 0.3, y: 0.6, size: 0.2 });
});

test("a drag from elsewhere draws a circle to the finger, within the sizes", () => {
  const planting = new Planting(PLANT, 0.1, 0.2, 2);
  planting.move(0.101, 0.2);
  assert.equal(planting.size, 0.2);
  planting.move(0.13, 0.22);
  assert.ok(Math.abs(planting.size - 2 * Math.hypot(0.03, 0.04)) < 1e-12);
  planting.move(0.9, 0.9);
  assert.deepEqual(rounded(planting), { x: 0.1, y: 0.2, size: 0.5 });
  const drawn = new Planting({ ...PLANT, x: null, y: null }, 0.5, 0.5, 1);
  assert.equal(drawn.hold, null);
});

test("a circle is drawn about its centre, in pixels", () => {
  assert.equal(circle({ x: 0.5, y: 0.25, size: 0.5 }, 8, 4), "M2 1a2 2 0 1 0 4 0a2 2 0 1 0 -4 0");
});

test("the page is told of a place to two digits; it takes the place of a painted shape", () => {
  const { hand, tell } = byHand();
  hand.beginPlanting([0.1, 0.2], 1);
  hand.goPlanting([0.2234, 0.2]);
  hand.endPlanting(false);
  assert.deepEqual(tell.calls, [[{ plant: { x: 0.1, y: 0.2, size: 0.25 }, painted: "" }]]);
  assert.deepEqual([hand.plant.x, hand.plant.size, hand.planting], [0.1, 0.25, null]);
});

test("a drag that is cancelled tells nothing, one out of the image is said", () => {
  const { hand, tell, say } = byHand();
  hand.beginPlanting([0.1, 0.2], 1);
  hand.endPlanting(true);
  assert.equal(say.calls.length, 0);
  hand.beginPlanting([0.5, 0.5], 1);
  hand.goPlanting([-0.2, 0.5]);
  hand.endPlanting(false);
  assert.deepEqual(tell.calls, []);
  assert.match(say.calls[0][0], /dragged out of the image/);
});

test("an anomaly without a place to choose is neither planted nor painted, and that is said", () => {
  const { hand, tell, say } = byHand({ ...PLANT, plants: false });
  hand.beginPlanting([0.1, 0.2], 1);
  hand.endPlanting(false);
  hand.beginStroke([0.5, 0.5], 1);
  hand.endStroke(false);
  hand.dab([0.5, 0.5], 1);
  hand.nudge(0.1, 0, 0);
  hand.clear();
  assert.deepEqual([tell.calls.length, say.calls.length], [0, 3]);
});

test("keys move the anomaly; the page is told when they rest", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { hand, tell } = byHand({ ...PLANT, x: null, y: null });
  for (let i = 0; i < 3; i++) hand.nudge(0.01, -0.1, 0.4);
  t.mock.timers.tick(399);
  assert.deepEqual(tell.calls, []);
  t.mock.timers.tick(1);
  assert.deepEqual(tell.calls, [[{ plant: { x: 0.53, y: 0.2, size: 0.5 }, painted: "" }]]);
  hand.nudge(-9, 9, -9);
  t.mock.timers.tick(400);
  assert.deepEqual(tell.calls[1][0].plant, { x: 0, y: 1, size: 0.05 });
});

test("the page is told of a stroke when it ends, and of dabs when the keys rest", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { hand, tell } = byHand();
  hand.beginStroke([0.3, 0.5], 1);
  hand.goStroke([0.6, 0.5], 1);
  assert.deepEqual(tell.calls, []);
  hand.endStroke(false);
  const [[{ painted, plant }]] = tell.calls;
  assert.deepEqual([shapeOf(painted), plant], [hand.brush.cells, null]);
  hand.dab([0.1, 0.1], 1);
  hand.dab([0.9, 0.9], 1);
  t.mock.timers.tick(600);
  assert.equal(tell.calls.length, 2);
  assert.deepEqual(shapeOf(tell.calls[1][0].painted), hand.brush.cells);
});

test("a cancelled stroke leaves what was there; one that changes nothing is said", () => {
  const { hand, tell, say } = byHand();
  hand.beginStroke([0.3, 0.5], 1);
  hand.endStroke(true);
  assert.deepEqual([tell.calls.length, say.calls.length, hand.brush.cells.includes(1)], [0, 0, false]);
  hand.erase();
  hand.beginStroke([0.3, 0.5], 1);
  hand.endStroke(false);
  assert.deepEqual(tell.calls, []);
  assert.match(say.calls[0][0], /changed nothing/);
  hand.erase();
  assert.equal(hand.brush.erasing, false);
});

test("what the page says is taken over only when it is newer than all that was told", () => {
  const { hand } = byHand();
  hand.beginStroke([0.3, 0.5], 1);
  hand.endStroke(false);
  const mine = hand.brush.cells;
  hand.take({ ...PLANT, painted: "" }, false);
  assert.deepEqual(hand.brush.cells, mine);
  hand.take({ ...PLANT, painted: "" }, true);
  assert.ok(!hand.brush.cells.includes(1));
});

test("a circle is seen with Plant, the brush's tip and the shape with Brush, nothing with Look", () => {
  const { hand } = byHand();
  const ring = (tool, at = [0.5, 0.5]) => hand.ring(tool, at, 10, 10);
  assert.equal(ring("plant"), circle({ x: 0.5, y: 0.5, size: 0.2 }, 10, 10));
  assert.equal(ring("brush"), circle({ x: 0.5, y: 0.5, size: 0.08 }, 10, 10));
  assert.deepEqual([ring("look"), ring("brush", null), hand.shape("plant", 10, 10)], ["", "", ""]);
  hand.beginStroke([0.3, 0.5], 1);
  hand.endStroke(false);
  assert.match(hand.shape("brush", 10, 10), /^M/);
  assert.equal(ring("plant"), "");
  hand.beginPlanting([0.1, 0.1], 1);
  assert.equal(ring("look"), circle({ x: 0.1, y: 0.1, size: 0.2 }, 10, 10));
});
