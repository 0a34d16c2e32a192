/** The viewer: holds what a person chose, and paints it at most once a frame of the screen. */

import { Arrivals } from "./arrivals.js";
import { Brush } from "./brush.js";
import { Chart, curvesOf, drawHistogram, drawRoc, drawStrip } from "./charts.js";
import { lookupTables } from "./colour.js";
import { connect } from "./controls.js";
import { Panels, setText, short } from "./panels.js";
import { PixelCard } from "./pixel.js";
import { circle } from "./plant.js";
import { Server } from "./server.js";
import { Shown, nearestInRatio } from "./shown.js";
import { tell } from "./status.js";
import { describe, rate, writeControls } from "./texts.js";
import { wholeImage } from "./zoom.js";

const START_LEVEL = 500;

export class Viewer {
  /**
   * @param {ShadowRoot} root
   * @param {{tables: Object<string, string>, lines: Object<string, string>, notice: string}} constants colours of
   *   maps and lines, and what stands on every export
   * @param {(change: Object) => void} post
   */
  constructor(root, constants, post) {
    this.element = root.querySelector(".viewer");
    this.parts = Object.fromEntries(
      [...root.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part]),
    );
    /** @type {?Shown} */
    this.shown = null;
    this.arrivals = new Arrivals();
    this.settings = null;
    this.wanted = null;
    this.tool = "look";
    this.colours = "inferno";
    this.level = START_LEVEL;
    this.active = 0;
    this.zoom = wholeImage();
    this.windows = { grey: { centre: 0, width: 1 }, signed: { centre: 0, width: 1 }, score: { centre: 0, width: 1 } };
    this.cursor = null;
    this.pinned = null;
    this.planting = null;
    this.brush = new Brush();
    this.stroke = null;
    this.note = "";
    this.dirty = new Set();
    this.paints = 0;
    this.thresholds = [];
    this.tables = lookupTables(constants.tables);
    this.lines = constants.lines;
    this.notice = constants.notice;
    this.server = new Server(post, () => this.changed("status"));
    this.panels = new Panels(this.parts.panels);
    this.panels.onLayout = () => this.changed("status", "charts");
    this.card = new PixelCard(this.parts.pixelTitle, this.parts.pixel);
    this.roc = new Chart(this.parts.roc);
    this.histogram = new Chart(this.parts.histogram);
    this.strip = new Chart(this.parts.strip, { left: 14, right: 3, top: 3, bottom: 3 });
    connect(this);
  }

  /** What the page's controls say. */
  setSettings(settings) {
    const idle = this.server.hear(settings.heard);
    this.settings = settings;
    if (idle && !this.held) {
      this.beta = Number(settings.beta);
      this.scoringBeta = Number(settings.scoring);
      this.wanted = null;
    }
    if (idle && !this.stroke) this.brush.load(settings.plant.painted);
    this.changed("controls", "frame", "status");
  }

  /** A packet of frames; the last picture stays until a new view's first packet is read. */
  async receive(bytes) {
    try {
      const frames = await this.arrivals.take(bytes);
      if (!frames) return;
      const known = this.shown?.header;
      const same = known?.slice === frames.header.slice;
      if (same && known.complete && !frames.header.complete) return;
      this.show(frames);
    } catch (error) {
      this.broken = true;
      this.changed("status");
      throw error;
    }
  }

  show(frames) {
    const other = this.shown?.header.slice !== frames.header.slice;
    const grown = this.shown?.header.view === frames.header.view;
    this.broken = false;
    if (grown) this.shown.extend(frames);
    else this.shown = new Shown(frames);
    const { shown } = this;
    if (this.beta === undefined) this.beta = shown.beta;
    if (this.wanted !== null && shown.header.complete) {
      this.beta = this.wanted;
      this.wanted = null;
      if (!this.held) this.release({ beta: this.textOf(this.beta) });
    }
    if (other && this.cursor && (this.cursor.row >= shown.height || this.cursor.column >= shown.width)) this.letGo();
    this.active = Math.min(this.active, Math.max(shown.header.predictors.length - 1, 0));
    if (!grown) this.panels.show(shown);
    const stays = grown && shown.nearest(this.beta).place === shown.frame;
    this.changed("layers", "controls", "status", ...(stays ? ["charts"] : ["frame", "cursor", "zoom"]));
  }

  /** Ask for a paint at the browser's next frame. */
  changed(...what) {
    for (const part of what) this.dirty.add(part);
    this.request ??= requestAnimationFrame(() => {
      this.request = null;
      this.paint();
    });
  }

  paint() {
    const { dirty } = this;
    if (this.shown) {
      if (dirty.has("layers")) this.listMaps();
      if (dirty.has("frame")) this.paintFrame();
      if (dirty.has("zoom")) for (const panel of this.panels.all) panel.frame(this.zoom);
      if (dirty.has("frame") || dirty.has("cursor")) this.paintCursor();
      if (dirty.has("frame") || dirty.has("charts")) this.paintCharts();
      if (["planting", "frame", "cursor"].some((part) => dirty.has(part))) this.paintPlanting();
    }
    if (dirty.has("controls") || dirty.has("frame")) writeControls(this);
    if (dirty.has("status") || dirty.has("frame")) tell(this);
    dirty.clear();
    this.paints++;
  }

  /** Move to the frame of the chosen betas and paint every panel. */
  paintFrame() {
    const { shown } = this;
    const { place } = shown.nearest(this.beta ?? shown.beta);
    shown.move(place, this.scoringPlace());
    const level = this.levelShare;
    let map = 0;
    shown.layers.forEach((layer, i) => {
      const panel = this.panels.all[i];
      const [low, high] = this.range(layer);
      panel.paint(low, high, this.table(layer));
      if (layer.predictor) {
        const threshold = shown.threshold(layer.predictor, level);
        this.thresholds[map] = threshold;
        panel.mark(threshold, low, high);
        const elsewhere = shown.elsewhere(layer.predictor);
        panel.figure.classList.toggle("elsewhere", elsewhere);
        setText(panel.figureName, elsewhere ? `only for β ${short(layer.predictor.only_beta)} · AUROC ` : "AUROC ");
        setText(panel.figureText, rate(shown.figure(layer.predictor, "auroc")));
        panel.figure.classList.toggle("active", map === this.active);
        map++;
      } else {
        panel.mark(NaN, 0, 1);
        panel.figure.classList.remove("elsewhere");
        setText(panel.figureName, "");
        setText(panel.figureText, "");
      }
    });
    const layer = this.activeLayer;
    this.panels.all[0].paintFound(layer?.values ?? null, this.threshold, shown.foreground);
    if (layer) shown.sortScores(layer);
    describe(this);
  }

  /** Place on the scoring axis, or -1 where the frame's own weight is shown. */
  scoringPlace() {
    const axis = this.shown.header.scoring;
    if (!axis || this.settings?.linked !== false || this.scoringBeta === undefined) return -1;
    return nearestInRatio(axis.betas, this.scoringBeta).place;
  }

  get levelShare() {
    return 1 - 10 ** ((-4 * this.level) / 1000);
  }

  get activeLayer() {
    return this.shown?.layers[3 + this.active] ?? null;
  }

  get threshold() {
    return this.thresholds[this.active];
  }

  table(layer) {
    return this.tables[layer.kind === "score" ? this.colours : layer.kind];
  }

  /** Ends of a layer's colour bar: fixed or its own, then widened or moved by the window. */
  range(layer) {
    let { low, high } = layer;
    if (this.parts.own.checked) [low, high] = ownRange(layer, this.shown.foreground);
    const { centre, width } = this.windows[layer.kind];
    const span = high - low;
    const middle = low + span * (0.5 + (layer.kind === "signed" ? 0 : centre));
    return [middle - (span * width) / 2, middle + (span * width) / 2];
  }

  paintCharts() {
    const { dirty } = this;
    if (!this.ink || dirty.has("charts") || dirty.has("layers")) this.ink = getComputedStyle(this.element).color;
    const { ink } = this;
    const layer = this.activeLayer;
    if (layer) {
      const [low, high] = this.range(layer);
      drawRoc(this.roc, this.shown.scores, this.threshold, this.lines[layer.predictor.name], ink);
      drawHistogram(this.histogram, this.shown.scores, { low, high }, this.threshold, ink);
    }
    if (this.shown.header.betas.length > 1) {
      drawStrip(this.strip, this.curves, this.shown.header.betas, this.active, this.shown.beta, ink);
    } else this.strip.begin(ink);
  }

  paintCursor() {
    const at = this.pinned ?? this.cursor;
    this.panels.cross(at);
    if (at) this.card.show(this.shown, at, this.pinned !== null, this.thresholds);
    else this.card.clear();
  }

  /** The anomaly's circle with the tool Plant; with the brush its tip and what was painted. */
  paintPlanting() {
    const [panel] = this.panels.all;
    const { width, height } = panel;
    const brushing = this.tool === "brush" && this.settings?.plant.plants;
    const plant = this.planting ?? (this.tool === "plant" && this.settings?.plant);
    let ring = "";
    if (brushing && this.cursor) {
      ring = circle((this.cursor.column + 0.5) / width, (this.cursor.row + 0.5) / height, this.brush.size, width, height);
    } else if (plant && plant.x !== null && (this.planting || (plant.plants && !plant.painted))) {
      ring = circle(plant.x, plant.y, plant.size, width, height);
    }
    panel.paths.planting.setAttribute("d", ring);
    setPath(panel.paths.painted, brushing ? this.brush.path(width, height) : "");
  }

  get middle() {
    return { row: this.shown.height >> 1, column: this.shown.width >> 1 };
  }

  listMaps() {
    this.curves = curvesOf(this.shown.header.predictors, this.lines);
    const { active } = this.parts;
    const titles = this.shown.header.predictors.map(({ title }) => title);
    if ([...active.options].map((option) => option.text).join("\n") !== titles.join("\n")) {
      active.replaceChildren(...titles.map((title, i) => new Option(title, String(i))));
    }
    active.value = String(this.active);
    active.disabled = !titles.length;
  }

  /** Go to a place of the slider of training betas. */
  setBeta(place) {
    const { betas } = this.settings;
    const beta = Number(betas[Math.min(Math.max(place, 0), betas.length - 1)]);
    this.wanted = this.shown && !this.shown.nearest(beta).exact && !this.shown.header.complete ? beta : null;
    this.beta = beta;
    if (this.settings.linked) this.scoringBeta = beta;
    this.changed("frame");
  }

  setScoring(place) {
    const { scorings } = this.settings;
    this.scoringBeta = Number(scorings[Math.min(Math.max(place, 0), scorings.length - 1)]);
    this.changed("frame");
  }

  /** The page's own text of a beta. */
  textOf(beta, texts = this.settings.betas) {
    return texts[nearestInRatio(texts.map(Number), beta).place];
  }

  /** Tell the server what the finger left. */
  release(change) {
    this.server.send(change);
  }

  pin(pixel) {
    const same = pixel && this.pinned && pixel.row === this.pinned.row && pixel.column === this.pinned.column;
    this.pinned = same ? null : pixel;
    this.cursor = pixel;
    this.changed("cursor");
  }

  letGo() {
    this.pinned = this.cursor = this.planting = null;
    this.changed("cursor", "planting");
  }

  stop() {
    cancelAnimationFrame(this.request);
    clearTimeout(this.describing);
    clearTimeout(this.drying);
    this.server.stop();
    this.panels.stop();
  }
}

function ownRange({ values, kind }, foreground) {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    if (!foreground[i]) continue;
    if (values[i] < low) low = values[i];
    if (values[i] > high) high = values[i];
  }
  if (!(high > low)) return [low || 0, (low || 0) + 1e-6];
  const size = Math.max(-low, high);
  return kind === "signed" ? [-size, size] : [low, high];
}

function setPath(path, d) {
  if (path.getAttribute("d") !== d) path.setAttribute("d", d);
}
