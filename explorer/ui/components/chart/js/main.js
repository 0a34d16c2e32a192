/** The component: a place for charts, fed by events that carry them; see `base/js/page/mount.js`. */

import { hear, mounted, understood } from "../../base/js/page/mount.js";
import { Place } from "./place.js";

/** @typedef {{name: string, charts: import("./chart.js").Content[]}} Told */

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
    const deaf = hear(component, (/** @type {Told} */ told) => {
      if (told.name === name) place.show(told.charts);
    });
    return { place, deaf };
  },
  again: (/** @type {Made} */ { place }) => place.repaint(),
  stop({ place, deaf }) {
    deaf();
    place.leave();
  },
});
