/** The anomaly by hand: planted as a circle, or painted with the brush, and told to the page. */

import { Pause } from "../../../base/js/later.js";
import { clamp } from "../../../base/js/numbers.js";
import { Brush } from "./brush.js";
import { Planting, circle, rounded } from "./plant.js";

/** @typedef {import("./plant.js").Plant} Plant */
/** @typedef {import("./brush.js").Point} Point */

const PLANT_REST_MS = 400;
const DAB_REST_MS = 600;

export class ByHand {
  /**
   * @param {(...what: string[]) => void} changed what has to be painted anew
   * @param {(change: Object) => void} tell the page
   * @param {(text: string) => void} say something to the person
   */
  constructor(changed, tell, say) {
    this.changed = changed;
    this.tell = tell;
    this.say = say;
    /** @type {?Plant} */
    this.plant = null;
    /** @type {?Planting} the present drag */
    this.planting = null;
    this.brush = new Brush();
    this.nudged = new Pause();
    this.dabbed = new Pause();
  }

  /**
   * What the page's controls say.
   * @param {Plant} plant
   * @param {boolean} idle whether they are newer than all that was told to the page
   */
  take(plant, idle) {
    this.plant = { ...plant };
    if (idle) this.brush.load(plant.painted);
  }

  /** Whether this kind of anomaly can be placed by hand; if not, it is said. */
  get plants() {
    if (this.plant?.plants) return true;
    this.say("This kind of anomaly has no place to choose: choose another kind.");
    return false;
  }

  // planting

  /**
   * Begin to drag a circle.
   * @param {Point} at
   * @param {number} aspect height by width of the image
   */
  beginPlanting([x, y], aspect) {
    if (this.plants && this.plant) this.planting = new Planting(this.plant, x, y, aspect);
    this.changed("planting");
  }

  /** @param {Point} at */
  goPlanting([x, y]) {
    this.planting?.move(x, y);
    this.changed("planting");
  }

  /** @param {boolean} cancelled */
  endPlanting(cancelled) {
    const { planting } = this;
    this.planting = null;
    this.changed("planting");
    if (!planting || cancelled) return;
    if (planting.outside) this.say("The anomaly was dragged out of the image: it stays where it was.");
    else this.tellPlace(planting);
  }

  /**
   * Move the circle by key; the page is told when the keys rest.
   * @param {number} right fractions of the image
   * @param {number} down
   * @param {number} more of its diameter
   */
  nudge(right, down, more) {
    if (!this.plant?.plants) return;
    const { x, y, size, sizes } = this.plant;
    const place = {
      x: clamp((x ?? 0.5) + right, 0, 1),
      y: clamp((y ?? 0.5) + down, 0, 1),
      size: clamp(size + more, ...sizes),
    };
    this.plant = { ...this.plant, ...place };
    this.changed("planting");
    this.nudged.after(PLANT_REST_MS, () => this.tellPlace(place));
  }

  /**
   * Show the circle at its new place and tell the page; it takes the place of a painted shape.
   * @param {{x: number, y: number, size: number}} place
   */
  tellPlace(place) {
    const change = rounded(place);
    if (this.plant) this.plant = { ...this.plant, ...change, painted: "" };
    this.brush.load("");
    this.tell({ plant: change, painted: "" });
    this.changed("planting");
  }

  // painting

  /**
   * Begin a stroke of the brush.
   * @param {Point} at
   * @param {number} aspect height by width of the image
   */
  beginStroke(at, aspect) {
    if (this.plants) this.brush.begin(at, aspect);
    this.changed("planting");
  }

  /**
   * @param {Point} at
   * @param {number} aspect
   */
  goStroke(at, aspect) {
    this.brush.go(at, aspect);
    this.changed("planting");
  }

  /** @param {boolean} cancelled */
  endStroke(cancelled) {
    if (!this.brush.stroke) return;
    const changed = this.brush.end(cancelled);
    if (this.brush.wet) this.tellShape();
    if (!cancelled && !changed) this.say("The brush changed nothing here: paint inside of the input.");
    this.changed("planting");
  }

  /**
   * A dab of the brush by key; the page is told when the keys rest.
   * @param {Point} at
   * @param {number} aspect
   */
  dab(at, aspect) {
    if (!this.plants) return;
    this.brush.paint(at, at, aspect);
    this.dabbed.after(DAB_REST_MS, () => this.brush.stroke || this.tellShape());
    this.changed("planting");
  }

  /** @param {number} size diameter of the brush, fraction of the image's width */
  resizeBrush(size) {
    this.brush.resize(size);
    this.changed("planting", "controls");
  }

  /** @param {boolean} [erasing] left out: the other way round */
  erase(erasing = !this.brush.erasing) {
    this.brush.erase(erasing);
    this.changed("controls");
  }

  clear() {
    if (!this.plant?.plants) return;
    this.brush.clear();
    this.tellShape();
    this.changed("planting");
  }

  tellShape() {
    this.dabbed.stop();
    const painted = this.brush.tell();
    if (this.plant) this.plant = { ...this.plant, painted };
    this.tell({ painted, plant: null });
  }

  // what is seen of it

  /**
   * The circle with the tool Plant, or the tip of the brush, as an SVG path in pixels; empty where there is none.
   * @param {string} tool
   * @param {?Point} at the crosshair
   * @param {number} width of the image, pixels
   * @param {number} height
   */
  ring(tool, at, width, height) {
    const { plant, planting, brush } = this;
    if (tool === "brush" && plant?.plants && at) return circle({ x: at[0], y: at[1], size: brush.size }, width, height);
    if (planting) return circle(planting, width, height);
    if (tool !== "plant" || !plant?.plants || plant.painted || plant.x === null || plant.y === null) return "";
    return circle({ x: plant.x, y: plant.y, size: plant.size }, width, height);
  }

  /**
   * What is painted as an SVG path in pixels; empty with another tool than the brush.
   * @param {string} tool
   * @param {number} width of the image, pixels
   * @param {number} height
   */
  shape(tool, width, height) {
    return tool === "brush" && this.plant?.plants ? this.brush.path(width, height) : "";
  }

  stop() {
    this.nudged.stop();
    this.dabbed.stop();
  }
}
