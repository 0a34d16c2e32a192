/** Packets on their arrival: which are new, and which belong together. */

import { Frames } from "./frames.js";
import { readHeader, readPacket } from "./packet.js";

export class Arrivals {
  constructor() {
    /** @type {{view: string, packet: ?import("./packet.js").Packet}[]} by number; not yet read: null */
    this.places = [];
  }

  /**
   * Read a packet, and forget all of them where it is damaged, so that they can be told again.
   * @param {Uint8Array} bytes
   * @returns {Promise<?Frames>} the first frame of a view, or all of them; null where there is nothing new
   */
  async take(bytes) {
    try {
      const { view, part } = readHeader(bytes);
      if (this.places[part]?.view === view) return null;
      const place = (this.places[part] = { view, packet: null });
      place.packet = await readPacket(bytes);
      return this.places[part] === place ? this.together(part) : null;
    } catch (error) {
      this.places = [];
      throw error;
    }
  }

  /** What there is to show after a packet has come. */
  together(part) {
    const [first] = this.places;
    if (!first?.packet) return null;
    const { parts } = first.packet.header;
    const here = this.places.slice(0, parts).filter(({ view, packet }) => view === first.view && packet);
    if (here.length < parts && part > 0) return null;
    if (here.length === parts) this.places.length = parts;
    return new Frames(here.map(({ packet }) => packet));
  }
}
