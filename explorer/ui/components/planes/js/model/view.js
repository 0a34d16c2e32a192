/** How a scan is shown: which tool, which side is left, what is drawn, grey values and zoom. */

import { Zoom } from "../../../base/js/zoom.js";

/** @typedef {import("./cuts.js").Key} Key */
/** @typedef {"look"|"window"|"move"} Tool */
/** @typedef {"map"|"truth"|"brain"|"smooth"} Switch map, true mask, brain's outline, smooth pixels */

export class View {
  /** @param {(...what: string[]) => void} changed what has to be painted anew */
  constructor(changed) {
    this.changed = changed;
    /** @type {Tool} */
    this.tool = "look";
    /** @type {Record<Switch, boolean>} */
    this.on = { map: true, truth: true, brain: false, smooth: false };
    /** Opacity of the map. */
    this.overlay = 0.6;
    /** @type {[number, number]} the scan's values that are black and white */
    this.window = [0, 1];
    /** @type {Map<Key, Zoom>} of each picture */
    this.zooms = new Map();
  }

  /** @param {Tool} tool */
  take(tool) {
    this.tool = tool;
    this.changed("controls");
  }

  /**
   * @param {Switch} what
   * @param {boolean} on
   */
  turn(what, on) {
    this.on[what] = on;
    this.changed("controls", "cuts");
  }

  /** @param {number} opacity of the map, from 0 to 1 */
  veil(opacity) {
    this.overlay = opacity;
    this.changed("controls");
  }

  /**
   * Whole pictures, and this window.
   * @param {Key[]} keys
   * @param {[number, number]} window
   */
  reset(keys, window) {
    this.window = window;
    this.zooms = new Map(keys.map((key) => [key, new Zoom()]));
    this.changed("cuts", "zoom");
  }

  /**
   * The part of a picture that is seen.
   * @param {Key} key
   */
  zoomOf(key) {
    const zoom = this.zooms.get(key);
    if (!zoom) throw new Error(`there is no picture ${key}`);
    return zoom;
  }

  /** How many times as large all pictures are. */
  get scale() {
    const [first] = this.zooms.values();
    return first?.scale ?? 1;
  }

  /**
   * @param {Key} key
   * @param {number} right fractions of the picture
   * @param {number} down
   */
  pan(key, right, down) {
    this.zoomOf(key).pan(right, down);
    this.changed("zoom");
  }

  /**
   * Right: more contrast, down: darker; the width of a picture is a factor of four, its height half the window. What
   * the network sees has no window.
   * @param {Key} key
   * @param {number} right fractions of the picture
   * @param {number} down
   */
  setWindow(key, right, down) {
    if (key === "seen") return;
    const [black, white] = this.window;
    const width = (white - black) * 4 ** -right;
    const centre = (black + white) / 2 + ((white - black) * down) / 2;
    this.window = [centre - width / 2, centre + width / 2];
    this.changed("cuts");
  }
}
