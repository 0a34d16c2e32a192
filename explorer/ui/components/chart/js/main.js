/** The component: a place for charts, fed by events that carry them; see `base/js/mount.js`. */

import { hungryFor, mounted, understood } from "../../base/js/mount.js";
import { Place } from "./place.js";

/** @typedef {import("./chart.js").Content} Content */

/**
 * @typedef {Object} Made
 * @property {Place} place
 * @property {() => void} deaf no longer listens
 */

export default mounted({
  trigger: "moved",
  make({ name: component, data, parentElement }) {
    const { name, script } = understood(data);
    const place = new Place(/** @type {HTMLElement} */ (parentElement.querySelector(".xp-charts")), script);
    const event = `${component}-feed`;
    const receive = (/** @type {Event} */ told) => {
      const { detail } = /** @type {CustomEvent<{name: string, charts: Content[]}>} */ (told);
      if (detail.name === name) place.show(detail.charts);
    };
    document.addEventListener(event, receive);
    document.dispatchEvent(new Event(hungryFor(event)));
    return { place, deaf: () => document.removeEventListener(event, receive) };
  },
  again: (/** @type {Made} */ { place }) => place.repaint(),
  stop({ place, deaf }) {
    deaf();
    place.leave();
  },
});
