/** A component without a face: it tells its data as events, once, and again to who comes later; see `mount.js`. */

import { hungryFor, understood } from "./mount.js";

/** @type {WeakMap<ShadowRoot, {content: unknown}>} */
const carried = new WeakMap();

/**
 * Called by Streamlit when the component is mounted, and whenever its data change.
 * @param {import("./mount.js").Component} component
 */
export default function feed({ name, data, parentElement }) {
  const tell = (/** @type {unknown} */ detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
  const known = carried.get(parentElement);
  const mine = known ?? { content: null };
  mine.content = understood(data);
  tell(mine.content);
  if (known) return undefined;
  const again = () => tell(mine.content);
  carried.set(parentElement, mine);
  document.addEventListener(hungryFor(name), again);
  return () => {
    carried.delete(parentElement);
    document.removeEventListener(hungryFor(name), again);
  };
}
