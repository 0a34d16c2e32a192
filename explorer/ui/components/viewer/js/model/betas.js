/** The chosen betas: under the finger, on their way to the page, and what the page says. */

import { clamp, nearestInRatio } from "../../../base/js/numbers.js";

/** @typedef {import("./shown.js").Shown} Shown */

export class Betas {
  /**
   * @param {(...what: string[]) => void} changed what has to be painted anew
   * @param {(change: Object) => void} tell the page
   */
  constructor(changed, tell) {
    this.changed = changed;
    this.tell = tell;
    /** @type {string[]} the page's options, ascending */
    this.trainings = [];
    /** @type {string[]} */
    this.scorings = [];
    this.linked = true;
    /** @type {?number} */
    this.training = null;
    /** @type {?number} */
    this.scoring = null;
    /** @type {?number} a training beta that was left before its frame had come */
    this.wanted = null;
    /** Whether a finger or a key holds a slider. */
    this.held = false;
  }

  /**
   * What the page's controls say.
   * @param {{betas: string[], beta: string, scorings: string[], scoring: string, linked: boolean}} settings
   * @param {boolean} idle whether they are newer than all that was told to the page
   */
  take({ betas, beta, scorings, scoring, linked }, idle) {
    [this.trainings, this.scorings, this.linked] = [betas, scorings, linked];
    if (!idle || this.held) return;
    this.training = Number(beta);
    this.scoring = Number(scoring);
    this.wanted = null;
  }

  hold() {
    this.held = true;
  }

  letGo() {
    this.held = false;
  }

  /**
   * Go to a place of the slider of training betas.
   * @param {number} place
   * @param {?Shown} shown the frames at hand
   */
  choose(place, shown) {
    if (!this.trainings.length) return;
    const beta = Number(this.trainings[clamp(place, 0, this.trainings.length - 1)]);
    this.wanted = shown && !shown.nearest(beta).exact && !shown.header.complete ? beta : null;
    this.training = beta;
    if (this.linked) this.scoring = beta;
    this.changed("frame");
  }

  /**
   * Go to a place of the slider of scoring betas.
   * @param {number} place
   */
  chooseScoring(place) {
    this.scoring = Number(this.scorings[clamp(place, 0, this.scorings.length - 1)]);
    this.changed("frame");
  }

  /** Tell the page of the training beta; one whose frame has not come is told when it has. */
  tellTraining() {
    if (this.wanted === null && this.training !== null) this.tell({ beta: textOf(this.training, this.trainings) });
  }

  tellScoring() {
    if (this.scoring !== null) this.tell({ scoring: textOf(this.scoring, this.scorings) });
  }

  /** @param {boolean} linked whether the scoring beta follows the training beta */
  link(linked) {
    this.tell({ linked });
  }

  /**
   * Frames have come.
   * @param {Shown} shown
   */
  arrived(shown) {
    this.training ??= shown.beta;
    if (this.wanted === null || !shown.header.complete) return;
    this.training = this.wanted;
    this.wanted = null;
    if (!this.held) this.tellTraining();
  }

  /**
   * Place on the scoring axis of what is shown, or -1 where the frame's own weight holds.
   * @param {Shown} shown
   */
  scoringPlace({ header: { scoring } }) {
    return !scoring || this.linked || this.scoring === null ? -1 : nearestInRatio(scoring.betas, this.scoring).place;
  }
}

/**
 * The page's own text of a beta.
 * @param {number} beta
 * @param {string[]} texts
 */
function textOf(beta, texts) {
  return texts[nearestInRatio(texts.map(Number), beta).place];
}
