/** Which side of the person is at the left of the pictures, and the letters that say so. */

/** @typedef {import("./model.js").Model} Model */
/** @typedef {{left: string, right: string, top: string, bottom: string}} Letters */

/**
 * Letters at the ends of an axial picture whose array has the left of the person on its left, and the front above.
 * @param {string} sides what is known of them: known, assumed or nothing
 * @param {boolean} turned whether left and right are exchanged
 * @returns {Letters}
 */
export function lettersOf(sides, turned) {
  if (!sides) return { left: "", right: "", top: "", bottom: "" };
  const unsure = sides === "known" ? "" : "?";
  const [left, right, top, bottom] = [...(turned ? "RLAP" : "LRAP")].map((side) => side + unsure);
  return { left, right, top, bottom };
}

/**
 * Whether pictures are shown with their sides exchanged.
 * @param {Model} model
 */
export function isTurned({ settings, view }) {
  return Boolean(settings?.sides) && view.radiological;
}

/**
 * Letters at the ends of the pictures as they are shown; empty where no side is known.
 * @param {Model} model
 */
export function lettersNow(model) {
  return lettersOf(model.settings?.sides ?? "", isTurned(model));
}
