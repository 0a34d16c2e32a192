import assert from "node:assert/strict";
import test from "node:test";
import { Arrivals } from "../../../explorer/ui/components/viewer/js/model/arrivals.js";
import { packetOf, part } from "../support.js";

const bytesOf = ({ header, arrays }) => packetOf(header, arrays);
const three = (view = "view") =>
  [[1], [0.1], [10]].map((betas, number) => bytesOf(part(betas, { number, parts: 3, view })));

test("the first packet is shown at once, and all of them when the last has come", async () => {
  const arrivals = new Arrivals();
  const [first, second, third] = three();
  assert.deepEqual((await arrivals.take(first)).header.betas, [1]);
  assert.equal(await arrivals.take(third), null);
  const all = await arrivals.take(second);
  assert.deepEqual([all.header.betas, all.header.complete, all.header.current], [[0.1, 1, 10], true, 1]);
});

test("a packet that comes again is nothing new", async () => {
  const arrivals = new Arrivals();
  const [first] = three();
  assert.notEqual(await arrivals.take(first), null);
  assert.equal(await arrivals.take(first), null);
});

test("packets that come before the first wait for it", async () => {
  const arrivals = new Arrivals();
  const [first, second, third] = three();
  assert.equal(await arrivals.take(second), null);
  assert.equal(await arrivals.take(third), null);
  assert.ok((await arrivals.take(first)).header.complete);
});

test("packets of two views are not mixed", async () => {
  const arrivals = new Arrivals();
  const [old, newer] = [three("old"), three("new")];
  await arrivals.take(old[0]);
  await arrivals.take(old[1]);
  const found = await arrivals.take(newer[0]);
  assert.deepEqual([found.header.view, found.header.complete], ["new", false]);
  assert.equal(await arrivals.take(old[2]), null);
  await arrivals.take(newer[2]);
  assert.ok((await arrivals.take(newer[1])).header.complete);
});

test("a packet that was overtaken while it was read is dropped", async () => {
  const arrivals = new Arrivals();
  const [slow, quick] = await Promise.all([arrivals.take(three("old")[0]), arrivals.take(three("new")[0])]);
  assert.equal(slow, null);
  assert.equal(quick.header.view, "new");
});

test("after a damaged packet all can be told again", async () => {
  const arrivals = new Arrivals();
  const [first, second] = three();
  await arrivals.take(first);
  await assert.rejects(arrivals.take(second.subarray(0, second.length - 8)));
  assert.notEqual(await arrivals.take(first), null);
});
