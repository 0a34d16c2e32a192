/** How pictures are shown: which tool, colours, windows and zoom a person chose, which map and which threshold. */

import { clamp } from "../../../base/js/numbers.js";
import { lettersOf } from "../../../base/js/sides.js";
import { Zoom } from "../../../base/js/zoom.js";

/** @typedef {import("./shown.js").Layer} Layer */
/** @typedef {"look"|"window"|"plant"|"brush"} Tool */
/** @typedef {"truth"|"smooth"|"own"|"keys"} Switch true mask, smooth pixels, stretched pictures, the list of keys */

/** Colour scales that can be chosen for scores. */
export const MAPS = ["inferno", "magma", "cividis", "grey"];
/** Tools that need a page which computes what they change. */
const CHANGING = ["plant", "brush"];
const START_LEVEL = 500;

export class View {
  /** @param {(...what: string[]) => void} changed what has to be painted anew */
  constructor(changed) {
    this.changed = changed;
    /** @type {Tool} */
    this.tool = "look";
    /** Whether there is no page that computes anything: the viewer stands alone, in a file. */
    this.alone = false;
    this.colours = MAPS[0];
    /** Whether the right of the person is shown at the left. */
    this.radiological = true;
    /** @type {Record<Switch, boolean>} */
    this.on = { truth: true, smooth: false, own: false, keys: false };
    /** Opacity of what was found. */
    this.overlay = 0.6;
    /** Place of the threshold's slider, 0 to 1000. */
    this.level = START_LEVEL;
    /** Number of the map that threshold and curves belong to. */
    this.active = 0;
    this.zoom = new Zoom();
    /** By kind of layer, relative to its colour bar: how wide, and how far its middle lies off, in bars. */
    this.windows = { grey: { centre: 0, width: 1 }, signed: { centre: 0, width: 1 }, score: { centre: 0, width: 1 } };
  }

  /** @param {Tool} tool */
  take(tool) {
    if (!this.offers(tool)) return;
    this.tool = tool;
    this.changed("controls", "planting");
  }

  /** @param {boolean} alone whether there is no page that computes anything */
  standAlone(alone) {
    this.alone = alone;
  }

  /** @param {string} tool */
  offers(tool) {
    return !this.alone || !CHANGING.includes(tool);
  }

  /** @param {string} colours of score maps */
  colour(colours) {
    this.colours = colours;
    this.changed("controls", "frame");
  }

  /** @param {boolean} radiological whether the right of the person is shown at the left */
  turnTo(radiological) {
    this.radiological = radiological;
    this.changed("controls", "zoom", "cursor", "sides");
  }

  /**
   * Whether pictures are shown with left and right exchanged.
   * @param {string} [sides] what is known of them: known, assumed or nothing
   */
  turned(sides = "") {
    return sides !== "" && this.radiological;
  }

  /**
   * Letters at the ends of the pictures; empty where no side is known.
   * @param {string} [sides]
   */
  letters(sides = "") {
    return lettersOf(sides, this.turned(sides));
  }

  nextColours() {
    this.colour(MAPS[(MAPS.indexOf(this.colours) + 1) % MAPS.length]);
  }

  /**
   * @param {Switch} what
   * @param {boolean} [on] left out: the other way round
   */
  turn(what, on = !this.on[what]) {
    this.on[what] = on;
    this.changed("controls", ...(what === "own" ? ["frame"] : []));
  }

  /** @param {number} opacity of what was found, from 0 to 1 */
  veil(opacity) {
    this.overlay = opacity;
    this.changed("controls");
  }

  /** @param {number} level place of the threshold's slider */
  setLevel(level) {
    this.level = clamp(level, 0, 1000);
    this.changed("frame");
  }

  /** @param {number} share of healthy pixels that the threshold is to exceed */
  setShare(share) {
    this.setLevel((-1000 * Math.log10(Math.max(1 - share, 1e-4))) / 4);
  }

  /** The share of healthy pixels that the threshold exceeds: 0, 90 %, 99 % ... at equal steps. */
  get share() {
    return 1 - 10 ** ((-4 * this.level) / 1000);
  }

  /**
   * @param {number} number of the map that threshold and curves shall belong to
   * @param {number} count how many there are
   */
  activate(number, count) {
    const active = clamp(number, 0, Math.max(count - 1, 0));
    if (active === this.active) return;
    this.active = active;
    this.changed("layers", "frame");
  }

  /**
   * @param {number} factor
   * @param {number} x a point that stays where it is, fractions of the image
   * @param {number} y
   */
  zoomBy(factor, x = this.zoom.x, y = this.zoom.y) {
    this.zoom.by(factor, x, y);
    this.changed("zoom");
  }

  /**
   * @param {number} right fractions of a panel
   * @param {number} down
   */
  pan(right, down) {
    this.zoom.pan(right, down);
    this.changed("zoom");
  }

  /**
   * Contrast to the right and brightness upwards, for all panels of a kind.
   * @param {Layer["kind"]} kind
   * @param {number} right fractions of a panel
   * @param {number} down
   */
  setWindow(kind, right, down) {
    const { centre, width } = this.windows[kind];
    const narrower = clamp(width * Math.exp(-2 * right), 0.02, 20);
    this.windows[kind] = { centre: clamp(centre + down * narrower, -2, 2), width: narrower };
    this.changed("frame");
  }

  /**
   * @param {Layer["kind"]} kind
   * @param {{centre: number, width: number}} window of all panels of this kind, in colour bars
   */
  putWindow(kind, window) {
    this.windows[kind] = window;
    this.changed("frame");
  }

  /**
   * @param {number} scale how many times as large
   * @param {number} x the middle of what is seen, fractions of the image
   * @param {number} y
   */
  zoomTo(scale, x, y) {
    this.zoom.to(scale, x, y);
    this.changed("zoom");
  }

  /** Zoom and windows as in the beginning. */
  reset() {
    this.zoom.reset();
    for (const kind of /** @type {Layer["kind"][]} */ (Object.keys(this.windows))) {
      this.putWindow(kind, { centre: 0, width: 1 });
    }
    this.changed("zoom");
  }

  /**
   * Name of the colour table of a layer.
   * @param {Layer} layer
   */
  coloursOf({ kind }) {
    return kind === "score" ? this.colours : kind;
  }

  /**
   * Ends of a layer's colour bar: fixed or its own, then widened or moved by the window.
   * @param {Layer} layer
   * @param {Uint8Array} foreground nonzero: counts
   * @returns {[number, number]}
   */
  range(layer, foreground) {
    const [low, high] = this.on.own ? ownRange(layer, foreground) : [layer.low, layer.high];
    const { centre, width } = this.windows[layer.kind];
    const span = high - low;
    const middle = low + span * (0.5 + (layer.kind === "signed" ? 0 : centre));
    return [middle - (span * width) / 2, middle + (span * width) / 2];
  }
}

/**
 * @param {Layer} layer
 * @param {Uint8Array} foreground
 * @returns {[number, number]}
 */
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
