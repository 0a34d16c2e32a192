/** Carries charts to the place of their name, once, and again to a place that is mounted later. */

import { carry } from "../../viewer/js/carry.js";

export default function feed(component) {
  return carry(component, "explorer-charts", "explorer-charts-hungry");
}
