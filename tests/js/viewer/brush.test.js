import assert from "node:assert/strict";
import test from "node:test";
import { Brush } from "../../../explorer/ui/components/viewer/js/model/brush.js";
import { CELLS, pathOfShape, shapeOf, textOfShape } from "../../../explorer/ui/components/viewer/js/model/shape.js";

/** Cells of a rectangle. */
function rectangle(top, left, height, width, but = () => true) {
  const cells = new Uint8Array(CELLS * CELLS);
  for (let row = top; row < top + height; row++) {
    for (let column = left; column < left + width; column++) cells[row * CELLS + column] = Number(but(row, column));
  }
  return cells;
}

test("a shape's text comes back as the shape", () => {
  const shapes = [
    rectangle(0, 0, 1, 1), rectangle(63, 63, 1, 1), rectangle(0, 0, 64, 64), rectangle(5, 7, 13, 11),
    rectangle(3, 9, 20, 17, (row, column) => (row * 5 + column * 3) % 4 !== 1 || row === 3),
  ];
  for (const cells of shapes) {
    const text = textOfShape(cells);
    assert.match(text, /^[\w-]+$/);
    assert.deepEqual(shapeOf(text), cells);
  }
  assert.equal(textOfShape(new Uint8Array(CELLS * CELLS)), "");
  assert.deepEqual(shapeOf(""), new Uint8Array(CELLS * CELLS));
});

test("the text begins with the shape's box, as the server reads it", () => {
  const cells = rectangle(5, 7, 2, 3, (row, column) => row === 5 || column === 8);
  const bytes = Buffer.from(textOfShape(cells), "base64url");
  assert.deepEqual([...bytes], [5, 7, 2, 3, 0b11101000]);
});

test("a shape is drawn as rectangles of the area that is painted", () => {
  const cells = rectangle(3, 9, 20, CELLS - 9, (row, column) => (row + column) % 3 !== 0);
  let area = 0;
  for (const [, wide, high] of pathOfShape(cells, 0.5, 2).matchAll(/h([\d.]+)v([\d.]+)h-/g)) area += wide * high;
  assert.equal(pathOfShape(rectangle(3, 9, 1, 2), 0.5, 2), "M4.5 6h1v2h-1z");
  assert.equal(area, cells.reduce((sum, value) => sum + value, 0));
});

/** How far a point is from a line, in widths of the image. */
function distanceTo([[x, y], [toX, toY]], [atX, atY], aspect) {
  const [dx, dy, ax, ay] = [toX - x, (toY - y) * aspect, atX - x, (atY - y) * aspect];
  const along = Math.min(Math.max((ax * dx + ay * dy) / (dx * dx + dy * dy), 0), 1);
  return Math.hypot(ax - along * dx, ay - along * dy);
}

for (const line of [[[0.3, 0.4], [0.7, 0.4]], [[0.9, 0.05], [0.2, 0.95]], [[0.5, 0.9], [0.5, 0.1]]]) {
  for (const [size, aspect] of [[0.2, 0.5], [0.08, 1.5]]) {
    test(`a stroke covers what is nearer than the brush's radius: ${line} ${size}`, () => {
      const brush = new Brush();
      brush.resize(size);
      brush.begin(line[0], aspect);
      brush.go(line[1], aspect);
      brush.cells.forEach((value, i) => {
        const centre = [((i % CELLS) + 0.5) / CELLS, (Math.floor(i / CELLS) + 0.5) / CELLS];
        const distance = distanceTo(line, centre, aspect);
        if (distance < 0.48 * size) assert.equal(value, 1);
        if (distance > size / 2 + 1e-9) assert.equal(value, 0);
      });
    });
  }
}

test("erasing takes away what painting would add", () => {
  const brush = new Brush();
  brush.paint([0.5, 0.5], [0.5, 0.5], 1);
  assert.ok(brush.wet && brush.cells.includes(1));
  brush.erase(true);
  brush.paint([0.5, 0.5], [0.5, 0.5], 1);
  assert.ok(!brush.cells.includes(1));
});

test("a stroke that is cancelled, or that changes nothing, leaves what was there", () => {
  const brush = new Brush();
  brush.begin([0.5, 0.5], 1);
  assert.equal(brush.end(true), true);
  assert.deepEqual([brush.cells.includes(1), brush.wet], [false, false]);
  brush.erase(true);
  brush.begin([0.5, 0.5], 1);
  assert.equal(brush.end(false), false);
  assert.equal(brush.wet, false);
  brush.erase(false);
  brush.begin([0.5, 0.5], 1);
  assert.equal(brush.end(false), true);
  assert.ok(brush.wet && brush.cells.includes(1));
});

test("what the server says is taken over, but for wet paint and during a stroke", () => {
  const brush = new Brush();
  const text = textOfShape(rectangle(5, 7, 13, 11));
  brush.begin([0.5, 0.5], 1);
  brush.load(text);
  assert.notDeepEqual(brush.cells, shapeOf(text));
  brush.end(false);
  brush.load(text);
  assert.notDeepEqual(brush.cells, shapeOf(text));
  const told = brush.tell();
  assert.deepEqual(shapeOf(told), brush.cells);
  brush.load(text);
  assert.deepEqual(brush.cells, shapeOf(text));
  const other = textOfShape(rectangle(1, 2, 3, 4));
  brush.load(other);
  assert.deepEqual([brush.cells, brush.wet], [shapeOf(other), false]);
  brush.clear();
  brush.load(text);
  assert.deepEqual([brush.cells, brush.tell()], [new Uint8Array(CELLS * CELLS), ""]);
});

test("the brush stays within its sizes, and its path follows the paint", () => {
  const brush = new Brush();
  for (const [wanted, size] of [[1, 0.4], [0, 0.03], [0.2, 0.2]]) {
    brush.resize(wanted);
    assert.equal(brush.size, size);
  }
  assert.equal(brush.path(28, 28), "");
  brush.paint([0.5, 0.5], [0.5, 0.5], 1);
  const path = brush.path(28, 28);
  assert.match(path, /^M/);
  assert.notEqual(brush.path(56, 28), path);
});
