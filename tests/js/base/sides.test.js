import assert from "node:assert/strict";
import test from "node:test";
import { lettersOf } from "../../../explorer/ui/components/base/js/sides.js";

test("letters say which side of the person is at the left, and whether that is sure", () => {
  assert.deepEqual(lettersOf("known", false), { left: "L", right: "R", top: "A", bottom: "P" });
  assert.deepEqual(lettersOf("known", true), { left: "R", right: "L", top: "A", bottom: "P" });
  assert.deepEqual(lettersOf("assumed", true), { left: "R?", right: "L?", top: "A?", bottom: "P?" });
  assert.deepEqual(new Set(Object.values(lettersOf("", true))), new Set([""]));
});
