/** What the controls, the pointer and the keyboard do to the viewer. */

import { drawGrid, figureRows, save, toCsv } from "./export.js";
import { listenToKeys } from "./keys.js";
import { short } from "./panels.js";
import { clearPaint, connectBrush, dabAt, paintWith, resizeBrush } from "./painting.js";
import { Planting, clamp } from "./plant.js";
import { listenToPointers } from "./pointer.js";
import { Shown } from "./shown.js";
import { mention } from "./status.js";
import { panBy, reveal, wholeImage, zoomAt } from "./zoom.js";

const MAPS = ["inferno", "magma", "cividis", "grey"];
const KEY_PAUSE_MS = 400;

/**
 * Make the viewer answer.
 * @param {import("./viewer.js").Viewer} viewer
 */
export function connect(viewer) {
  const actions = actionsOf(viewer);
  connectBetas(viewer);
  connectScores(viewer, actions);
  connectTools(viewer, actions);
  connectBrush(viewer);
  connectPictures(viewer);
  listenToKeys(viewer.element, actions);
  actions.tool("look");
}

function connectBetas(viewer) {
  const { parts } = viewer;
  slide(viewer, parts.beta, (place) => viewer.setBeta(place), () => sendBeta(viewer));
  slide(viewer, parts.scoring, (place) => viewer.setScoring(place), () =>
    viewer.release({ scoring: viewer.textOf(viewer.scoringBeta, viewer.settings.scorings) }));
  parts.linked.addEventListener("change", () => viewer.release({ linked: parts.linked.checked }));
}

function sendBeta(viewer) {
  if (viewer.wanted === null) viewer.release({ beta: viewer.textOf(viewer.beta) });
}

/** A slider that moves at once and tells the server when it is let go; keys are gathered for a moment. */
function slide(viewer, input, move, done) {
  let timer;
  let pressed = false;
  const hold = (event) => {
    pressed = event.type === "pointerdown";
    viewer.held = true;
    clearTimeout(timer);
  };
  input.addEventListener("pointerdown", hold);
  input.addEventListener("keydown", hold);
  input.addEventListener("input", () => move(Number(input.value)));
  input.addEventListener("change", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      viewer.held = false;
      done();
    }, pressed ? 0 : KEY_PAUSE_MS);
  });
  for (const event of ["pointerup", "pointercancel", "blur"]) {
    input.addEventListener(event, () => setTimeout(() => (viewer.held = false), KEY_PAUSE_MS));
  }
}

function connectScores(viewer, actions) {
  const { parts } = viewer;
  parts.level.addEventListener("input", () => actions.setLevel(Number(parts.level.value)));
  parts.active.addEventListener("change", () => actions.setMap(Number(parts.active.value)));
  const veil = () => viewer.element.style.setProperty("--overlay", String(parts.opacity.value / 100));
  parts.opacity.addEventListener("input", veil);
  veil();
  const follow = (event) => {
    if (event.type === "pointermove" && !event.buttons) return;
    const layer = viewer.activeLayer;
    if (!layer) return;
    const box = parts.roc.getBoundingClientRect();
    const share = clamp((event.clientX - box.left - viewer.roc.left) / viewer.roc.width, 0, 1);
    const score = viewer.shown.scores.thresholdAt(share);
    actions.setLevel(levelOf(viewer.shown.percentile(layer.predictor, score)));
  };
  parts.roc.addEventListener("pointerdown", follow);
  parts.roc.addEventListener("pointermove", follow);
  parts.roc.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: 10, ArrowDown: 10, ArrowRight: -10, ArrowUp: -10 }[event.key];
    if (!step) return;
    event.preventDefault();
    actions.level(step);
  });
}

/** The slider's place for a fraction of healthy pixels. */
function levelOf(share) {
  return clamp((-1000 * Math.log10(Math.max(1 - share, 1e-4))) / 4, 0, 1000);
}

function connectTools(viewer, actions) {
  const { parts, element } = viewer;
  for (const button of element.querySelectorAll("[data-tool]")) {
    button.addEventListener("click", () => actions.tool(button.dataset.tool));
  }
  parts.map.replaceChildren(...MAPS.map((name) => new Option(name, name)));
  parts.map.value = viewer.colours;
  parts.map.addEventListener("change", () => {
    viewer.colours = parts.map.value;
    viewer.changed("frame");
  });
  parts.smooth.addEventListener("change", () => element.classList.toggle("smooth", parts.smooth.checked));
  const truth = () => element.classList.toggle("truth-shown", parts.truth.checked);
  parts.truth.addEventListener("change", truth);
  truth();
  parts.own.addEventListener("change", () => {
    parts.ownWarning.hidden = !parts.own.checked;
    viewer.changed("frame");
  });
  parts.reset.addEventListener("click", actions.reset);
  parts.full.addEventListener("click", actions.fullScreen);
  parts.help.addEventListener("click", actions.help);
  parts.png.addEventListener("click", () => savePicture(viewer));
  parts.csv.addEventListener("click", () => saveFigures(viewer));
}

