/** Letters that say which side of the person is at which end of a picture. */

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
