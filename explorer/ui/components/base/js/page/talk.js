/**
 * What a person changed, on its way to the page and back.
 *
 * A component posts one message: the changes and a `number`, greater than any before. A change joins those that are
 * still on their way, under a new number. Python (`Fed` in `explorer/ui/components/mounting.py`) keeps the number of
 * the message that came last, and writes it as `heard` into all that the component is told as JSON. While `heard` is
 * below the number of the last message, what a person chose holds, and not what those settings say.
 */

import { Pause } from "../later.js";

const PATIENCE_MS = 6000;

export class Talk {
  /**
   * @param {(message: Object) => void} post
   * @param {() => void} changed called when `silent` is another than before
   */
  constructor(post, changed) {
    this.post = post;
    this.changed = changed;
    this.number = Date.now();
    /** @type {?{number: number}} what is on its way */
    this.pending = null;
    /** Whether the page has not answered for long. */
    this.silent = false;
    this.connected = true;
    this.patience = new Pause();
  }

  /** Whether nothing is on its way. */
  get idle() {
    return this.pending === null;
  }

  /**
   * Tell the page of a change.
   * @param {Object} change
   */
  tell(change) {
    this.pending = { ...this.pending, ...change, number: ++this.number };
    this.silent = false;
    if (this.connected) this.post(this.pending);
    this.patience.after(PATIENCE_MS, () => this.askAgain());
    this.changed();
  }

  /** The page has not answered for long: say so, and tell it once more, as what was told may be lost. */
  askAgain() {
    this.silent = !this.idle;
    if (this.pending && this.connected) this.post(this.pending);
    this.changed();
  }

  /**
   * The page's settings have come, which answer all messages up to this number.
   * @param {number} heard
   */
  hear(heard) {
    if (!this.pending || this.pending.number > heard) return;
    this.pending = null;
    this.silent = false;
    this.patience.stop();
  }

  /**
   * The connection is there or lost; what was told meanwhile is posted when it is back.
   * @param {boolean} connected
   */
  connect(connected) {
    const back = connected && !this.connected;
    this.connected = connected;
    if (back && this.pending) this.post(this.pending);
  }

  stop() {
    this.patience.stop();
  }
}
