/** Mouse, pen and fingers on pictures, told as what they do: press and drag, pinch, pan, hover. */

const CLICK_PX = 4;

/**
 * @template T
 * @typedef {Object} Meanings what pointers do to pictures of kind T
 * @property {(event: PointerEvent) => ?T|undefined} at the picture under a pointer
 * @property {(on: T, event: PointerEvent) => void} press one finger, or the mouse, goes down
 * @property {(on: T, event: PointerEvent, by: Shift) => void} drag and moves
 * @property {(on: T, event: PointerEvent, end: End) => void} release and is lifted
 * @property {(on: T, factor: number, clientX: number, clientY: number) => void} zoom two fingers part, about a point
 * @property {(on: T, by: Shift) => void} pan and move, as does the one that stays when the other is lifted
 * @property {(on: T, event: PointerEvent) => void} [hover] a mouse moves with no button down
 * @property {() => void} [leave] and leaves
 */

/** @typedef {{right: number, down: number, moved: boolean}} Shift pixels; whether it is further than a click by now */
/** @typedef {{cancelled: boolean, moved: boolean}} End cancelled: by the browser, or since it became a pinch */

/**
 * One finger drags with whatever tool is chosen. A second one ends that as if it had not been, and both zoom and move
 * the picture; when one of them is lifted, the other goes on moving it, until that is lifted too or joined again.
 * @template T
 */
export class Gestures {
  /**
   * @param {EventTarget} element that holds the pictures
   * @param {Meanings<T>} meanings
   */
  constructor(element, meanings) {
    this.meanings = meanings;
    /** @type {Map<number, PointerEvent>} where the fingers were last, in the order in which they came */
    this.fingers = new Map();
    /** @type {?{on: T, x: number, y: number, moved: boolean, shared: boolean}} shared: once by two fingers */
    this.gesture = null;
    const listen = (/** @type {string} */ type, /** @type {(event: PointerEvent) => void} */ act) =>
      element.addEventListener(type, /** @type {EventListener} */ (act));
    listen("pointerdown", (event) => this.press(event));
    listen("pointermove", (event) => this.move(event));
    listen("pointerup", (event) => this.lift(event, false));
    listen("pointercancel", (event) => this.lift(event, true));
    listen("pointerleave", () => this.gesture || meanings.leave?.());
  }

  /** @param {PointerEvent} event */
  press(event) {
    const on = this.meanings.at(event);
    if (!on || event.button > 0) return;
    this.fingers.set(event.pointerId, event);
    /** @type {?Partial<Element>} */ (event.target)?.setPointerCapture?.(event.pointerId);
    if (!this.gesture) {
      this.gesture = { on, x: event.clientX, y: event.clientY, moved: false, shared: false };
      this.meanings.press(on, event);
    } else if (!this.gesture.shared) {
      const { on: first, moved } = this.gesture;
      this.gesture.shared = true;
      this.meanings.release(first, event, { cancelled: true, moved });
    }
  }

  /** @param {PointerEvent} event */
  move(event) {
    const { gesture, fingers, meanings } = this;
    const before = fingers.get(event.pointerId);
    if (!gesture || !before) {
      const on = gesture ? null : meanings.at(event);
      if (on) meanings.hover?.(on, event);
      return;
    }
    const pair = firstTwo(fingers);
    fingers.set(event.pointerId, event);
    gesture.moved ||= Math.hypot(event.clientX - gesture.x, event.clientY - gesture.y) > CLICK_PX;
    if (pair) this.pinch(gesture.on, pair, /** @type {Pair} */ (firstTwo(fingers)));
    else {
      const by = { right: event.clientX - before.clientX, down: event.clientY - before.clientY, moved: gesture.moved };
      if (gesture.shared) meanings.pan(gesture.on, by);
      else meanings.drag(gesture.on, event, by);
    }
  }

  /**
   * Zoom by how far the fingers part, about the middle between them, which moves the picture.
   * @param {T} on
   * @param {Pair} before
   * @param {Pair} after
   */
  pinch(on, before, after) {
    const [[width, x, y], [wider, toX, toY]] = [before, after].map(([one, other]) => [
      Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY),
      (one.clientX + other.clientX) / 2,
      (one.clientY + other.clientY) / 2,
    ]);
    this.meanings.zoom(on, wider / Math.max(width, 1), x, y);
    this.meanings.pan(on, { right: toX - x, down: toY - y, moved: true });
  }

  /**
   * @param {PointerEvent} event
   * @param {boolean} cancelled
   */
  lift(event, cancelled) {
    const { gesture } = this;
    if (!this.fingers.delete(event.pointerId) || !gesture) return;
    if (this.fingers.size === 0) this.gesture = null;
    if (!gesture.shared) this.meanings.release(gesture.on, event, { cancelled, moved: gesture.moved });
  }
}

/** @typedef {[PointerEvent, PointerEvent]} Pair */

/**
 * @param {Map<number, PointerEvent>} fingers
 * @returns {?Pair} null where there is one only
 */
function firstTwo(fingers) {
  const [one, other] = fingers.values();
  return other ? [one, other] : null;
}
