import assert from "node:assert/strict";
import test from "node:test";
import { Crosshair, centreOf, middleOf } from "../../../explorer/ui/components/viewer/js/model/crosshair.js";
import { recorder } from "../support.js";

const SIZE = { width: 4, height: 3 };
const at = (row, column) => ({ row, column });

test("it follows the pointer until it is pinned, and again when it is let go", () => {
  const changed = recorder();
  const cross = new Crosshair(changed);
  cross.hover(at(1, 2));
  cross.hover(at(1, 2));
  assert.deepEqual([cross.at, changed.calls.length], [at(1, 2), 1]);
  cross.pin(at(1, 2));
  cross.hover(at(0, 0));
  cross.hover(null);
  assert.deepEqual(cross.at, at(1, 2));
  cross.pin(at(1, 2));
  cross.hover(at(0, 0));
  assert.deepEqual(cross.at, at(0, 0));
  cross.hover(null);
  assert.equal(cross.at, null);
});

test("another pixel is pinned in place of the first; beside the image nothing is", () => {
  const cross = new Crosshair(recorder());
  cross.pin(at(1, 2));
  cross.pin(at(2, 2));
  assert.deepEqual(cross.pinned, at(2, 2));
  cross.pin(null);
  assert.deepEqual([cross.pinned, cross.at], [null, null]);
});

test("keys move it from the middle, within the image, pinned or not as before", () => {
  const cross = new Crosshair(recorder());
  assert.deepEqual(middleOf(SIZE), at(1, 2));
  assert.deepEqual(cross.step(-1, 1, SIZE), at(0, 3));
  assert.deepEqual(cross.step(-8, 8, SIZE), at(0, 3));
  assert.equal(cross.pinned, null);
  cross.pin(cross.at);
  cross.step(1, -1, SIZE);
  assert.deepEqual([cross.pinned, cross.cursor], [at(1, 2), at(1, 2)]);
});

test("it lets go where another image does not reach", () => {
  const cross = new Crosshair(recorder());
  cross.pin(at(2, 3));
  cross.keepInside(SIZE);
  assert.deepEqual(cross.at, at(2, 3));
  cross.keepInside({ width: 3, height: 3 });
  assert.equal(cross.at, null);
});

test("the middle of a pixel is half a pixel from its edge", () => {
  assert.deepEqual(centreOf(at(0, 3), SIZE), [3.5 / 4, 0.5 / 3]);
});
