/** The part of the image that all panels show. */

const DEEPEST = 16;

/** @returns {{scale: number, x: number, y: number}} the whole image: middle in fractions of it */
export function wholeImage() {
  return { scale: 1, x: 0.5, y: 0.5 };
}

/** Zoom by a factor so that the point (x, y) of the image stays where it is on the screen. */
export function zoomAt(zoom, factor, x, y) {
  const scale = Math.min(Math.max(zoom.scale * factor, 1), DEEPEST);
  const kept = zoom.scale / scale;
  zoom.x = x + (zoom.x - x) * kept;
  zoom.y = y + (zoom.y - y) * kept;
  zoom.scale = scale;
  keepInside(zoom);
}

/** Move by fractions of a panel. */
export function panBy(zoom, right, down) {
  zoom.x -= right / zoom.scale;
  zoom.y -= down / zoom.scale;
  keepInside(zoom);
}

/** Bring a pixel into view; the image does not move where it is already seen. */
export function reveal(zoom, x, y) {
  const half = 0.5 / zoom.scale;
  zoom.x = Math.min(Math.max(zoom.x, x - half), x + half);
  zoom.y = Math.min(Math.max(zoom.y, y - half), y + half);
  keepInside(zoom);
}

function keepInside(zoom) {
  const half = 0.5 / zoom.scale;
  zoom.x = Math.min(Math.max(zoom.x, half), 1 - half);
  zoom.y = Math.min(Math.max(zoom.y, half), 1 - half);
}
