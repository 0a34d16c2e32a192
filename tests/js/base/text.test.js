import assert from "node:assert/strict";
import test from "node:test";
import { rate, setText, short } from "../../../explorer/ui/components/base/js/text.js";

test("numbers have three digits, and a dash stands for none", () => {
  const values = [0, 1234.5, 0.012345, -3.14159, 1e5, 0.00012];
  assert.deepEqual(values.map(short), ["0", "1230", "0.0123", "-3.14", "1.0e+5", "1.2e-4"]);
  for (const none of [null, undefined, NaN]) assert.equal(short(none), "–");
});

test("rates have three digits after the point, and a dash stands for none", () => {
  assert.deepEqual([0, 1, 0.12345, NaN, null].map(rate), ["0.000", "1.000", "0.123", "–", "–"]);
});

test("the same text is not set again", () => {
  const set = [];
  const element = {
    get textContent() {
      return set.at(-1) ?? "a";
    },
    set textContent(text) {
      set.push(text);
    },
  };
  for (const text of ["a", "b", "b"]) setText(element, text);
  assert.deepEqual(set, ["b"]);
});
