/** The planes: hold where the crosshair is and what a person chose, and paint at most once a frame of the screen. */

import { Chart } from "../../viewer/js/charts.js";
import { cssGradient, lookupTables } from "../../viewer/js/colour.js";
import { setText, short } from "../../viewer/js/panels.js";
import { nearestVoxel, planesOf, scanCut, seenCut } from "./cuts.js";
import { ScoreGrid, counts, scanArrays, scanHeader, times } from "./scan.js";
import { Picture } from "./picture.js";
import { answer } from "./hands.js";
import { drawProfile, listPlaces } from "./findings.js";
import { wholeImage, zoomAt } from "../../viewer/js/zoom.js";
import { readout, scoreText, statusOf } from "./words.js";

const TITLES = { axial: "Axial", coronal: "Coronal", sagittal: "Sagittal", seen: "What the network sees" };
const GAP_PX = 10;
const TALLEST_PX = 430;

export class Planes {
  /**
   * @param {ShadowRoot} root
   * @param {Object<string, string>} tables
   * @param {(change: Object) => void} post
   */
  constructor(root, tables, post) {
    this.element = root.querySelector(".planes");
    this.parts = Object.fromEntries([...root.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part]));
    this.post = post;
    this.tables = lookupTables(tables);
    this.chart = new Chart(this.parts.profile, { left: 34, right: 6, top: 6, bottom: 16 });
    this.radiological = true;
    this.tool = "look";
    this.settings = {};
    this.dirty = new Set();
    /** @type {Picture[]} */
    this.pictures = [];
    this.parts.scale.style.background = cssGradient(this.tables.score);
    this.watcher = new ResizeObserver(() => this.changed("layout", "profile"));
    this.watcher.observe(this.element);
    answer(this);
  }

  /** Take a packet of the scan or of its map; what is here already is left alone. */
  async receive(bytes) {
    const header = scanHeader(bytes);
    const ids = this.newest ??= {};
    const id = `${header.key} ${header.result ?? ""}`;
    if (ids[header.kind] === id) return;
    ids[header.kind] = id;
    const arrays = await scanArrays(bytes, header);
    if (ids[header.kind] !== id) return;
    if (header.kind === "map") {
      this.scores = new ScoreGrid(header, arrays.scores);
      this.changed("cuts", "score", "profile", "places");
    } else {
      this.scan = { key: header.key, header, ...arrays };
      this.show();
    }
  }

  /** What the page knows: threshold, profile, places. */
  setSettings(settings) {
    this.settings = settings;
    if (!this.held && Number.isFinite(settings.threshold)) this.threshold = settings.threshold;
    this.start();
    this.changed("cuts", "score", "profile", "places");
  }

  /** The scores, where they and the settings belong to the scan on screen. */
  get shownScores() {
    const { scan, scores, settings } = this;
    const same = scan && scores && scores.header.key === scan.key && scores.header.result === settings.result;
    return same ? scores : null;
  }

  show() {
    const { header } = this.scan;
    const keys = [...planesOf(header), "seen"];
    this.pictures = keys.map((key) => new Picture(key, header.picture && key === "axial" ? "Picture" : TITLES[key]));
    this.parts.cuts.replaceChildren(...this.pictures.map((picture) => picture.figure));
    this.parts.convention.disabled = header.picture;
    this.parts.truthLabel.hidden = !this.scan.mask;
    this.parts.profileBox.hidden = header.picture;
    this.reset();
  }

  reset() {
    if (!this.scan) return;
    this.window = this.scan.header.window.slice();
    for (const picture of this.pictures) picture.zoom = wholeImage();
    this.started = null;
    this.at = this.scan.header.shape.map((size) => Math.floor(size / 2));
    this.start();
    this.changed("cuts", "layout", "score", "profile");
  }

  /** Go to the highest peak when a scan and its places are there for the first time. */
  start() {
    const first = this.settings.places?.[0];
    if (!this.scan || !first || this.settings.key !== this.scan.key || this.started === this.settings.result) return;
    this.started = this.settings.result;
    this.goToModel(first.place);
  }

  /** Move the crosshair to a voxel. */
  go(at) {
    this.at = at.map((index, axis) => Math.min(Math.max(index, 0), this.scan.header.shape[axis] - 1));
    this.changed("cuts", "profile");
  }

  /** Move it to (slice, row, column) of the model's grid. */
  goToModel(place) {
    this.go(nearestVoxel(this.scan.header, place));
  }

  /** Move it to another slice of the model's grid, straight up or down. */
  goToSlice(slice) {
    const [, row, column] = times(this.scan.header.to_model, this.at);
    this.goToModel([slice, row, column]);
  }

  /**
   * Zoom all pictures by a factor: each about its crosshair, one about a point where that is given.
   * @param {number} factor
   * @param {?Picture} [under]
   * @param {number[]} [point] in fractions of it
   */
  zoomBy(factor, under = null, point = []) {
    for (const picture of this.pictures) zoomAt(picture.zoom, factor, ...(picture === under ? point : picture.crossing));
    this.changed("zoom");
  }

  get slice() {
    return seenCut(this.scan.header, this.scan.seen.shape, this.at, this.radiological).slice;
  }

  /** Ask for a paint at the browser's next frame. */
  changed(...what) {
    for (const part of what) this.dirty.add(part);
    this.request ??= requestAnimationFrame(() => {
      this.request = null;
      if (this.scan) this.paint();
    });
  }

  paint() {
    const { dirty, parts } = this;
    const scored = this.shownScores !== null;
    if (dirty.has("cuts")) this.paintCuts();
    if (dirty.has("layout")) this.layOut();
    if (dirty.has("zoom")) for (const picture of this.pictures) picture.frame();
    const { zoom } = this.pictures[0];
    setText(parts.zoomText, `${Math.round(100 * zoom.scale)} %`);
    parts.zoomOut.disabled = zoom.scale === 1;
    if (dirty.has("cuts") || dirty.has("score")) {
      parts.scoreCell.hidden = parts.placesCell.hidden = !scored;
      if (scored) this.paintThreshold();
      setText(parts.readout, readout(this));
      parts.status.replaceChildren(...statusOf(this));
    }
    if (scored && (dirty.has("profile") || dirty.has("score") || dirty.has("cuts"))) drawProfile(this);
    if (scored && dirty.has("places")) listPlaces(this);
    dirty.clear();
    this.element.dataset.painted = String(Number(this.element.dataset.painted ?? 0) + 1);
  }

  paintCuts() {
    const { scan, tables, parts } = this;
    const shown = parts.map.checked ? this.shownScores : null;
    for (const picture of this.pictures) {
      const seen = picture.key === "seen";
      const cut = seen
        ? seenCut(scan.header, scan.seen.shape, this.at, this.radiological)
        : scanCut(scan.header, picture.key, this.at, this.radiological);
      picture.set(cut);
      picture.paintGrey(seen ? scan.seen : scan.image, seen ? [0, 1] : this.window, tables.grey);
      picture.paintScores(shown, scan.foreground, this.threshold, tables.score);
      const marked = (column, row) => scan.mask.codes[cut.base + column * cut.right + row * cut.down] === 1;
      picture.trace("truth", scan.mask && parts.truth.checked && !seen ? marked : null);
      const counted = (column, row) => counts(scan.foreground, ...picture.model(column, row));
      picture.trace("brain", parts.brain.checked ? counted : null);
    }
  }

  /** One scale for all planes, so that a cm is a cm in each; in one row where there is room. */
  layOut() {
    const wide = this.parts.cuts.clientWidth;
    if (!wide || !this.pictures[0]?.cut) return;
    const sizes = this.pictures.map((picture) => picture.extent);
    const rowsOf = (count) => {
      const rows = [];
      for (let i = 0; i < sizes.length; i += count) rows.push(sizes.slice(i, i + count));
      return rows;
    };
    const scaleOf = (count) => Math.min(
      ...rowsOf(count).map((row) => (wide - 1 - GAP_PX * (row.length - 1)) / row.reduce((sum, [width]) => sum + width, 0)));
    const count = wide > 900 ? sizes.length : Math.min(2, sizes.length);
    const tallest = Math.max(...sizes.map(([, height]) => height));
    const separate = this.scan.header.picture; // pixels without a size: each as large as there is room
    for (const [i, picture] of this.pictures.entries()) {
      const scale = separate
        ? Math.min(TALLEST_PX / sizes[i][1], (wide - GAP_PX) / 2 / sizes[i][0])
        : Math.min(scaleOf(count), TALLEST_PX / tallest);
      picture.layOut(scale);
    }
  }

  paintThreshold() {
    const { parts, shownScores: scores, threshold } = this;
    const [low, high] = scores.header.colours;
    const share = (threshold - scores.bottom) / Math.max(scores.top - scores.bottom, 1e-12);
    if (!this.held) parts.threshold.value = String(Math.round(1000 * share));
    const place = Math.min(Math.max((threshold - low) / Math.max(high - low, 1e-12), 0), 1);
    parts.scale.firstElementChild.style.left = `${100 * place}%`;
    setText(parts.low, short(low));
    setText(parts.high, short(high));
    setText(parts.title, scores.header.title);
    setText(parts.thresholdText, scoreText(threshold, this.settings.healthy));
  }

  stop() {
    this.watcher.disconnect();
  }
}
