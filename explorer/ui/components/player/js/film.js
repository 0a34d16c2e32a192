/** A film, as `explorer/wire/film.py` describes it, and how fast it is played. */

import { lookupTables } from "../../base/js/colour.js";
import { clamp } from "../../base/js/numbers.js";
import { readArrays, readHeader } from "../../base/js/page/packet.js";

const WHOLE_MS = 7000;
const FASTEST_MS = 60;
const SLOWEST_MS = 500;

/** @typedef {{title: string, caption: string, low: number, high: number, pick: boolean}} Common */
/** @typedef {Common & {colours: string}} LayerHeader */

/**
 * @typedef {Object} FilmHeader
 * @property {string} key
 * @property {string[]} labels
 * @property {LayerHeader[]} layers
 * @property {Object<string, number[]>} curves
 * @property {?[number, number]} picked row and column
 * @property {Object<string, string>} tables
 * @property {string} sides what is known of left and right
 * @property {boolean} turned whether they are exchanged
 */

/**
 * @typedef {Object} Pictures
 * @property {Uint32Array} table
 * @property {Uint8Array} levels steps of the colour bar, frame by frame
 * @property {number} frames 1 where it does not change
 * @property {number} width
 * @property {number} height
 */

/** @typedef {Common & Pictures} FilmLayer */

/**
 * The header alone.
 * @param {Uint8Array} bytes
 * @returns {FilmHeader & import("../../base/js/page/packet.js").Header}
 */
export function filmHeader(bytes) {
  return readHeader(bytes, "film");
}

/**
 * The pictures of a film.
 * @param {Uint8Array} bytes
 * @param {FilmHeader & import("../../base/js/page/packet.js").Header} header
 * @returns {Promise<FilmLayer[]>}
 */
export async function filmLayers(bytes, header) {
  const arrays = await readArrays(bytes, header);
  const tables = lookupTables(header.tables);
  return header.layers.map(({ colours, ...layer }, i) => {
    const array = arrays.get(String(i));
    if (!array) throw new Error(`the film has no pictures of layer ${i}`);
    const [frames, height, width] = array.shape;
    return { ...layer, table: tables[colours], levels: /** @type {Uint8Array} */ (array.codes), frames, width, height };
  });
}

/**
 * The value at a place of a layer, to 8 bits of its colour bar.
 * @param {FilmLayer} layer
 * @param {number} place in `levels`
 */
export function valueAt({ levels, low, high }, place) {
  return low + ((levels[place] + 0.5) * (high - low)) / 256;
}

/**
 * How long each of so many frames stands, ms.
 * @param {number} count
 */
export function paceOf(count) {
  return clamp(WHOLE_MS / count, FASTEST_MS, SLOWEST_MS);
}
