/** The component: planes of one scan, fed by events that carry its packets and the page's settings. */

import { understood } from "../../viewer/js/carry.js";
import { Planes } from "./planes.js";

const mounted = new WeakMap();

/**
 * Called by Streamlit when the component is mounted, and again when the theme changes.
 * @param {{data: Uint8Array, parentElement: ShadowRoot, setTriggerValue: Function}} component
 */
export default function mount({ data, parentElement, setTriggerValue }) {
  const known = mounted.get(parentElement);
  const post = (change) => setTriggerValue("moved", change);
  if (known) {
    known.post = post;
    known.changed("profile");
    return undefined;
  }
  const planes = new Planes(parentElement, understood(data).tables, post);
  mounted.set(parentElement, planes);
  const receive = ({ detail }) => {
    if (detail instanceof Uint8Array) planes.receive(detail);
    else planes.setSettings(detail);
  };
  document.addEventListener("explorer-scan", receive);
  document.dispatchEvent(new Event("explorer-scan-hungry"));
  return () => {
    document.removeEventListener("explorer-scan", receive);
    mounted.delete(parentElement);
    planes.stop();
  };
}
