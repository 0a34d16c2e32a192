/** Colours: tables of 256 packed pixels, and values turned into pixels through them. */

/**
 * Tables as the page sends them: base64 of 256 x 3 bytes.
 * @param {Object<string, string>} encoded
 * @returns {Object<string, Uint32Array>} packed as ImageData wants them on little-endian machines
 */
export function lookupTables(encoded) {
  return Object.fromEntries(Object.entries(encoded).map(([name, text]) => [name, lookupTable(text)]));
}

/** @param {string} text */
function lookupTable(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return Uint32Array.from({ length: 256 }, (_, i) => packed(bytes[3 * i], bytes[3 * i + 1], bytes[3 * i + 2]));
}

/**
 * An opaque pixel.
 * @param {number} red
 * @param {number} green
 * @param {number} blue
 */
export function packed(red, green, blue) {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/** A colour bar: a table of colours from one value to another. */
export class Ramp {
  /**
   * @param {Uint32Array} table
   * @param {number} low value at the first colour's lower edge
   * @param {number} high value at the last colour's upper edge
   */
  constructor(table, low, high) {
    this.table = table;
    this.low = low;
    this.scale = 256 / Math.max(high - low, 1e-12);
  }

  /**
   * The pixel of a value; that of an end beyond it.
   * @param {number} value
   */
  at(value) {
    const level = (value - this.low) * this.scale;
    return this.table[level > 0 ? (level < 255 ? level | 0 : 255) : 0];
  }
}

/**
 * A table from left to right as CSS.
 * @param {Uint32Array} table
 */
export function cssGradient(table) {
  const stops = [];
  for (let i = 0; i < 256; i += 17) stops.push(cssColour(table[i]));
  return `linear-gradient(to right,${stops.join(",")})`;
}

/**
 * A packed pixel as CSS.
 * @param {number} pixel
 */
export function cssColour(pixel) {
  return `rgb(${pixel & 255},${(pixel >> 8) & 255},${(pixel >> 16) & 255})`;
}
