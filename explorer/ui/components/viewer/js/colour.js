/** Colours: lookup tables of 256 packed pixels, and numbers turned into pixels through them. */

/**
 * Tables as the page sends them: base64 of 256 x 3 bytes.
 * @param {Object<string, string>} encoded
 * @returns {Object<string, Uint32Array>} packed as ImageData wants them on little-endian machines
 */
export function lookupTables(encoded) {
  const tables = {};
  for (const [name, text] of Object.entries(encoded)) {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const table = new Uint32Array(256);
    for (let i = 0; i < 256; i++) {
      table[i] = (255 << 24) | (bytes[3 * i + 2] << 16) | (bytes[3 * i + 1] << 8) | bytes[3 * i];
    }
    tables[name] = table;
  }
  return tables;
}

/**
 * Colour values from `low` to `high`, clipped beyond.
 * @param {Float32Array} values
 * @param {number} low
 * @param {number} high
 * @param {Uint32Array} table
 * @param {Uint32Array} pixels written
 */
export function colourise(values, low, high, table, pixels) {
  const scale = 256 / Math.max(high - low, 1e-12);
  for (let i = 0; i < values.length; i++) {
    const level = (values[i] - low) * scale;
    pixels[i] = table[level > 0 ? (level < 255 ? level | 0 : 255) : 0];
  }
}

/** The colour table from left to right as CSS. */
export function cssGradient(table) {
  const stops = [];
  for (let i = 0; i < 256; i += 17) stops.push(cssColour(table[i]));
  return `linear-gradient(to right,${stops.join(",")})`;
}

/** A packed pixel as CSS. */
export function cssColour(pixel) {
  return `rgb(${pixel & 255},${(pixel >> 8) & 255},${(pixel >> 16) & 255})`;
}
