/** How large pictures are: those of a row are equally high and fill it; a bar in each says how long a cm is there. */

const GAP_PX = 10;
const TALLEST_PX = 430;
const WIDE_PX = 900;

/**
 * Screen pixels to a mm, picture by picture; true proportions in each.
 * @param {[number, number][]} sizes of the pictures, mm, or pixels that have no size
 * @param {number} wide room, screen pixels
 */
export function scalesOf(sizes, wide) {
  const count = wide > WIDE_PX ? sizes.length : Math.min(2, sizes.length);
  return rowsOf(sizes, count).flatMap((row) => {
    const proportions = row.reduce((sum, [width, height]) => sum + width / height, 0);
    const tall = Math.min(TALLEST_PX, (wide - 1 - GAP_PX * (row.length - 1)) / proportions);
    return row.map(([, height]) => tall / height);
  });
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
