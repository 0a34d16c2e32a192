import assert from "node:assert/strict";
import test from "node:test";
import { GAP, columnsFor, columnsWithin } from "../../../explorer/ui/components/viewer/js/painting/columns.js";

const widthOf = (count, room) => (room + GAP) / columnsFor(count, room) - GAP;

test("no number of maps makes pictures smaller than is readable", () => {
  for (let count = 2; count < 20; count++) {
    for (let room = 270; room < 2600; room += 7) {
      assert.ok(widthOf(count, room) >= (room < 600 ? 130 : 190), `${count} panels in ${room} pixels`);
    }
  }
  assert.ok(widthOf(7, 1034) > 240);
});

test("rows are alike: at most one panel short for each", () => {
  for (let count = 2; count < 20; count++) {
    for (const room of [320, 430, 760, 1034, 1600]) {
      const columns = columnsFor(count, room);
      const rows = Math.ceil(count / columns);
      assert.ok(rows * columns - count < rows);
    }
  }
});

test("a full screen takes as many columns as it needs to show all", () => {
  const square = (columns) => 1800 / columns + 60;
  assert.equal(columnsWithin(10, 5, square, 900), 5);
  assert.equal(columnsWithin(10, 5, square, 500), 10);
  assert.equal(columnsWithin(3, 3, square, 10), 3);
});
