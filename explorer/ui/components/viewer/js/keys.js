/** The keyboard: every gesture of the mouse as a key. */

const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/**
 * @param {HTMLElement} root of the viewer
 * @param {Object<string, Function>} actions by name
 */
export function listenToKeys(root, actions) {
  const plain = {
    "[": () => actions.beta(-1),
    "]": () => actions.beta(1),
    ",": () => actions.level(-10),
    ".": () => actions.level(10),
    "+": () => actions.zoom(1.25),
    "=": () => actions.zoom(1.25),
    "-": () => actions.zoom(0.8),
    0: actions.reset,
    t: actions.truth,
    s: actions.smooth,
    c: actions.colours,
    m: actions.nextMap,
    f: actions.fullScreen,
    l: () => actions.tool("look"),
    w: () => actions.tool("window"),
    p: () => actions.tool("plant"),
    b: () => actions.tool("brush"),
    e: actions.erase,
    "?": actions.help,
  };
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const onPicture = event.target.closest?.(".box");
    const writing = event.target.matches?.("select");
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const action = (onPicture && pictureKey(event)) || (!writing && plain[key]);
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  });

  function pictureKey(event) {
    const { key } = event;
    if (key in ARROWS) {
      const far = event.shiftKey ? 8 : 1;
      return () => actions.step(ARROWS[key][0] * far, ARROWS[key][1] * far);
    }
    return { Enter: actions.pin, " ": actions.pin, Escape: actions.letGo,
      PageUp: () => actions.grow(0.01), PageDown: () => actions.grow(-0.01), Delete: actions.clear }[key];
  }
}
