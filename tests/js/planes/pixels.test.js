import assert from "node:assert/strict";
import test from "node:test";
import { Ramp } from "../../../explorer/ui/components/base/js/colour.js";
import { scanCut } from "../../../explorer/ui/components/planes/js/model/cuts.js";
import {
  foregroundOf, maskOf, writeGrey, writeScores,
} from "../../../explorer/ui/components/planes/js/painting/pixels.js";
import { scanOf, scoresOf, valueOf, volumeOf } from "./scene.js";

const TABLE = Uint32Array.from({ length: 256 }, (_, i) => i + 1);
const { header, image, foreground } = scanOf();
const cut = scanCut(header, "axial", [1, 3, 2], true);
const upright = scanCut(header, "coronal", [1, 3, 2], true);
const each = (visit) =>
  Array.from({ length: cut.width * cut.height }, (_, i) => visit(i % cut.width, Math.floor(i / cut.width)));
const place = (column, row, { model: [origin, right, down] } = cut) => {
  return origin.map((value, axis) => value + column * right[axis] + row * down[axis]);
};

test("grey values are those of the voxels", () => {
  const pixels = new Uint32Array(cut.width * cut.height);
  const ramp = new Ramp(TABLE, 0, 256);
  writeGrey(cut, image, ramp, pixels);
  assert.deepEqual([...pixels], each((column, row) => ramp.at(valueOf(cut.pick(column, row)))));
});

test("scores are seen where they reach the threshold and the foreground is", () => {
  const scores = scoresOf();
  const pixels = new Uint32Array(cut.width * cut.height).fill(7);
  const ramp = new Ramp(TABLE, 0, 500);
  writeScores(cut, scores, foreground, 410, ramp, pixels);
  const wanted = each((column, row) => {
    const at = place(column, row);
    return Math.round(at[2]) > 0 && scores.at(...at) >= 410 ? ramp.at(scores.at(...at)) : 0;
  });
  assert.deepEqual([...pixels], wanted);
  assert.ok(wanted.includes(0) && new Set(wanted).size > 2);
  writeScores(upright, scores, foreground, -9, ramp, pixels);
  for (let row = 0; row < upright.height; row++) {
    for (let column = 0; column < upright.width; column++) {
      const at = place(column, row, upright);
      const seen = Math.round(at[2]) > 0 && scores.at(...at) >= -9;
      assert.equal(pixels[row * upright.width + column], seen ? ramp.at(scores.at(...at)) : 0);
    }
  }
  writeScores(cut, null, foreground, 410, ramp, pixels);
  assert.ok(pixels.every((pixel) => pixel === 0));
});

test("masks are cut as pictures are", () => {
  const mask = volumeOf([3, 5, 4], (z, y, x) => Number(x === 3 && y > 2));
  assert.deepEqual([...maskOf(cut, mask)], each((column, row) => {
    const [x, y] = cut.pick(column, row);
    return Number(x === 3 && y > 2);
  }));
  const inside = each((column, row) => Number(Math.round(place(column, row)[2]) > 0));
  assert.deepEqual([...foregroundOf(cut, foreground)], inside);
});
