import assert from "node:assert/strict";
import test from "node:test";
import { scalesOf } from "../../../explorer/ui/components/planes/js/painting/layout.js";

const SIZES = [[220, 220], [220, 105], [225, 105], [205, 205]];

test("pictures of a row are equally high and fill it", () => {
  const scales = scalesOf(SIZES, 1034);
  const heights = SIZES.map(([, height], i) => height * scales[i]);
  const width = SIZES.reduce((sum, [one], i) => sum + one * scales[i], 0);
  assert.ok(heights.every((height) => Math.abs(height - heights[0]) < 1e-9));
  assert.ok(Math.abs(width + 3 * 10 - 1033) < 1e-6);
});

test("where there is less room, two stand in a row; none is higher than is good", () => {
  const scales = scalesOf(SIZES, 400);
  assert.ok(Math.abs(220 * scales[0] + 220 * scales[1] + 10 - 399) < 1e-6);
  assert.ok(Math.abs(105 * scales[2] - 205 * scales[3]) < 1e-9);
  assert.equal(scalesOf([[100, 200]], 2000)[0] * 200, 430);
});
