import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { filmHeader, filmLayers, paceOf, valueAt } from "../../../explorer/ui/components/player/js/film.js";

const WRITTEN = JSON.parse(readFileSync(new URL("../fixtures/packets.json", import.meta.url), "utf-8"));
const BYTES = Uint8Array.from(Buffer.from(WRITTEN.film.packet, "base64"));

test("a film that Python wrote is read: its header, its layers, its colours", async () => {
  const header = filmHeader(BYTES);
  const { key, labels, curves, picked } = header;
  assert.deepEqual({ key, labels, curves, picked }, {
    key: "one", labels: ["a", "b", "c"], curves: { up: [0, 1, 2] }, picked: [1, 1],
  });
  const [still, moving] = await filmLayers(BYTES, header);
  assert.deepEqual([still.title, still.frames, still.width, still.height, still.pick], ["Still", 1, 5, 3, false]);
  assert.deepEqual([moving.frames, moving.width, moving.height, moving.pick], [3, 2, 3, true]);
  assert.equal(moving.levels.length, 3 * 2 * 3);
  assert.deepEqual([still.table.length, moving.table.length], [256, 256]);
  assert.notDeepEqual(still.table, moving.table);
});

test("values are those that were filmed, to 8 bits of the colour bar", async () => {
  const [still] = await filmLayers(BYTES, filmHeader(BYTES));
  const { codes, low, step } = WRITTEN.scan.arrays.image;
  for (let place = 0; place < 15; place++) {
    assert.ok(Math.abs(valueAt(still, place) - (low + codes[place] * step)) <= 1000 / 256);
  }
});

test("a film takes seven seconds, but no frame is too quick or too slow", () => {
  assert.deepEqual([2, 14, 70, 1000].map(paceOf), [500, 500, 100, 60]);
});
