/** The component: one viewer for each place on the page, fed by events that carry packets and settings. */

import { understood } from "./carry.js";
import { Viewer } from "./viewer.js";

const viewers = new WeakMap();

/**
 * Called by Streamlit when the component is mounted, and again when the theme changes.
 * @param {{data: Uint8Array, parentElement: ShadowRoot, setTriggerValue: Function}} component
 */
export default function mount({ data, parentElement, setTriggerValue }) {
  const mounted = viewers.get(parentElement);
  if (mounted) {
    mounted.server.post = (change) => setTriggerValue("moved", change);
    mounted.changed("frame", "charts");
    return undefined;
  }
  const viewer = new Viewer(parentElement, understood(data), (change) => setTriggerValue("moved", change));
  viewers.set(parentElement, viewer);
  const receive = ({ detail }) => {
    if (detail instanceof Uint8Array) viewer.receive(detail);
    else viewer.setSettings(detail);
  };
  document.addEventListener("explorer-feed", receive);
  document.dispatchEvent(new Event("explorer-hungry"));
  return () => {
    document.removeEventListener("explorer-feed", receive);
    viewers.delete(parentElement);
    viewer.stop();
  };
}