function connectPictures(viewer) {
  const { panels } = viewer;
  listenToPointers(panels, {
    tool: () => viewer.tool,
    hover(panel, event) {
      const at = panel.pixelAt(event.clientX, event.clientY, viewer.zoom);
      if (viewer.pinned || same(at, viewer.cursor)) return;
      viewer.cursor = at;
      viewer.changed("cursor");
    },
    leave() {
      if (viewer.pinned || !viewer.cursor) return;
      viewer.cursor = null;
      viewer.changed("cursor");
    },
    pin: (panel, event) => viewer.pin(panel.pixelAt(event.clientX, event.clientY, viewer.zoom)),
    pan(right, down) {
      panBy(viewer.zoom, right, down);
      viewer.changed("zoom");
    },
    zoom(panel, factor, clientX, clientY) {
      zoomAt(viewer.zoom, factor, ...panel.pointAt(clientX, clientY, viewer.zoom));
      viewer.changed("zoom");
    },
    window: (panel, right, down) => setWindow(viewer, panel, right, down),
    plant: (panel, stage, event) => plant(viewer, panel, stage, event),
    brush: (panel, stage, event) => paintWith(viewer, panel, stage, event),
  });
}

/** Contrast to the right and brightness upwards, in fractions of a panel, for all panels of its kind. */
function setWindow(viewer, panel, right, down) {
  const view = viewer.windows[panel.layer.kind];
  view.width = clamp(view.width * Math.exp(-2 * right), 0.02, 20);
  view.centre = clamp(view.centre + down * view.width, -2, 2);
  viewer.changed("frame");
}

/** One gesture of planting by hand. */
function plant(viewer, panel, stage, event) {
  const { settings, zoom } = viewer;
  const [x, y] = panel.pointAt(event.clientX, event.clientY, zoom);
  if (stage === "down") {
    if (!settings?.plant.plants) {
      mention(viewer, "This kind of anomaly plants nothing: choose another kind.");
      return;
    }
    viewer.planting = new Planting(settings.plant, x, y, panel.height / panel.width);
  } else if (viewer.planting && stage === "move") viewer.planting.move(x, y);
  else if (viewer.planting) {
    const planting = viewer.planting;
    viewer.planting = null;
    if (stage === "up" && planting.outside) {
      mention(viewer, "The anomaly was dragged out of the image: it stays where it was.");
    } else if (stage === "up") tellPlace(viewer, planting.change());
  }
  viewer.changed("planting");
}

/** Show the circle at its new place and tell the server; it takes the place of a painted shape. */
function tellPlace(viewer, change) {
  Object.assign(viewer.settings.plant, change, { painted: "" });
  viewer.brush.load("");
  viewer.release({ plant: change, painted: "" });
  viewer.changed("planting");
}

