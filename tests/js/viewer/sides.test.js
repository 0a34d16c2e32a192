import assert from "node:assert/strict";
import test from "node:test";
import { Model } from "../../../explorer/ui/components/viewer/js/model/model.js";
import { isTurned, lettersNow, lettersOf } from "../../../explorer/ui/components/viewer/js/model/sides.js";
import { recorder, settingsOf } from "../support.js";

test("letters say which side of the person is at the left, and whether that is sure", () => {
  assert.deepEqual(lettersOf("known", false), { left: "L", right: "R", top: "A", bottom: "P" });
  assert.deepEqual(lettersOf("known", true), { left: "R", right: "L", top: "A", bottom: "P" });
  assert.deepEqual(lettersOf("assumed", true), { left: "R?", right: "L?", top: "A?", bottom: "P?" });
  assert.deepEqual(new Set(Object.values(lettersOf("", true))), new Set([""]));
});

test("the sides of a picture are exchanged where they are known and the right is to be at the left", () => {
  const model = new Model(recorder(), recorder());
  model.take(settingsOf({ sides: "known" }), true);
  assert.deepEqual([isTurned(model), lettersNow(model).left], [true, "R"]);
  model.view.turnTo(false);
  assert.deepEqual([isTurned(model), lettersNow(model).left], [false, "L"]);
  model.view.turnTo(true);
  model.take(settingsOf({ sides: "" }), true);
  assert.deepEqual([isTurned(model), lettersNow(model).left], [false, ""]);
});
