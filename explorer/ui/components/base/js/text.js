/** Numbers as texts, and texts of elements. */

/**
 * A number in at most three digits; a dash where there is none.
 * @param {?number} [value]
 */
export function short(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  const size = Math.abs(value);
  if (value !== 0 && (size < 0.001 || size >= 1e5)) return value.toExponential(1);
  return String(Number(value.toPrecision(3)));
}

/**
 * A rate between 0 and 1 in three digits after the point; a dash where it is not defined.
 * @param {?number} [value]
 */
export function rate(value) {
  return value === null || value === undefined || Number.isNaN(value) ? "–" : value.toFixed(3);
}

/**
 * Set a text where it changed; the same text again would cost a layout.
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Set an attribute where it changed.
 * @param {Element} element
 * @param {string} name
 * @param {string} text
 */
export function setAttribute(element, name, text) {
  if (element.getAttribute(name) !== text) element.setAttribute(name, text);
}

/**
 * Set a field's value where it changed.
 * @param {HTMLInputElement|HTMLSelectElement} field
 * @param {number|string} value
 */
export function setValue(field, value) {
  const text = String(value);
  if (field.value !== text) field.value = text;
}
