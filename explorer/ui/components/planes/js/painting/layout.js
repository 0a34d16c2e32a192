/** How large pictures are: one scale for all, so that a cm is a cm in each; in one row where there is room. */

const GAP_PX = 10;
const TALLEST_PX = 430;
const WIDE_PX = 900;

/**
 * Screen pixels to a mm, picture by picture.
 * @param {[number, number][]} sizes of the pictures, mm, or pixels that have no size
 * @param {number} wide room, screen pixels
 * @param {boolean} separate each is as large as there is room, since pixels have no size
 */
export function scalesOf(sizes, wide, separate) {
  if (separate) return sizes.map(([width, height]) => Math.min(TALLEST_PX / height, (wide - GAP_PX) / 2 / width));
  const count = wide > WIDE_PX ? sizes.length : Math.min(2, sizes.length);
  const widest = rowsOf(sizes, count).map((row) => {
    const width = row.reduce((sum, [one]) => sum + one, 0);
    return (wide - 1 - GAP_PX * (row.length - 1)) / width;
  });
  const tallest = Math.max(...sizes.map(([, height]) => height));
  return sizes.map(() => Math.min(...widest, TALLEST_PX / tallest));
}

/**
 * @template T
 * @param {T[]} all
 * @param {number} count in a row
 * @returns {T[][]}
 */
function rowsOf(all, count) {
  return Array.from({ length: Math.ceil(all.length / count) }, (_, i) => all.slice(i * count, (i + 1) * count));
}