function actionsOf(viewer) {
  const { parts, element } = viewer;
  const toggle = (part) => () => {
    part.checked = !part.checked;
    part.dispatchEvent(new Event("change"));
  };
  let beta;
  let place;
  const later = (timer, work) => {
    clearTimeout(timer);
    return setTimeout(work, KEY_PAUSE_MS);
  };
  const movePlant = (right, down, more) => {
    const { plant } = viewer.settings;
    if (!plant.plants) return;
    plant.x = clamp((plant.x ?? 0.5) + right, 0, 1);
    plant.y = clamp((plant.y ?? 0.5) + down, 0, 1);
    plant.size = clamp(plant.size + more, ...plant.sizes);
    viewer.changed("planting");
    place = later(place, () => tellPlace(viewer, new Planting(plant, plant.x, plant.y, 1).change()));
  };
  const actions = {
    setLevel(level) {
      viewer.level = level;
      viewer.changed("frame");
    },
    level: (step) => actions.setLevel(clamp(viewer.level + step, 0, 1000)),
    setMap(number) {
      viewer.active = number;
      viewer.changed("layers", "frame");
    },
    nextMap: () => viewer.shown && actions.setMap((viewer.active + 1) % Math.max(viewer.shown.header.predictors.length, 1)),
    beta(step) {
      if (!viewer.settings || viewer.settings.betas.length < 2) return;
      viewer.held = true;
      viewer.setBeta(Number(parts.beta.value) + step);
      beta = later(beta, () => {
        viewer.held = false;
        sendBeta(viewer);
      });
    },
    zoom(factor) {
      const at = viewer.pinned ?? viewer.cursor;
      const [x, y] = at
        ? [(at.column + 0.5) / viewer.shown.width, (at.row + 0.5) / viewer.shown.height]
        : [viewer.zoom.x, viewer.zoom.y];
      zoomAt(viewer.zoom, factor, x, y);
      viewer.changed("zoom");
    },
    reset() {
      viewer.zoom = wholeImage();
      for (const view of Object.values(viewer.windows)) Object.assign(view, { centre: 0, width: 1 });
      viewer.letGo();
      viewer.changed("zoom", "frame");
    },
    truth: toggle(parts.truth),
    smooth: toggle(parts.smooth),
    colours() {
      parts.map.value = MAPS[(MAPS.indexOf(viewer.colours) + 1) % MAPS.length];
      parts.map.dispatchEvent(new Event("change"));
    },
    fullScreen() {
      if (element.getRootNode().fullscreenElement) document.exitFullscreen();
      else element.requestFullscreen?.().catch(() => mention(viewer, "This browser allows no full screen here."));
    },
    help() {
      parts.keys.hidden = !parts.keys.hidden;
      parts.help.setAttribute("aria-expanded", String(!parts.keys.hidden));
    },
    tool(name) {
      viewer.tool = name;
      element.dataset.tool = name;
      parts.brushBox.hidden = name !== "brush";
      for (const button of element.querySelectorAll("[data-tool]")) {
        button.setAttribute("aria-checked", String(button.dataset.tool === name));
      }
      viewer.changed("planting");
    },
    step(down, right) {
      if (!viewer.shown) return;
      const { width, height } = viewer.shown;
      if (viewer.tool === "plant") return movePlant(right / 100, down / 100, 0);
      if (viewer.tool === "window") return setWindow(viewer, viewer.panels.focused, right / 40, down / 40);
      const from = viewer.pinned ?? viewer.cursor ?? viewer.middle;
      const at = { row: clamp(from.row + down, 0, height - 1), column: clamp(from.column + right, 0, width - 1) };
      if (viewer.pinned) viewer.pinned = at;
      viewer.cursor = at;
      reveal(viewer.zoom, (at.column + 0.5) / width, (at.row + 0.5) / height);
      viewer.changed("cursor", "zoom");
    },
    grow(more) {
      if (viewer.tool === "plant") movePlant(0, 0, more);
      else if (viewer.tool === "brush") resizeBrush(viewer, more);
    },
    pin() {
      if (viewer.tool === "brush") dabAt(viewer, viewer.cursor ?? viewer.middle);
      else if (viewer.cursor) viewer.pin(viewer.cursor);
    },
    erase: () => viewer.tool === "brush" && toggle(parts.erase)(),
    clear: () => viewer.tool === "brush" && clearPaint(viewer),
    letGo: () => viewer.letGo(),
  };
  return actions;
}

function same(one, other) {
  return one === other || (one && other && one.row === other.row && one.column === other.column);
}

function savePicture(viewer) {
  const { shown, panels, parts } = viewer;
  if (!shown) return;
  const layer = viewer.activeLayer;
  const threshold = layer
    ? `; ${layer.title} at ${short(viewer.threshold)}: Dice ${parts.dice.textContent}, sensitivity ` +
      `${parts.sensitivity.textContent}, false-positive rate ${parts.falsePositive.textContent}`
    : "";
  const lines = [
    `${shown.header.name}; training β ${short(shown.beta)}, scoring β ${short(shown.scoringBeta)}${threshold}`,
  ];
  if (parts.own.checked) lines.push("Range per image: not for comparing images");
  const bars = panels.all.map((panel) => {
    const [low, high] = viewer.range(panel.layer);
    const map = shown.layers.indexOf(panel.layer) - 3;
    return { low, high, table: viewer.table(panel.layer), mark: map < 0 ? NaN : viewer.thresholds[map], text: `${panel.figureName.textContent}${panel.figureText.textContent}` };
  });
  const options = { lines, bars, truth: parts.truth.checked, overlay: parts.opacity.value / 100, smooth: parts.smooth.checked, notice: viewer.notice };
  drawGrid(panels.all, options, viewer.zoom).toBlob((blob) => save(blob, "panels.png"));
}

function saveFigures(viewer) {
  if (!viewer.shown) return;
  const side = new Shown(viewer.shown.frames);
  const rates = (predictor, frame, level) => {
    side.move(frame);
    const layer = side.layers.find((found) => found.predictor === predictor);
    side.sortScores(layer);
    const threshold = side.threshold(predictor, level);
    return [threshold, side.scores.dice(threshold), side.scores.sensitivity(threshold), side.scores.falsePositiveRate(threshold)];
  };
  save(new Blob([toCsv(figureRows(viewer.shown, viewer.levelShare, rates, viewer.notice))], { type: "text/csv" }), "figures.csv");
}
