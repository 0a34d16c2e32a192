/** Painting with the brush: by mouse, pen and finger, by key, and the controls that go with it. */

import { clamp } from "./plant.js";
import { mention } from "./status.js";

const KEY_REST_MS = 600;
const SIZES = [0.03, 0.4];

/** @param {import("./viewer.js").Viewer} viewer */
export function connectBrush(viewer) {
  const { parts, brush } = viewer;
  parts.brushSize.addEventListener("input", () => {
    brush.size = parts.brushSize.value / 100;
    viewer.changed("planting");
  });
  parts.erase.addEventListener("change", () => (brush.erasing = parts.erase.checked));
  parts.clear.addEventListener("click", () => clearPaint(viewer));
}

/** One gesture of the brush on the input; a cancelled one leaves what was there. */
export function paintWith(viewer, panel, stage, event) {
  const { brush } = viewer;
  const aspect = panel.height / panel.width;
  const at = panel.pointAt(event.clientX, event.clientY, viewer.zoom);
  if (stage === "down") {
    if (!mayPaint(viewer)) return;
    viewer.stroke = { before: brush.cells.slice(), wet: brush.wet, last: at };
    brush.stroke(at, at, aspect);
  } else if (viewer.stroke && stage === "move") {
    brush.stroke(viewer.stroke.last, at, aspect);
    viewer.stroke.last = at;
  } else if (viewer.stroke) {
    const { before, wet } = viewer.stroke;
    viewer.stroke = null;
    const same = before.every((value, i) => value === brush.cells[i]);
    if (stage === "cancel" || same) Object.assign(brush, { cells: before, wet, drawn: null });
    if (brush.wet) tellShape(viewer);
    if (stage === "up" && same) mention(viewer, "The brush changed nothing here: paint inside of the input.");
  }
  viewer.changed("planting");
}

/** A dab of the brush at a pixel, by key; the server is told when the keys rest. */
export function dabAt(viewer, { row, column }) {
  if (!viewer.shown || !mayPaint(viewer)) return;
  const { width, height } = viewer.shown;
  const at = [(column + 0.5) / width, (row + 0.5) / height];
  viewer.brush.stroke(at, at, height / width);
  clearTimeout(viewer.drying);
  viewer.drying = setTimeout(() => viewer.stroke || tellShape(viewer), KEY_REST_MS);
  viewer.changed("planting");
}

export function resizeBrush(viewer, more) {
  viewer.brush.size = clamp(viewer.brush.size + more, ...SIZES);
  viewer.parts.brushSize.value = String(Math.round(100 * viewer.brush.size));
  viewer.changed("planting");
}

export function clearPaint(viewer) {
  if (!viewer.settings?.plant.plants) return;
  viewer.brush.clear();
  tellShape(viewer);
  viewer.changed("planting");
}

function mayPaint(viewer) {
  if (viewer.settings?.plant.plants) return true;
  mention(viewer, "This kind of anomaly plants nothing: choose another kind.");
  return false;
}

function tellShape(viewer) {
  clearTimeout(viewer.drying);
  const painted = viewer.brush.tell();
  viewer.settings.plant.painted = painted;
  viewer.release({ painted, plant: null });
}
