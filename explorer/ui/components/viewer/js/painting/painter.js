/** Paints the model: panels, charts, card, controls and status, each where it has changed. */

import { Chart } from "../../../base/js/chart.js";
import { lookupTables } from "../../../base/js/colour.js";
import { found, part } from "../../../base/js/dom.js";
import { short, rate } from "../../../base/js/text.js";
import { centreOf } from "../model/crosshair.js";
import { PixelCard } from "./card.js";
import { Controls } from "./controls.js";
import { Described } from "./described.js";
import { drawGrid } from "./grid.js";
import { drawHistogram } from "./histogram.js";
import { Panels } from "./panels.js";
import { drawRoc } from "./roc.js";
import { Status } from "./status.js";
import { curvesOf, drawStrip } from "./strip.js";

/** @typedef {import("../model/model.js").Model} Model */
/** @typedef {import("../model/shown.js").Shown} Shown */
/** @typedef {import("../model/shown.js").Layer} Layer */
/**
 * @typedef {Object} Constants what the server says once, before the first frame
 * @property {Object<string, string>} tables colours of maps
 * @property {Object<string, string>} lines colours of predictors' lines
 * @property {string} notice stands on every export
 * @property {import("../../../base/js/page/streamlit.js").Names} [streamlit] where Streamlit shows how it is
 */

export class Painter {
  /**
   * @param {ShadowRoot} root
   * @param {Constants} constants colours of maps and lines, and what stands on every export
   * @param {(...what: string[]) => void} changed what has to be painted anew
   */
  constructor(root, { tables, lines, notice }, changed) {
    this.element = found(root, ".viewer", HTMLElement);
    this.tables = lookupTables(tables);
    this.lines = lines;
    this.notice = notice;
    this.panels = new Panels(part(root, "panels", HTMLElement), () => changed("status", "charts"));
    this.controls = new Controls(root);
    this.described = new Described(root, this.panels);
    this.status = new Status(root, () => changed("status"));
    this.card = new PixelCard(root);
    this.roc = new Chart(part(root, "roc", HTMLCanvasElement));
    this.histogram = new Chart(part(root, "histogram", HTMLCanvasElement));
    this.strip = new Chart(part(root, "strip", HTMLCanvasElement), { left: 14, right: 3, top: 3, bottom: 3 });
    /** @type {?Shown["layers"]} that there are panels for */
    this.layers = null;
    /** @type {import("./strip.js").Curves} */
    this.curves = { lines: [], lowest: 0 };
    /** Colour of texts. */
    this.ink = "";
  }

  /**
   * @param {Model} model
   * @param {Set<string>} dirty what has changed, see `model.js`
   * @param {{connected: boolean, running: boolean, silent: boolean}} around
   */
  paint(model, dirty, around) {
    const is = (/** @type {string[]} */ ...what) => what.some((one) => dirty.has(one));
    const { shown } = model;
    if (shown) {
      if (is("layers")) this.paintLayers(model, shown);
      if (is("frame")) this.paintFrame(model, shown);
      if (is("zoom", "sides", "layers")) this.paintPlaces(model);
      if (is("frame", "cursor")) this.paintCursor(model, shown);
      if (is("frame", "charts", "layers")) this.paintCharts(model, shown, is("charts", "layers"));
      if (is("frame", "cursor", "planting")) this.paintPlanting(model, shown);
    }
    if (is("controls")) this.controls.paintView(model);
    if (is("frame", "controls")) this.controls.paintNumbers(model);
    if (is("frame", "status")) this.status.paint(model, { ...around, roomy: this.panels.roomy });
  }

  /**
   * @param {Model} model
   * @param {Shown} shown
   */
  paintLayers(model, shown) {
    if (this.layers !== shown.layers) this.panels.show(shown);
    this.layers = shown.layers;
    this.curves = curvesOf(shown.header.predictors, this.lines);
    this.controls.listMaps(model);
  }

