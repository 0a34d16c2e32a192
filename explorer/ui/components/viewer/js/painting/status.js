/** The live region in which the viewer says what is on its way and what went wrong. */

import { part } from "../../../base/js/dom.js";
import { Pause } from "../../../base/js/later.js";
import { setText } from "../../../base/js/text.js";
import { misses, sentence } from "../model/sentence.js";

/** @typedef {import("../model/model.js").Model} Model */

const WAIT_MS = 1500;

export class Status {
  /**
   * @param {ShadowRoot} root
   * @param {() => void} again called when there may be something else to say
   */
  constructor(root, again) {
    this.element = part(root, "status", HTMLElement);
    this.text = part(root, "statusText", HTMLElement);
    this.button = part(root, "again", HTMLElement);
    this.again = again;
    /** @type {?number} since when the server has rested although something is missing, ms */
    this.restingSince = null;
    this.look = new Pause();
  }

  /**
   * @param {Model} model
   * @param {{connected: boolean, running: boolean, silent: boolean, roomy: boolean}} around
   */
  paint(model, { running, ...around }) {
    const late = this.isLate(misses(model) && !running);
    const { text, fault, again } = sentence(model, { ...around, late });
    this.element.classList.toggle("fault", fault);
    setText(this.text, text);
    this.button.hidden = !again;
  }

  /**
   * Whether something has been missing for a while although the server rests; looks again by itself.
   * @param {boolean} waits
   */
  isLate(waits) {
    if (!waits) {
      this.restingSince = null;
      return false;
    }
    if (this.restingSince === null) {
      this.restingSince = performance.now();
      this.look.after(WAIT_MS + 50, this.again);
    }
    return performance.now() - this.restingSince > WAIT_MS;
  }

  stop() {
    this.look.stop();
  }
}
