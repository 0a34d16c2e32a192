/** Carries a scan, its map and the page's settings to the planes, once, and again to planes mounted later. */

import { carry } from "../../viewer/js/carry.js";

export default function feed(component) {
  return carry(component, "explorer-scan", "explorer-scan-hungry");
}
