/** Charts are drawn one by one, the newest state of each, between paints: what moves under the finger goes first. */

/** @typedef {{draw: () => Promise<void>}} Drawn */

/** @type {Set<Drawn>} */
const waiting = new Set();
let drawing = false;

/** @param {Drawn} chart */
export async function inTurn(chart) {
  waiting.add(chart);
  if (drawing) return;
  drawing = true;
  for (const next of waiting) {
    await afterPaint();
    waiting.delete(next);
    await next.draw().catch(reportError); // the others are drawn all the same
  }
  drawing = false;
}

/** @returns {Promise<void>} */
function afterPaint() {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}
