import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { readArrays, readHeader } from "../../../explorer/ui/components/base/js/page/packet.js";
import { packetOf } from "../support.js";

const WRITTEN = JSON.parse(readFileSync(new URL("../fixtures/packets.json", import.meta.url), "utf-8"));

for (const kind of ["frames", "scan"]) {
  test(`a packet of kind ${kind} that Python wrote is read as it was`, async () => {
    const bytes = Uint8Array.from(Buffer.from(WRITTEN[kind].packet, "base64"));
    const header = readHeader(bytes, "film", kind);
    assert.equal(header.text, "β, „quoted“");
    const arrays = await readArrays(bytes, header);
    const wanted = WRITTEN[kind].arrays;
    assert.deepEqual([...arrays.keys()], Object.keys(wanted));
    for (const [name, { codes, ...scale }] of Object.entries(wanted)) {
      const { codes: found, ...rest } = arrays.get(name);
      assert.deepEqual([...found], codes, name);
      assert.deepEqual(rest, scale, name);
    }
  });
}

test("arrays that are kept beside unpacked ones do not hold the body", async () => {
  const bytes = Uint8Array.from(Buffer.from(WRITTEN.frames.packet, "base64"));
  const { codes } = (await readArrays(bytes, readHeader(bytes, "frames"))).get("mask");
  assert.equal(codes.buffer.byteLength, codes.length);
});

test("arrays of a packet that has no others share its body", async () => {
  const bytes = Uint8Array.from(Buffer.from(WRITTEN.scan.packet, "base64"));
  const arrays = await readArrays(bytes, readHeader(bytes, "scan"));
  assert.equal(arrays.get("mask").codes.buffer, arrays.get("image").codes.buffer);
});

test("a packet within a larger buffer is read", async () => {
  const packet = packetOf({ kind: "scan" }, { a: { codes: Uint16Array.of(1, 2, 65535), shape: [3] } });
  const around = new Uint8Array(packet.length + 7);
  around.set(packet, 5);
  const inside = around.subarray(5, 5 + packet.length);
  const arrays = await readArrays(inside, readHeader(inside, "scan"));
  assert.deepEqual([...arrays.get("a").codes], [1, 2, 65535]);
});

test("what is not a packet of these kinds is refused", async () => {
  const packet = packetOf({ kind: "scan" }, { a: { codes: Uint8Array.of(1), shape: [1] } });
  assert.throws(() => readHeader(new Uint8Array(100).fill(1), "scan"), /not a packet/);
  assert.throws(() => readHeader(packet.subarray(0, 5), "scan"), /not a packet/);
  assert.throws(() => readHeader(packet, "film", "map"), /of kind scan, not film, map/);
  assert.throws(() => readHeader(packet.subarray(0, 20), "scan"), SyntaxError);
  const cut = packet.subarray(0, packet.length - 6);
  await assert.rejects(readArrays(cut, readHeader(cut, "scan")));
});
