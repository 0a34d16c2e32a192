/** What mouse, fingers, keyboard and controls do to the planes. */

import { panBy } from "../../viewer/js/zoom.js";
import { sliceAt } from "./findings.js";

const THROUGH = { axial: 2, coronal: 1, sagittal: 0 };
const STEP = 1.5;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * Make the planes answer.
 * @param {import("./planes.js").Planes} planes
 */
export function answer(planes) {
  const { element, parts } = planes;
  const tools = [...element.querySelectorAll("[data-tool]")];
  const choose = (tool) => {
    planes.tool = element.dataset.tool = tool;
    for (const button of tools) button.setAttribute("aria-checked", String(button.dataset.tool === tool));
  };
  for (const button of tools) button.addEventListener("click", () => choose(button.dataset.tool));
  choose("look");
  parts.convention.addEventListener("change", () => {
    planes.radiological = parts.convention.value === "radiological";
    planes.changed("cuts");
  });
  for (const box of [parts.map, parts.truth, parts.brain]) box.addEventListener("change", () => planes.changed("cuts"));
  parts.smooth.addEventListener("change", () => element.classList.toggle("smooth", parts.smooth.checked));
  const veil = () => element.style.setProperty("--overlay", String(parts.opacity.value / 100));
  parts.opacity.addEventListener("input", veil);
  veil();
  parts.zoomIn.addEventListener("click", () => planes.zoomBy(STEP));
  parts.zoomOut.addEventListener("click", () => planes.zoomBy(1 / STEP));
  parts.reset.addEventListener("click", () => planes.reset());
  parts.maps.addEventListener("click", () => planes.post({ slice: planes.slice, radiological: planes.radiological, number: Date.now() }));
  slideThreshold(planes);
  followProfile(planes);
  followPointers(planes);
  element.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !planes.scan) return;
    const action = keyed(planes, event) ?? {
      l: () => choose("look"),
      w: () => choose("window"),
      m: () => choose("move"),
      "+": () => planes.zoomBy(STEP),
      "-": () => planes.zoomBy(1 / STEP),
      0: () => planes.reset(),
    }[event.key];
    if (!action || event.target.matches("select")) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  });
}

function slideThreshold(planes) {
  const { threshold } = planes.parts;
  threshold.addEventListener("input", () => {
    const { bottom, top } = planes.shownScores;
    planes.held = true;
    planes.threshold = bottom + (Number(threshold.value) / 1000) * (top - bottom);
    planes.changed("cuts", "score");
  });
  threshold.addEventListener("change", () => {
    planes.held = false;
    planes.settings.threshold = planes.threshold;
    planes.post({ threshold: planes.threshold, number: Date.now() });
  });
}

function followProfile(planes) {
  const { profile } = planes.parts;
  const go = (event) => planes.shownScores && planes.goToSlice(sliceAt(planes, event.clientX));
  profile.addEventListener("pointerdown", (event) => {
    profile.setPointerCapture?.(event.pointerId);
    go(event);
  });
  profile.addEventListener("pointermove", (event) => event.buttons && go(event));
}

function followPointers(planes) {
  const { cuts } = planes.parts;
  const pictureOf = (event) => planes.pictures.find((picture) => picture.box.contains(event.target));
  /** @type {Map<number, PointerEvent>} the fingers on the picture of the gesture */
  const fingers = new Map();
  let gesture = null;
  cuts.addEventListener("pointerdown", (event) => {
    const picture = pictureOf(event);
    if (!picture || event.button > 0 || (gesture && gesture.picture !== picture)) return;
    picture.box.setPointerCapture?.(event.pointerId);
    fingers.set(event.pointerId, event);
    if (fingers.size > 1) return;
    gesture = { picture, tool: event.shiftKey ? "window" : planes.tool, x: event.clientX, y: event.clientY };
    if (gesture.tool === "look") look(planes, picture, event);
  });
  cuts.addEventListener("pointermove", (event) => {
    if (!gesture || !fingers.has(event.pointerId)) return;
    const before = [...fingers.values()];
    fingers.set(event.pointerId, event);
    if (fingers.size > 1) {
      pinch(planes, gesture.picture, before, [...fingers.values()]);
      return;
    }
    const [right, down] = [event.clientX - gesture.x, event.clientY - gesture.y];
    if (gesture.tool === "look") look(planes, gesture.picture, event);
    else if (gesture.tool === "move") move(planes, gesture.picture, right, down);
    else windowBy(planes, gesture.picture, right, down);
    [gesture.x, gesture.y] = [event.clientX, event.clientY];
  });
  for (const end of ["pointerup", "pointercancel"]) {
    cuts.addEventListener(end, () => {
      fingers.clear();
      gesture = null;
    });
  }
  cuts.addEventListener(
    "wheel",
    (event) => {
      const picture = pictureOf(event);
      const zooms = event.ctrlKey || event.metaKey;
      if (!picture || (!zooms && planes.element.getRootNode().activeElement !== picture.box)) return;
      event.preventDefault();
      if (zooms) {
        planes.zoomBy(1.002 ** -event.deltaY, picture, picture.shareAt(event.clientX, event.clientY));
        return;
      }
      through(planes, picture, event.deltaY < 0 ? 1 : -1);
    },
    { passive: false },
  );
}

function look(planes, picture, event) {
  planes.go(picture.cut.pick(...picture.pixelAt(event.clientX, event.clientY)));
}

function move(planes, picture, right, down) {
  panBy(picture.zoom, right / picture.box.clientWidth, down / picture.box.clientHeight);
  planes.changed("zoom");
}

/** Two fingers: zoom by how far they part, about the middle between them, which moves the picture. */
function pinch(planes, picture, before, after) {
  const [[width, ...from], [wider, ...to]] = [before, after].map(([one, other]) => [
    Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY),
    (one.clientX + other.clientX) / 2,
    (one.clientY + other.clientY) / 2,
  ]);
  planes.zoomBy(wider / Math.max(width, 1), picture, picture.shareAt(...from));
  move(planes, picture, to[0] - from[0], to[1] - from[1]);
}

/** Right: more contrast, down: darker; the width of a picture is a factor of four, its height half the window. */
function windowBy(planes, picture, right, down) {
  if (picture.key === "seen") return;
  const [black, white] = planes.window;
  const width = (white - black) * 4 ** (-right / picture.box.clientWidth);
  const centre = (black + white) / 2 + ((white - black) * down) / (2 * picture.box.clientHeight);
  planes.window = [centre - width / 2, centre + width / 2];
  planes.changed("cuts");
}

/** Go to the next slice of a picture. */
function through(planes, picture, step) {
  if (picture.key === "seen") {
    planes.goToSlice(planes.slice + step);
    return;
  }
  const at = planes.at.slice();
  at[THROUGH[picture.key]] += step;
  planes.go(at);
}

function keyed(planes, event) {
  const { key } = event;
  if (event.target === planes.parts.profile && key in ARROWS) return () => planes.goToSlice(planes.slice + (ARROWS[key][0] || -ARROWS[key][1]));
  const picture = planes.pictures.find((one) => one.box === event.target);
  if (!picture) return null;
  if (key === "PageUp" || key === "PageDown") return () => through(planes, picture, key === "PageUp" ? 1 : -1);
  if (!(key in ARROWS)) return null;
  const far = event.shiftKey ? 8 : 1;
  const [column, row] = picture.cut.cross;
  const place = (value, size) => Math.min(Math.max(value, 0), size - 1);
  return () => planes.go(picture.cut.pick(
    place(column + far * ARROWS[key][0], picture.width),
    place(row + far * ARROWS[key][1], picture.height),
  ));
}
