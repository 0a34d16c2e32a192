/** What mouse, pen, fingers and the wheel do on the pictures. */

import { Gestures } from "../../../base/js/gestures.js";
import { wheelFactor } from "../../../base/js/zoom.js";

/** @typedef {import("../model/model.js").Model} Model */
/** @typedef {import("../painting/picture.js").Picture} Picture */
/** @typedef {import("../painting/pictures.js").Pictures} Pictures */
/** @typedef {import("../../../base/js/gestures.js").Shift} Shift */
/** @typedef {import("../../../base/js/gestures.js").End} End */

/**
 * The tool of the present gesture; with Shift any of them sets the window. A finger looks where it is drawn sideways or
 * lifted, since one that is drawn upwards or downwards scrolls the page.
 */
class Hand {
  /**
   * @param {Model} model
   * @param {Pictures} pictures
   */
  constructor(model, pictures) {
    this.model = model;
    this.pictures = pictures;
    /** @type {import("../model/view.js").Tool} */
    this.tool = "look";
  }

  /** @param {PointerEvent} event */
  at(event) {
    return this.pictures.under(event);
  }

  /**
   * @param {Picture} picture
   * @param {PointerEvent} event
   */
  press(picture, event) {
    this.tool = event.shiftKey ? "window" : this.model.view.tool;
    if (event.pointerType === "mouse") this.look(picture, event);
  }

  /**
   * @param {Picture} picture
   * @param {PointerEvent} event
   * @param {Shift} by
   */
  drag(picture, event, by) {
    if (by.moved || event.pointerType === "mouse") this.look(picture, event);
    if (this.tool === "move") this.pan(picture, by);
    else if (this.tool === "window") this.model.view.setWindow(picture.key, ...shares(picture, by));
  }

  /**
   * @param {Picture} picture
   * @param {PointerEvent} event
   * @param {End} end
   */
  release(picture, event, { cancelled }) {
    if (!cancelled) this.look(picture, event);
  }

  /**
   * @param {Picture} picture
   * @param {PointerEvent} event
   */
  look(picture, event) {
    if (this.tool === "look") this.model.goToPixel(picture.key, ...picture.pixelAt(event));
  }

  /**
   * @param {Picture} picture
   * @param {number} factor
   * @param {number} clientX
   * @param {number} clientY
   */
  zoom(picture, factor, clientX, clientY) {
    this.model.zoomBy(factor, picture.key, picture.shareAt({ clientX, clientY }));
  }

  /**
   * @param {Picture} picture
   * @param {Shift} by
   */
  pan(picture, by) {
    this.model.view.pan(picture.key, ...shares(picture, by));
  }
}

/**
 * @param {Pictures} pictures
 * @param {Model} model
 */
export function connectPictures(pictures, model) {
  const hand = new Hand(model, pictures);
  new Gestures(pictures.element, hand);
  pictures.element.addEventListener(
    "wheel",
    (event) => {
      const picture = pictures.under(event);
      const zooms = event.ctrlKey || event.metaKey;
      if (!picture || (!zooms && pictures.focused !== picture)) return;
      event.preventDefault();
      if (zooms) hand.zoom(picture, wheelFactor(event), event.clientX, event.clientY);
      else model.through(picture.key, event.deltaY < 0 ? 1 : -1);
    },
    { passive: false },
  );
}

/**
 * Pixels as fractions of a picture.
 * @param {Picture} picture
 * @param {Shift} by
 * @returns {[number, number]}
 */
function shares({ box }, { right, down }) {
  return [right / box.clientWidth, down / box.clientHeight];
}
