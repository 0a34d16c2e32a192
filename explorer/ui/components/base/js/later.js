/** Work that is put off: until there is a pause, or until the screen is drawn next. */

export class Pause {
  constructor() {
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.timer = undefined;
  }

  /**
   * Do something after a while; it takes the place of what was still to be done.
   * @param {number} ms
   * @param {() => void} work
   */
  after(ms, work) {
    clearTimeout(this.timer);
    this.timer = setTimeout(work, ms);
  }

  stop() {
    clearTimeout(this.timer);
  }
}

/** Collects what has changed, and has it painted at most once a frame of the screen. */
export class Repaint {
  /** @param {(dirty: Set<string>) => void} paint */
  constructor(paint) {
    this.paint = paint;
    /** @type {Set<string>} */
    this.dirty = new Set();
    /** @type {?number} */
    this.request = null;
  }

  /** @param {...string} what */
  ask(...what) {
    for (const one of what) this.dirty.add(one);
    this.request ??= requestAnimationFrame(() => {
      const { dirty } = this;
      this.request = null;
      this.dirty = new Set();
      this.paint(dirty);
    });
  }

  stop() {
    if (this.request !== null) cancelAnimationFrame(this.request);
  }
}