  /**
   * @param {Model} model
   * @param {Shown} shown
   */
  paintFrame(model, shown) {
    const { activeLayer, threshold, thresholds, maps } = model;
    shown.layers.forEach((layer, i) => {
      const panel = this.panels.all[i];
      const range = model.range(layer);
      const { predictor } = layer;
      const elsewhere = predictor !== null && shown.elsewhere(predictor);
      panel.paint(range, this.tableOf(model, layer), model.view.on.own ? "" : shown.barHolds(layer));
      panel.mark(predictor ? thresholds[maps.indexOf(layer)] : NaN, range);
      panel.figure.classList.toggle("elsewhere", elsewhere);
      panel.figure.classList.toggle("active", layer === activeLayer);
      panel.figure.classList.toggle("pending", Boolean(predictor?.pending));
      panel.write(...figureOf(predictor, elsewhere, predictor && shown.figure(predictor, "auroc")));
    });
    const scored = activeLayer && !activeLayer.predictor?.pending;
    this.panels.all[0].paintFound(scored ? activeLayer.values : null, threshold, shown.foreground);
    this.described.paint(model);
  }

  /**
   * @param {Model} model
   * @param {Shown} shown
   */
  paintCursor({ cross: { at, pinned }, thresholds }, shown) {
    for (const panel of this.panels.all) panel.cross(at);
    if (at) this.card.show(shown, at, pinned !== null, thresholds);
    else this.card.clear();
  }

  /**
   * @param {Model} model
   * @param {Shown} shown
   * @param {boolean} anew whether colours may be others than before
   */
  paintCharts(model, { scores, header, beta }, anew) {
    if (!this.ink || anew) this.ink = getComputedStyle(this.element).color;
    const { activeLayer, threshold, view } = model;
    if (activeLayer?.predictor) {
      drawRoc(this.roc, scores, threshold, this.lines[activeLayer.predictor.name], this.ink);
      drawHistogram(this.histogram, scores, model.range(activeLayer), threshold, this.ink);
    }
    if (header.betas.length > 1) drawStrip(this.strip, this.curves, header.betas, view.active, beta, this.ink);
    else this.strip.begin(this.ink);
  }

  /**
   * Which part of the pictures is seen, and which way round.
   * @param {Model} model
   */
  paintPlaces({ view, settings }) {
    this.element.classList.toggle("zoomed", view.zoom.scale > 1);
    const [letters, turned] = [view.letters(settings?.sides), view.turned(settings?.sides)];
    for (const panel of this.panels.all) {
      panel.turn(letters, turned);
      panel.frame(view.zoom);
    }
  }

  /**
   * The anomaly's circle, or the brush's tip and what was painted.
   * @param {Model} model
   * @param {Shown} shown
   */
  paintPlanting({ hand, view, cross: { cursor } }, shown) {
    const { width, height } = shown;
    const ring = hand.ring(view.tool, cursor && centreOf(cursor, shown), width, height);
    this.panels.all[0].plant(ring, hand.shape(view.tool, width, height));
  }

  /**
   * @param {Model} model
   * @param {Layer} layer
   */
  tableOf({ view }, layer) {
    return this.tables[view.coloursOf(layer)];
  }

  /**
   * The panels as one picture.
   * @param {Model} model
   * @param {string[]} lines above them
   */
  grid(model, lines) {
    const { view, maps, thresholds, activeLayer } = model;
    const bars = this.panels.all.map(({ layer }) => {
      const [low, high] = model.range(layer);
      return { low, high, table: this.tableOf(model, layer), mark: thresholds[maps.indexOf(layer)] ?? NaN };
    });
    const { overlay, zoom, on: { truth, smooth } } = view;
    const letters = view.letters(model.settings?.sides);
    const active = activeLayer?.title ?? "";
    const legend = { lines, bars, truth, smooth, overlay, active, letters, notice: this.notice };
    return drawGrid(this.panels.all, legend, zoom);
  }

  stop() {
    this.described.stop();
    this.status.stop();
    this.panels.stop();
  }
}

/**
 * What stands above a map: the name of the figure and its text.
 * @param {?import("../model/frames.js").Predictor} predictor
 * @param {boolean} elsewhere whether it is of another beta
 * @param {?number} auroc
 * @returns {[string, string]}
 */
function figureOf(predictor, elsewhere, auroc) {
  if (!predictor) return ["", ""];
  if (predictor.pending) return ["", "computing …"];
  return [elsewhere ? `only for β ${short(predictor.only_beta)} · AUROC ` : "AUROC ", rate(auroc)];
}
