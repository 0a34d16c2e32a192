/** What the page tells of scans: packets of them and of their maps, as `explorer/looking/output/planes.py` describes
 * them, and settings. */

import { readArrays, readHeader } from "../../../base/js/page/packet.js";
import { ScoreGrid } from "./grid.js";

/** @typedef {import("./grid.js").Volume} Volume */
/** @typedef {import("./grid.js").MapHeader} MapHeader */
/** @typedef {import("./matrix.js").Matrix} Matrix */

/**
 * @typedef {Object} ScanHeader
 * @property {"scan"} kind
 * @property {string} key
 * @property {number[]} shape
 * @property {?number[]} spacing
 * @property {boolean} picture
 * @property {boolean} oriented
 * @property {number} oblique
 * @property {number} every
 * @property {?Matrix} to_mm
 * @property {Matrix} to_scan
 * @property {Matrix} to_model
 * @property {?number} pixel_mm
 * @property {[number, number]} window
 */

/** @typedef {{header: ScanHeader, image: Volume, seen: Volume, foreground: Volume, mask: ?Volume}} Scan */

/** @typedef {{ml: ?number, peak: number, healthy: ?number, place: number[]}} Place (slice, row, column) of a peak */

/**
 * @typedef {Object} Settings what the page knows; without a result there is the key alone
 * @property {boolean} [radiological] whether the right of the person is on the left, on all pages
 * @property {string} key of the scan
 * @property {?string} result number of the map
 * @property {number} [threshold]
 * @property {(?number)[]} [profile] a score a slice
 * @property {number[]} [anomalous] slices that the true mask touches
 * @property {Place[]} [places]
 * @property {string} [note] below the places
 * @property {?{levels: number[], quantiles: number[]}} [healthy] scores of healthy pixels
 */

export class ScanArrivals {
  constructor() {
    /** What came last of either kind; it may still be read. */
    this.newest = { scan: "", map: "" };
  }

  /**
   * Read a packet of a scan or of its map; null where it is here already, or newer ones came meanwhile.
   * @param {Uint8Array} bytes
   * @returns {Promise<{scan?: Scan, scores?: ScoreGrid}|null>}
   */
  async take(bytes) {
    const header = readHeader(bytes, "scan", "map");
    /** @type {"scan"|"map"} */
    const kind = header.kind;
    const id = `${header.key} ${header.result ?? ""}`;
    if (this.newest[kind] === id) return null;
    this.newest[kind] = id;
    const arrays = /** @type {Map<string, Volume>} */ (await readArrays(bytes, header));
    if (this.newest[kind] !== id) return null;
    const volume = (/** @type {string} */ name) => /** @type {Volume} */ (arrays.get(name));
    if (kind === "map") return { scores: new ScoreGrid(header, volume("scores"), volume("scored")) };
    const [image, seen, foreground] = ["image", "seen", "foreground"].map(volume);
    return { scan: { header, image, seen, foreground, mask: arrays.get("mask") ?? null } };
  }
}
