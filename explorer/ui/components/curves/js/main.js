/** The component: a place for charts, fed by events that carry them. */

import { understood } from "../../base/js/mount.js";
import { Figure } from "./figure.js";

const places = new WeakMap();

/**
 * Called by Streamlit when the component is mounted, and again when the theme changes.
 * @param {{data: Uint8Array, parentElement: ShadowRoot}} component
 */
export default function mount({ data, parentElement }) {
  if (places.has(parentElement)) return undefined;
  const { name } = understood(data);
  const box = parentElement.querySelector(".curves");
  const figures = [];
  const draw = () => figures.forEach((figure) => figure.draw());
  const receive = ({ detail }) => {
    if (detail.name !== name) return;
    while (figures.length > detail.charts.length) figures.pop().element.remove();
    while (figures.length < detail.charts.length) figures.push(new Figure(box));
    figures.forEach((figure, i) => figure.show(detail.charts[i]));
  };
  const resized = new ResizeObserver(draw);
  resized.observe(box);
  places.set(parentElement, name);
  document.addEventListener("explorer-curves-feed", receive);
  document.dispatchEvent(new Event("explorer-curves-feed-hungry"));
  return () => {
    resized.disconnect();
    document.removeEventListener("explorer-curves-feed", receive);
    places.delete(parentElement);
  };
}
