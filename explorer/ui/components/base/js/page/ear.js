/** A component without a face: what is whispered as events of its name it tells the page; see `mount.js`. */

import { mounted } from "./mount.js";

export default mounted({
  trigger: "told",
  make: ({ name }, post) => {
    const hear = (/** @type {Event} */ whispered) => post(/** @type {CustomEvent} */ (whispered).detail);
    document.addEventListener(name, hear);
    return () => document.removeEventListener(name, hear);
  },
  again: () => undefined,
  stop: (deafen) => deafen(),
});
