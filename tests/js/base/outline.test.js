import assert from "node:assert/strict";
import test from "node:test";
import { closed, outline } from "../../../explorer/ui/components/base/js/outline.js";

const maskOf = (...rows) => Uint8Array.from(rows.join(""), Number);

test("an outline runs along the edges of pixels, in runs", () => {
  assert.equal(outline(maskOf("000", "011", "000"), 3, 3), "M1 1H3M1 2H3M1 1V2M3 1V2");
  assert.equal(outline(new Uint8Array(9), 3, 3), "");
  assert.equal(outline(new Uint8Array(9).fill(1), 3, 3), "M0 0H3M0 3H3M0 0V3M3 0V3");
});

test("as many edges as neighbours that differ", () => {
  const mask = maskOf("0110", "1001", "0100");
  const at = (row, column) => (row >= 0 && row < 3 && column >= 0 && column < 4 ? mask[row * 4 + column] : 0);
  let differ = 0;
  for (let row = 0; row <= 3; row++) {
    for (let column = 0; column <= 4; column++) {
      differ += (at(row - 1, column) ^ at(row, column)) + (at(row, column - 1) ^ at(row, column));
    }
  }
  let length = 0;
  for (const [, x, y, axis, to] of outline(mask, 4, 3).matchAll(/M(\d+) (\d+)([HV])(\d+)/g)) {
    length += to - (axis === "H" ? x : y);
  }
  assert.equal(length, differ);
});

/** The mask grown, or shrunk, by `steps` times the four neighbours; beside it there is room, and nothing. */
function moved(isIn, steps, all) {
  if (!steps) return isIn;
  const before = moved(isIn, steps - 1, all);
  return (row, column) => {
    const places = [[0, 0], [0, 1], [0, -1], [1, 0], [-1, 0]].map(([r, c]) => before(row + r, column + c));
    return all ? places.every(Boolean) : places.some(Boolean);
  };
}

test("closing grows twice and shrinks twice", () => {
  const [width, height] = [9, 7];
  const mask = Uint8Array.from({ length: width * height }, (_, i) => Number((i * i * 7 + i * 3) % 11 < 3));
  const isIn = (row, column) =>
    row >= 0 && column >= 0 && row < height && column < width && mask[row * width + column] === 1;
  const wanted = moved(moved(isIn, 2, false), 2, true);
  closed(mask, width, height).forEach((value, i) => {
    const at = [Math.floor(i / width), i % width];
    assert.equal(value, Number(isIn(...at) || wanted(...at)), `${at}`);
  });
});

test("gaps of up to four pixels are closed, and nothing grows", () => {
  const rows = 11;
  const middle = (text) => {
    const found = closed(maskOf(...Array(rows).fill(text)), text.length, rows);
    return found.subarray(5 * text.length, 6 * text.length).join("");
  };
  assert.equal(middle("0010000100"), "0011111100");
  assert.equal(middle("0100000100"), "0100000100");
  assert.equal(middle("0001000000"), "0001000000");
  assert.equal(middle("1000000001"), "1000000001");
});
