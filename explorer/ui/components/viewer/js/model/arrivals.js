/** Packets on their arrival: which are new, and which belong together. */

import { readArrays, readHeader } from "../../../base/js/page/packet.js";
import { Frames } from "./frames.js";

/** @typedef {import("./frames.js").Packet} Packet */

export class Arrivals {
  constructor() {
    /** @type {{view: string, packet: ?Packet}[]} by number; not yet read: null */
    this.places = [];
  }

  /**
   * Read a packet, and forget all of them where it is damaged, so that they can be told again.
   * @param {Uint8Array} bytes
   * @returns {Promise<?Frames>} the first frame of a view, or all of them; null where there is nothing new
   */
  async take(bytes) {
    try {
      const header = readHeader(bytes, "frames");
      const { view, part } = header;
      if (this.places[part]?.view === view) return null;
      /** @type {{view: string, packet: ?Packet}} */
      const place = (this.places[part] = { view, packet: null });
      const arrays = await readArrays(bytes, header);
      place.packet = { header, arrays };
      return this.places[part] === place ? this.together(part) : null;
    } catch (error) {
      this.places = [];
      throw error;
    }
  }

  /**
   * What there is to show after a packet has come.
   * @param {number} part its number
   */
  together(part) {
    const [first] = this.places;
    if (!first?.packet) return null;
    const { parts } = first.packet.header;
    const own = this.places.slice(0, parts).filter(({ view }) => view === first.view);
    const here = own.flatMap(({ packet }) => packet ?? []);
    if (here.length < parts && part > 0) return null;
    if (here.length === parts) this.places.length = parts;
    return new Frames(here);
  }
}
