/** The frames of a slice, put together from the packets that have come. */

/** Lists of a header that have one entry a frame. */
const PER_FRAME = ["betas", "scoring_betas", "rec", "kl", "elbo"];

export class Frames {
  /** @param {import("./packet.js").Packet[]} packets of one view, the first of them first */
  constructor(packets) {
    const [first] = packets;
    const along = packets.filter(({ header }) => header.betas.length);
    const betas = along.flatMap(({ header }) => header.betas);
    this.order = betas.map((_, i) => i).sort((one, other) => betas[one] - betas[other]);
    const sorted = (listOf) => {
      const list = along.flatMap(({ header }) => listOf(header));
      return this.order.map((place) => list[place]);
    };
    const scoring = packets.find(({ header }) => header.scoring);
    this.header = {
      ...first.header,
      ...Object.fromEntries(PER_FRAME.map((name) => [name, sorted((header) => header[name])])),
      complete: packets.length === first.header.parts,
      current: this.order.map((place) => betas[place]).indexOf(first.header.current),
      residual: Object.fromEntries(["low", "high"].map((end) => [end, sorted(({ residual }) => residual[end])])),
      scoring: scoring?.header.scoring ?? null,
      predictors: first.header.predictors.map((predictor) => {
        const { name, only_beta: only } = predictor;
        const own = first.header.figures[name];
        const join = (figure) => (only === null ? sorted(({ figures }) => figures[name][figure]) : own[figure]);
        const figures = Object.fromEntries(Object.keys(own).map((figure) => [figure, join(figure)]));
        return { ...predictor, figures };
      }),
    };
    this.pictures = new Map(scoring?.pictures);
    const later = along.slice(1);
    for (const [name, own] of first.pictures) {
      const moves = own.length > 1 || later.some(({ pictures }) => pictures.has(name));
      const all = moves && along.flatMap(({ header, pictures }) => forAll(pictures.get(name) ?? own, header.betas.length));
      this.pictures.set(name, moves ? this.order.map((place) => all[place]) : own);
    }
  }

  has(name) {
    return this.pictures.has(name);
  }

  /**
   * A picture in one frame of its axis.
   * @returns {import("./packet.js").Picture}
   */
  picture(name, frame) {
    const along = this.pictures.get(name);
    return along[along.length === 1 ? 0 : frame];
  }
}

/** The pictures of a packet, one a frame; a single one stands for all. */
function forAll(pictures, count) {
  return pictures.length === 1 ? Array(count).fill(pictures[0]) : pictures;
}
