/** Carries what the server sends to the viewer, once, and again to a viewer that is mounted later. */

import { carry } from "./carry.js";

export default function feed(component) {
  return carry(component, "explorer-feed", "explorer-hungry");
}
