/** Points and 4 x 4 matrices. */

/** @typedef {number[]} Point three numbers */
/** @typedef {number[][]} Matrix 4 x 4, the last row 0 0 0 1 */

/**
 * A matrix times a point.
 * @param {Matrix} matrix
 * @param {Point} point
 * @returns {Point}
 */
export function times(matrix, [x, y, z]) {
  return matrix.slice(0, 3).map((row) => row[0] * x + row[1] * y + row[2] * z + row[3]);
}

/**
 * The point that a matrix takes to `point`, by Cramer's rule.
 * @param {Matrix} matrix
 * @param {Point} point
 * @returns {Point}
 */
export function undone(matrix, point) {
  const linear = matrix.slice(0, 3).map((row) => row.slice(0, 3));
  const wanted = point.map((value, i) => value - matrix[i][3]);
  const whole = determinant(linear);
  return [0, 1, 2].map((column) => {
    const swapped = linear.map((row, i) => row.map((value, j) => (j === column ? wanted[i] : value)));
    return determinant(swapped) / whole;
  });
}

/** @param {number[][]} m 3 x 3 */
function determinant(m) {
  return (
    m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) -
    m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
    m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])
  );
}
