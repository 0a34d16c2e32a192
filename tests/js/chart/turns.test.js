import assert from "node:assert/strict";
import test from "node:test";
import { inTurn } from "../../../explorer/ui/components/chart/js/turns.js";
import { recorder } from "../support.js";

globalThis.requestAnimationFrame = (work) => setTimeout(work);
const reported = (globalThis.reportError = recorder());

const rest = () => new Promise((resolve) => setTimeout(resolve, 50));

test("charts are drawn one by one, each once for all that was wanted of it meanwhile", async () => {
  const order = [];
  const chart = (name) => ({
    async draw() {
      order.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve));
      order.push(`${name} ends`);
    },
  });
  const [one, other] = [chart("one"), chart("other")];
  for (const next of [one, other, one]) inTurn(next);
  await rest();
  assert.deepEqual(order, ["one begins", "one ends", "other begins", "other ends"]);
  inTurn(one);
  await rest();
  assert.equal(order.length, 6);
});

test("one that asks while it is drawn is drawn again", async () => {
  const drawn = recorder();
  const chart = {
    async draw() {
      drawn();
      if (drawn.calls.length === 1) inTurn(chart);
    },
  };
  inTurn(chart);
  await rest();
  assert.equal(drawn.calls.length, 2);
});

test("a chart that cannot be drawn is reported, and leaves the others alone", async () => {
  const drawn = recorder();
  inTurn({ draw: () => Promise.reject(new Error("no")) });
  inTurn({ draw: async () => drawn() });
  await rest();
  assert.deepEqual([reported.calls[0][0].message, drawn.calls.length], ["no", 1]);
});
