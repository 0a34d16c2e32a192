/** How many panels stand in a row. */

/** Widths of a panel, pixels, below which a row holds fewer: on a narrow page and on a wide one. */
const [NARROW, WIDE] = [130, 190];
const WIDE_PAGE = 600;
/** Space between panels, pixels. */
export const GAP = 10;

/**
 * As many columns as give rows that are alike and pictures of a readable size.
 * @param {number} count of panels
 * @param {number} room for a row, pixels
 */
export function columnsFor(count, room) {
  const least = room < WIDE_PAGE ? NARROW : WIDE;
  const most = Math.max(2, Math.floor((room + GAP) / (least + GAP)));
  return Math.ceil(count / Math.ceil(count / most));
}

/**
 * As many columns as let all panels be seen at once, where that can be: from those on, one more at a time.
 * @param {number} count of panels
 * @param {number} columns to begin with
 * @param {(columns: number) => number} heightOf a row of so many, pixels
 * @param {number} room for all rows, pixels
 */
export function columnsWithin(count, columns, heightOf, room) {
  let found = columns;
  while (found < count && Math.ceil(count / found) * heightOf(found) > room) found++;
  return Math.ceil(count / Math.ceil(count / found));
}
