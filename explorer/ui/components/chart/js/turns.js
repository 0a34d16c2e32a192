/** Charts are drawn one by one, the newest state of each, between paints: what moves under the finger goes first. */

const waiting = new Set();
let drawing = false;

/** @param {{draw: () => Promise<void>}} chart */
export async function inTurn(chart) {
  waiting.add(chart);
  if (drawing) return;
  drawing = true;
  for (const next of waiting) {
    await afterPaint();
    waiting.delete(next);
    await next.draw();
  }
  drawing = false;
}

function afterPaint() {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}
