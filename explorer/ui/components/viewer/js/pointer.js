/** Mouse, pen and fingers on the panels, told as what they mean. */

const CLICK = 4;
const ON_INPUT = ["plant", "brush"];

/**
 * @typedef {Object} Meanings
 * @property {() => string} tool the chosen one: look, window, plant or brush
 * @property {(panel: import("./panels.js").Panel, event: PointerEvent) => void} hover
 * @property {() => void} leave
 * @property {(panel: import("./panels.js").Panel, event: PointerEvent) => void} pin
 * @property {(right: number, down: number) => void} pan in fractions of a panel
 * @property {(panel: import("./panels.js").Panel, factor: number, clientX: number, clientY: number) => void} zoom
 * @property {(panel: import("./panels.js").Panel, right: number, down: number) => void} window likewise
 * @property {(panel: import("./panels.js").Panel, stage: "down"|"move"|"up"|"cancel", event: PointerEvent) => void} plant
 * @property {(panel: import("./panels.js").Panel, stage: "down"|"move"|"up"|"cancel", event: PointerEvent) => void} brush
 */

/**
 * Listen to pointers on all panels.
 * @param {import("./panels.js").Panels} panels
 * @param {Meanings} meanings
 */
export function listenToPointers(panels, meanings) {
  /** @type {Map<number, PointerEvent>} */
  const down = new Map();
  let gesture = null;

  const panelOf = (event) => panels.all.find((panel) => panel.box.contains(event.target));

  panels.element.addEventListener("pointerdown", (event) => {
    const panel = panelOf(event);
    if (!panel || (event.pointerType === "mouse" && event.button !== 0)) return;
    down.set(event.pointerId, event);
    event.target.setPointerCapture?.(event.pointerId);
    if (down.size === 2) {
      if (ON_INPUT.includes(gesture?.kind)) meanings[gesture.kind](gesture.panel, "cancel", event);
      gesture = { kind: "pinch", panel };
      return;
    }
    const kind = event.shiftKey ? "window" : meanings.tool();
    gesture = { kind, panel, x: event.clientX, y: event.clientY, moved: false };
    if (ON_INPUT.includes(kind)) {
      if (panel.layer.key === "input") meanings[kind](panel, "down", event);
      else gesture.kind = "look";
    }
  });

  panels.element.addEventListener("pointermove", (event) => {
    if (!gesture || !down.has(event.pointerId)) {
      const panel = panelOf(event);
      if (panel) meanings.hover(panel, event);
      return;
    }
    const before = down.get(event.pointerId);
    const size = gesture.panel.box.getBoundingClientRect();
    const right = (event.clientX - before.clientX) / size.width;
    const below = (event.clientY - before.clientY) / size.height;
    if (gesture.kind === "pinch") pinch(event, right, below);
    else {
      gesture.moved ||= Math.hypot(event.clientX - gesture.x, event.clientY - gesture.y) > CLICK;
      if (gesture.kind === "brush") meanings.hover(gesture.panel, event);
      if (ON_INPUT.includes(gesture.kind)) meanings[gesture.kind](gesture.panel, "move", event);
      else if (gesture.moved && gesture.kind === "window") meanings.window(gesture.panel, right, below);
      else if (gesture.moved) meanings.pan(right, below);
      if (gesture.kind === "look" && event.pointerType !== "mouse") meanings.hover(gesture.panel, event);
    }
    down.set(event.pointerId, event);
  });

  function pinch(event, right, below) {
    const other = [...down.values()].find((finger) => finger.pointerId !== event.pointerId);
    if (!other) return;
    const before = down.get(event.pointerId);
    const apart = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
    const [x, y] = [(event.clientX + other.clientX) / 2, (event.clientY + other.clientY) / 2];
    meanings.zoom(gesture.panel, apart(event) / Math.max(apart(before), 1), x, y);
    meanings.pan(right / 2, below / 2);
  }

  function release(event, stage) {
    if (!down.delete(event.pointerId) || !gesture) return;
    const ended = gesture;
    if (down.size === 0) gesture = null;
    if (ON_INPUT.includes(ended.kind)) meanings[ended.kind](ended.panel, stage, event);
    else if (stage === "up" && ended.kind === "look" && !ended.moved) meanings.pin(ended.panel, event);
  }

  panels.element.addEventListener("pointerup", (event) => release(event, "up"));
  panels.element.addEventListener("pointercancel", (event) => release(event, "cancel"));
  panels.element.addEventListener("pointerleave", () => gesture || meanings.leave());
  panels.element.addEventListener(
    "wheel",
    (event) => {
      const panel = panelOf(event);
      const active = panels.element.contains(panels.element.getRootNode().activeElement);
      if (!panel || !(event.ctrlKey || active || panels.element.getRootNode().fullscreenElement)) return;
      event.preventDefault();
      meanings.zoom(panel, Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.002)), event.clientX, event.clientY);
    },
    { passive: false },
  );
}
