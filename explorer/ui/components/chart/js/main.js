/** The component: a place for charts, fed by events that carry them. */

import { understood } from "../../viewer/js/carry.js";
import { Place } from "./place.js";

const places = new WeakMap();

/**
 * Called by Streamlit when the component is mounted, and again when the theme changes.
 * @param {{data: Uint8Array, parentElement: HTMLElement}} component
 */
export default function mount({ data, parentElement }) {
  const mounted = places.get(parentElement);
  if (mounted) {
    mounted.repaint();
    return undefined;
  }
  const { name, script } = understood(data);
  const place = new Place(parentElement.querySelector(".xp-charts"), script);
  places.set(parentElement, place);
  const receive = ({ detail }) => {
    if (detail.name === name) place.show(detail.charts);
  };
  document.addEventListener("explorer-charts", receive);
  document.dispatchEvent(new Event("explorer-charts-hungry"));
  return () => {
    document.removeEventListener("explorer-charts", receive);
    places.delete(parentElement);
    place.leave();
  };
}
