import assert from "node:assert/strict";
import test from "node:test";
import { Ramp, cssColour, cssGradient, lookupTables, packed } from "../../../explorer/ui/components/base/js/colour.js";
import { colourise } from "../../../explorer/ui/components/base/js/surface.js";

const BYTES = Uint8Array.from({ length: 768 }, (_, i) => Math.floor(i / 3) ^ [0, 85, 255][i % 3]);
const { table } = lookupTables({ table: Buffer.from(BYTES).toString("base64") });

test("tables hold opaque pixels as canvases want them", () => {
  for (const step of [0, 7, 255]) {
    const [red, green, blue, opacity] = new Uint8Array(table.buffer, 4 * step, 4);
    assert.deepEqual([red, green, blue, opacity], [...BYTES.subarray(3 * step, 3 * step + 3), 255]);
  }
  assert.equal(cssColour(packed(1, 20, 255)), "rgb(1,20,255)");
});

test("a value has the colour of the step in which it lies, and an end's beyond it", () => {
  const ramp = new Ramp(table, -1, 3);
  for (const step of [0, 1, 100, 255]) {
    assert.equal(ramp.at(-1 + (step + 0.001) * (4 / 256)), table[step]);
    assert.equal(ramp.at(-1 + (step + 0.999) * (4 / 256)), table[step]);
  }
  assert.deepEqual([-9, 3, 1e30].map((value) => ramp.at(value)), [table[0], table[255], table[255]]);
  assert.equal(ramp.at(NaN), table[0]);
});

test("an empty range divides by no zero", () => {
  const pixels = new Uint32Array(3);
  colourise([1, 2, 3], new Ramp(table, 2, 2), pixels);
  assert.deepEqual([...pixels], [table[0], table[0], table[255]]);
});

test("a gradient runs from the first to the last colour", () => {
  const stops = cssGradient(table).match(/rgb\([^)]*\)/g);
  assert.deepEqual([stops.length, stops[0], stops[15]], [16, cssColour(table[0]), cssColour(table[255])]);
});
