import assert from "node:assert/strict";
import test from "node:test";
import { Zoom, wheelFactor } from "../../../explorer/ui/components/base/js/zoom.js";

/** Where a point of the picture lies in its frame, from 0 to 1. */
function seenAt({ scale, x }, point) {
  return 0.5 + (point - x) * scale;
}

test("the point that is zoomed about stays where it is", () => {
  const zoom = new Zoom();
  for (const factor of [2, 1.7, 0.8]) {
    const before = seenAt(zoom, 0.3);
    zoom.by(factor, 0.3, 0.6);
    assert.ok(Math.abs(seenAt(zoom, 0.3) - before) < 1e-12);
  }
  assert.ok(Math.abs(zoom.scale - 2 * 1.7 * 0.8) < 1e-12);
});

test("nothing beside the picture is ever seen, and nothing beyond the deepest zoom", () => {
  const zoom = new Zoom();
  zoom.by(4, 0, 1);
  zoom.pan(5, -5);
  assert.deepEqual([zoom.x, zoom.y], [0.125, 0.875]);
  zoom.by(100, 0.5, 0.5);
  assert.equal(zoom.scale, 16);
  zoom.by(0.001, 0.1, 0.1);
  assert.deepEqual({ ...zoom }, { scale: 1, x: 0.5, y: 0.5 });
});

test("a pan moves the picture by fractions of what is seen", () => {
  const zoom = new Zoom();
  zoom.by(4, 0.5, 0.5);
  const before = seenAt(zoom, 0.5);
  zoom.pan(0.2, 0);
  assert.ok(Math.abs(seenAt(zoom, 0.5) - before - 0.2) < 1e-12);
});

test("a point is brought into view by the least move", () => {
  const zoom = new Zoom();
  zoom.by(4, 0.5, 0.5);
  zoom.reveal(0.55, 0.5);
  assert.deepEqual([zoom.x, zoom.y], [0.5, 0.5]);
  zoom.reveal(0.8, 0.5);
  assert.ok(Math.abs(seenAt(zoom, 0.8) - 1) < 1e-12 && zoom.y === 0.5);
  zoom.reset();
  assert.deepEqual({ ...zoom }, { scale: 1, x: 0.5, y: 0.5 });
});

test("the wheel zooms in and out alike, a touchpad's pinch within bounds", () => {
  const wheel = (deltaY, ctrlKey = false) => wheelFactor({ deltaY, ctrlKey });
  assert.ok(Math.abs(wheel(-100) * wheel(100) - 1) < 1e-12 && wheel(-100) > 1.2);
  assert.ok(wheel(-5, true) > wheel(-5));
  assert.equal(wheel(-120, true), wheel(-1000, true));
});
