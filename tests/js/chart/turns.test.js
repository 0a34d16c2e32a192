import assert from "node:assert/strict";
import test from "node:test";
import { inTurn } from "../../../explorer/ui/components/chart/js/turns.js";

globalThis.requestAnimationFrame = (work) => setTimeout(work);

/** A chart that notes its name when it is drawn. */
function chart(name, drawn, during = () => {}) {
  return { draw: async () => { drawn.push(name); await during(); } };
}

const rest = () => new Promise((resolve) => setTimeout(resolve, 50));

test("charts are drawn one by one in the order in which they asked, each once", async () => {
  const drawn = [];
  const [a, b] = [chart("a", drawn), chart("b", drawn)];
  inTurn(a);
  inTurn(b);
  inTurn(a);
  assert.deepEqual(drawn, []); // not before a paint
  await rest();
  assert.deepEqual(drawn, ["a", "b"]);
});

test("one that asks while it is drawn is drawn again", async () => {
  const drawn = [];
  const a = chart("a", drawn, () => drawn.length === 1 && void inTurn(a));
  inTurn(a);
  await rest();
  assert.deepEqual(drawn, ["a", "a"]);
});

test("a drawing that fails is told, and does not keep others from theirs", async () => {
  const drawn = [];
  const broken = chart("broken", drawn, () => Promise.reject(new Error("cannot be drawn")));
  await assert.rejects(inTurn(broken), /cannot be drawn/);
  inTurn(chart("a", drawn));
  await rest();
  assert.deepEqual(drawn, ["broken", "a"]);
});
