import assert from "node:assert/strict";
import test from "node:test";
import { nearestVoxel, planesOf, scanCut, seenCut } from "../../../explorer/ui/components/planes/js/model/cuts.js";
import { times, undone } from "../../../explorer/ui/components/planes/js/model/matrix.js";
import { SHAPE, TO_MODEL, headerOf, scanOf, valueOf } from "./scene.js";

const AT = [1, 3, 2];
const close = (found, wanted) => found.forEach((value, i) => assert.ok(Math.abs(value - wanted[i]) < 1e-9, `${found}`));

/** What a picture shows at a pixel: read from the array as painting does. */
const shownAt = ({ codes }, cut, column, row) => codes[cut.base + column * cut.right + row * cut.down];

for (const plane of ["axial", "coronal", "sagittal"]) {
  for (const radiological of [true, false]) {
    test(`${plane}, ${radiological ? "radiological" : "neurological"}: every pixel shows its voxel`, () => {
      const { header, image } = scanOf();
      const cut = scanCut(header, plane, AT, radiological);
      for (let row = 0; row < cut.height; row++) {
        for (let column = 0; column < cut.width; column++) {
          const voxel = cut.pick(column, row);
          assert.equal(shownAt(image, cut, column, row), valueOf(voxel));
          const [origin, right, down] = cut.model;
          const place = origin.map((value, axis) => value + column * right[axis] + row * down[axis]);
          close(place, times(TO_MODEL, voxel));
        }
      }
      assert.deepEqual(cut.pick(...cut.cross), AT);
    });
  }
}

test("left and right are where the letters say, and up is up", () => {
  const header = headerOf();
  const sides = (radiological) => planesOf(header).map((plane) =>
    Object.values(scanCut(header, plane, AT, radiological).sides).join(" "));
  assert.deepEqual(sides(true), ["R L A P", "R L S I", "A P S I"]);
  assert.deepEqual(sides(false), ["L R A P", "L R S I", "A P S I"]);
  // By radiological convention the right of the person, voxels of high x, is on the left of the picture.
  assert.equal(scanCut(header, "axial", AT, true).pick(0, 0)[0], SHAPE[0] - 1);
  assert.equal(scanCut(header, "axial", AT, false).pick(0, 0)[1], SHAPE[1] - 1);
  assert.equal(scanCut(header, "coronal", AT, true).pick(0, 0)[2], SHAPE[2] - 1);
  assert.equal(Object.values(scanCut(headerOf({ oriented: false }), "axial", AT, true).sides).join(" "), "R? L? A? P?");
});

test("a picture has one plane, which is not turned, and no letters", () => {
  const header = headerOf({ picture: true, spacing: null, pixel_mm: null });
  assert.deepEqual(planesOf(header), ["axial"]);
  const cut = scanCut(header, "axial", AT, true);
  assert.deepEqual([cut.pick(0, 0)[0], cut.sides.left, cut.mm, cut.place], [0, "", null, ""]);
});

for (const radiological of [true, false]) {
  test(`what the network sees is turned as the planes are (${radiological})`, () => {
    const { header, seen } = scanOf();
    const cut = seenCut(header, seen.shape, AT, radiological);
    assert.equal(Object.values(cut.sides).join(" "), radiological ? "R L A P" : "L R A P");
    for (let row = 0; row < cut.height; row++) {
      for (let column = 0; column < cut.width; column++) {
        const [origin, right, down] = cut.model;
        const [slice, y, x] = origin.map((value, axis) => value + column * right[axis] + row * down[axis]);
        assert.equal(shownAt(seen, cut, column, row), 100 * slice + 10 * y + x);
        assert.deepEqual(cut.pick(column, row), nearestVoxel(header, [2, y, x]));
      }
    }
    assert.equal(cut.place, "slice 2");
  });
}

test("a plane bears the number that its voxels have in the file, in what the network sees as well", () => {
  const place = (more) => planesOf(headerOf()).map((plane) => scanCut(headerOf(more), plane, AT, true).place);
  assert.deepEqual(place({}), ["slice 2", "slice 3", "slice 1"]);
  // Stored as up, right, back to front, the first axis from above; every second voxel is shown.
  const toScan = [[0, 0, -2, 4], [2, 0, 0, 0], [0, 2, 0, 0], [0, 0, 0, 1]];
  assert.deepEqual(place({ to_scan: toScan, every: 2 }), ["slice 0", "slice 6", "slice 2"]);
  const header = headerOf({ to_scan: toScan });
  assert.equal(seenCut(header, scanOf().seen.shape, AT, true).place, "slice 0");
});

test("a matrix is undone", () => {
  const matrix = [[1, 2, 0.5, 7], [-1, 3, 1, -2], [0.3, 0, 2, 1], [0, 0, 0, 1]];
  close(undone(matrix, times(matrix, [3, -4, 5])), [3, -4, 5]);
});

test("the nearest voxel is kept inside of the scan", () => {
  const header = headerOf();
  assert.deepEqual(nearestVoxel(header, times(TO_MODEL, [2, 1, 1])), [2, 1, 1]);
  assert.deepEqual(nearestVoxel(header, [99, -99, 0.6]), [1, 4, 2]);
});
