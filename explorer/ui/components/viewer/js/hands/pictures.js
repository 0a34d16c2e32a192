/** What mouse, pen and fingers do on the panels. */

import { Gestures } from "../../../base/js/gestures.js";
import { wheelFactor } from "../../../base/js/zoom.js";

/** @typedef {import("../model/model.js").Model} Model */
/** @typedef {import("../painting/panel.js").Panel} Panel */
/** @typedef {import("../painting/panels.js").Panels} Panels */
/** @typedef {import("../../../base/js/gestures.js").Shift} Shift */
/** @typedef {import("../../../base/js/gestures.js").End} End */

/**
 * The tool of the present gesture. Plant and brush work on the input; elsewhere they look. With Shift any tool sets the
 * window.
 */
class Hand {
  /**
   * @param {Model} model
   * @param {Panels} panels
   */
  constructor(model, panels) {
    this.model = model;
    this.panels = panels;
    /** @type {import("../model/view.js").Tool} */
    this.tool = "look";
  }

  /** @param {PointerEvent} event */
  at(event) {
    return this.panels.under(event);
  }

  /**
   * @param {Panel} panel
   * @param {PointerEvent} event
   */
  press(panel, event) {
    const { view, hand } = this.model;
    const elsewhere = ["plant", "brush"].includes(view.tool) && panel.layer.key !== "input";
    this.tool = event.shiftKey ? "window" : elsewhere ? "look" : view.tool;
    const [at, aspect] = [panel.pointAt(event, view.zoom), panel.height / panel.width];
    if (this.tool === "plant") hand.beginPlanting(at, aspect);
    if (this.tool === "brush") hand.beginStroke(at, aspect);
  }

  /**
   * @param {Panel} panel
   * @param {PointerEvent} event
   * @param {Shift} by
   */
  drag(panel, event, by) {
    const { view, hand } = this.model;
    const at = panel.pointAt(event, view.zoom);
    if (this.tool === "brush" || (this.tool === "look" && event.pointerType !== "mouse")) this.hover(panel, event);
    if (this.tool === "plant") hand.goPlanting(at);
    else if (this.tool === "brush") hand.goStroke(at, panel.height / panel.width);
    else if (by.moved && this.tool === "window") view.setWindow(panel.layer.kind, ...shares(panel, by));
    else if (by.moved) this.pan(panel, by);
  }

  /**
   * @param {Panel} panel
   * @param {PointerEvent} event
   * @param {End} end
   */
  release(panel, event, { cancelled, moved }) {
    const { cross, hand, view } = this.model;
    if (this.tool === "plant") hand.endPlanting(cancelled);
    else if (this.tool === "brush") hand.endStroke(cancelled);
    else if (this.tool === "look" && !cancelled && !moved) cross.pin(panel.pixelAt(event, view.zoom));
  }

  /**
   * @param {Panel} panel
   * @param {number} factor
   * @param {number} clientX
   * @param {number} clientY
   */
  zoom(panel, factor, clientX, clientY) {
    const { view } = this.model;
    view.zoomBy(factor, ...panel.pointAt({ clientX, clientY }, view.zoom));
  }

  /**
   * @param {Panel} panel
   * @param {Shift} by
   */
  pan(panel, by) {
    const [right, down] = shares(panel, by);
    this.model.view.pan(panel.turned ? -right : right, down);
  }

  /**
   * @param {Panel} panel
   * @param {PointerEvent} event
   */
  hover(panel, event) {
    this.model.cross.hover(panel.pixelAt(event, this.model.view.zoom));
  }

  leave() {
    this.model.cross.hover(null);
  }
}

/**
 * @param {Panels} panels
 * @param {Model} model
 */
export function connectPictures(panels, model) {
  const hand = new Hand(model, panels);
  new Gestures(panels.element, hand);
  panels.element.addEventListener(
    "wheel",
    (event) => {
      const panel = panels.under(event);
      if (!panel || !(event.ctrlKey || panels.active)) return;
      event.preventDefault();
      hand.zoom(panel, wheelFactor(event), event.clientX, event.clientY);
    },
    { passive: false },
  );
}

/**
 * Pixels as fractions of a panel.
 * @param {Panel} panel
 * @param {Shift} by
 * @returns {[number, number]}
 */
function shares({ box }, { right, down }) {
  const { width, height } = box.getBoundingClientRect();
  return [right / width, down / height];
}
