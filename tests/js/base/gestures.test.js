import assert from "node:assert/strict";
import test from "node:test";
import { Gestures } from "../../../explorer/ui/components/base/js/gestures.js";
import { pointer } from "../support.js";

/** An element with one picture on its left half, and what was told of it. */
function scene() {
  const element = new EventTarget();
  const told = [];
  const plain = (one) => (one instanceof Event ? one.type : one);
  const tell = (name) => (on, ...given) => told.push([name, ...given.map(plain)]);
  const names = ["press", "drag", "release", "zoom", "pan", "hover"];
  const meanings = Object.fromEntries(names.map((name) => [name, tell(name)]));
  new Gestures(element, {
    ...meanings,
    at: ({ clientX }) => (clientX < 500 ? "picture" : null),
    leave: () => told.push(["leave"]),
  });
  const send = (type, x, y, more) => element.dispatchEvent(pointer(type, x, y, more));
  const finger = (id) => (type, x, y) => send(type, x, y, { pointerId: id });
  return { told, send, one: finger(1), two: finger(2), three: finger(3), forget: () => told.splice(0) };
}

test("a finger presses, drags and is lifted; a click has not moved", () => {
  const { told, one } = scene();
  one("down", 10, 10);
  one("move", 12, 11);
  one("up", 12, 11);
  assert.deepEqual(told, [
    ["press", "pointerdown"],
    ["drag", "pointermove", { right: 2, down: 1, moved: false }],
    ["release", "pointerup", { cancelled: false, moved: false }],
  ]);
});

test("further than a click it has moved, even when it comes back", () => {
  const { told, one, forget } = scene();
  one("down", 10, 10);
  one("move", 10, 20);
  one("move", 10, 10);
  assert.deepEqual(told.map(([name]) => name), ["press", "drag", "drag"]);
  assert.deepEqual(told.slice(1).map(([, , { moved }]) => moved), [true, true]);
  forget();
  one("cancel", 10, 10);
  assert.deepEqual(told, [["release", "pointercancel", { cancelled: true, moved: true }]]);
});

test("a second finger ends the drag as if it had not been, and both zoom about their middle", () => {
  const { told, one, two, forget } = scene();
  one("down", 100, 100);
  two("down", 200, 100);
  assert.deepEqual(told.at(-1), ["release", "pointerdown", { cancelled: true, moved: false }]);
  forget();
  two("move", 300, 100);
  assert.deepEqual(told, [["zoom", 2, 150, 100], ["pan", { right: 50, down: 0, moved: true }]]);
  forget();
  one("move", 200, 100);
  assert.deepEqual(told, [["zoom", 0.5, 200, 100], ["pan", { right: 50, down: 0, moved: true }]]);
});

for (const [lifted, end] of [[1, "up"], [2, "up"], [1, "cancel"]]) {
  test(`finger ${lifted} lifted (${end}): the other one goes on moving the picture`, () => {
    const { told, one, two, forget } = scene();
    const [gone, stays] = lifted === 1 ? [one, two] : [two, one];
    one("down", 100, 100);
    two("down", 200, 100);
    forget();
    gone(end, 100, 100);
    assert.deepEqual(told, []);
    const from = lifted === 1 ? 200 : 100;
    stays("move", from + 7, 90);
    stays("move", from + 8, 90);
    assert.deepEqual(told.map(([name, { right, down }]) => [name, right, down]), [["pan", 7, -10], ["pan", 1, 0]]);
    forget();
    gone("down", 300, 100);
    stays("move", from + 8, 95);
    assert.deepEqual(told.map(([name]) => name), ["zoom", "pan"]);
    forget();
    stays("up", from + 8, 95);
    gone("up", 300, 100);
    assert.deepEqual(told, []);
    one("down", 50, 50);
    assert.deepEqual(told, [["press", "pointerdown"]]);
  });
}

test("a third finger changes nothing, until it is one of two", () => {
  const { told, one, two, three, forget } = scene();
  one("down", 100, 100);
  two("down", 200, 100);
  three("down", 300, 100);
  forget();
  three("move", 310, 100);
  assert.deepEqual(told, [["zoom", 1, 150, 100], ["pan", { right: 0, down: 0, moved: true }]]);
  forget();
  one("up", 100, 100);
  three("move", 410, 100);
  assert.deepEqual(told[0], ["zoom", 210 / 110, 255, 100]);
});

test("fingers beside the pictures, and other buttons of a mouse, do nothing", () => {
  const { told, one, send } = scene();
  one("down", 600, 10);
  one("move", 610, 10);
  one("up", 610, 10);
  send("down", 10, 10, { button: 2, pointerType: "mouse" });
  assert.deepEqual(told, []);
});

test("a mouse with no button down hovers, and leaves", () => {
  const { told, send } = scene();
  send("move", 10, 10, { pointerType: "mouse" });
  send("move", 900, 10, { pointerType: "mouse" });
  send("leave", 900, 10);
  assert.deepEqual(told, [["hover", "pointermove"], ["leave"]]);
  send("down", 10, 10);
  send("leave", 900, 10);
  assert.deepEqual(told.at(-1), ["press", "pointerdown"]);
});

test("the target keeps the pointer that went down on it", () => {
  const element = new EventTarget();
  const held = [];
  element.setPointerCapture = (id) => held.push(id);
  new Gestures(element, { at: () => "picture", press() {}, drag() {}, release() {}, zoom() {}, pan() {} });
  element.dispatchEvent(pointer("down", 1, 1, { pointerId: 5 }));
  assert.deepEqual(held, [5]);
});
