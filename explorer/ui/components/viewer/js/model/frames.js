/** The frames of a slice, put together from the packets that have come. */

/** @typedef {import("../../../base/js/page/packet.js").Codes} Codes */
/** @typedef {{header: PacketHeader, arrays: Map<string, Codes>}} Packet */

/**
 * @typedef {Object} Figures a list of one a frame, or of one that holds for all
 * @property {(?number)[]} auroc
 * @property {(?number)[]} average_precision
 * @property {(?number)[]} best_dice
 * @property {(?number)[]} dice_threshold
 * @property {number[]} low
 * @property {number[]} high
 * @property {number[]} mark
 * @property {number[][]} quantiles
 */

/**
 * @typedef {Object} Described a predictor
 * @property {string} name
 * @property {string} title
 * @property {string} summary
 * @property {string} source
 * @property {string} settings
 * @property {boolean} uses_scoring_beta
 * @property {?number} only_beta
 * @property {boolean} [pending] whether its map is still blank
 */

/** @typedef {Described & {figures: Figures}} Predictor */
/** @typedef {{betas: number[], current: number, elbo: number[], figures: Object<string, Figures>}} ScoringAxis */

/**
 * @typedef {Object} Common what headers of packets and of frames share; see `explorer/looking/output/packets.py`
 * @property {string} slice
 * @property {string} view
 * @property {number} parts
 * @property {[number, number]} shape
 * @property {number[]} betas
 * @property {number[]} scoring_betas
 * @property {number[]} rec
 * @property {number[]} kl
 * @property {number[]} elbo
 * @property {{low: number[], high: number[]}} residual
 * @property {?ScoringAxis} scoring
 * @property {string} name
 * @property {?[number, number]} spacing
 * @property {number} s
 * @property {number[]} levels
 * @property {boolean} linked
 * @property {string} healthy which pixels the figures of healthy ones are of
 * @property {Object<string, string|number>} about how the pictures were made, by the names of columns
 */

/** @typedef {Common & {part: number, current: number, figures: Object<string, Figures>}} Part */
/** @typedef {Part & {predictors: Described[]}} PacketHeader current: a beta */
/** @typedef {Common & {complete: boolean, current: number, predictors: Predictor[]}} FramesHeader current: a place */

/**
 * @typedef {Object} Picture one frame of a named array
 * @property {Uint8Array|Uint16Array} codes row by row
 * @property {number} low value of code 0
 * @property {number} step from a code's value to the next one's
 */

/** Lists of a header that have one entry a frame. */
const PER_FRAME = /** @type {const} */ (["betas", "scoring_betas", "rec", "kl", "elbo"]);

export class Frames {
  /** @param {Packet[]} packets of one view, the first of them first */
  constructor(packets) {
    const [first] = packets;
    const along = packets.filter(({ header }) => header.betas.length);
    const betas = along.flatMap(({ header }) => header.betas);
    /** Places of the frames as they came, in the order of their betas. */
    this.order = betas.map((_, i) => i).sort((one, other) => betas[one] - betas[other]);
    const scoring = packets.find(({ header }) => header.scoring);
    /** @type {FramesHeader} */
    this.header = {
      ...first.header,
      ...this.perFrame(along),
      complete: packets.length === first.header.parts,
      current: this.order.map((place) => betas[place]).indexOf(first.header.current),
      scoring: scoring?.header.scoring ?? null,
      predictors: first.header.predictors.map((predictor) => this.withFigures(predictor, along)),
    };
    /** @type {Map<string, Picture[]>} frame by frame; one where all are the same */
    this.pictures = this.collected(along);
    for (const [name, array] of scoring?.arrays ?? []) this.pictures.set(name, picturesOf(array));
  }

  /**
   * What the packets list frame by frame, in the order of the betas.
   * @template T
   * @param {Packet[]} along packets along the training beta
   * @param {(packet: Packet) => T[]} listOf
   * @returns {T[]}
   */
  sorted(along, listOf) {
    const list = along.flatMap(listOf);
    return this.order.map((place) => list[place]);
  }

  /** @param {Packet[]} along */
  perFrame(along) {
    const [betas, scoring_betas, rec, kl, elbo] = PER_FRAME.map((name) =>
      this.sorted(along, ({ header }) => header[name]));
    const [low, high] = /** @type {const} */ (["low", "high"]).map((end) =>
      this.sorted(along, ({ header }) => header.residual[end]));
    return { betas, scoring_betas, rec, kl, elbo, residual: { low, high } };
  }

  /**
   * @param {Described} predictor
   * @param {Packet[]} along
   * @returns {Predictor}
   */
  withFigures(predictor, along) {
    const { name, only_beta: only } = predictor;
    const own = along[0].header.figures[name];
    if (only !== null) return { ...predictor, figures: own };
    const join = (/** @type {keyof Figures} */ figure) =>
      this.sorted(along, ({ header }) => /** @type {any[]} */ (header.figures[name][figure]));
    const names = /** @type {(keyof Figures)[]} */ (Object.keys(own));
    const figures = /** @type {any} */ (Object.fromEntries(names.map((figure) => [figure, join(figure)])));
    return { ...predictor, figures };
  }

  /**
   * The pictures along the training beta; those that do not change are in the first packet only, once.
   * @param {Packet[]} along
   * @returns {Map<string, Picture[]>}
   */
  collected([first, ...later]) {
    const found = new Map();
    for (const [name, array] of first.arrays) {
      const own = picturesOf(array);
      const moves = own.length > 1 || later.some(({ arrays }) => arrays.has(name));
      const listOf = (/** @type {Packet} */ { header, arrays }) => {
        const there = arrays.get(name);
        const pictures = there ? picturesOf(there) : own;
        return pictures.length === 1 ? header.betas.map(() => pictures[0]) : pictures;
      };
      found.set(name, moves ? this.sorted([first, ...later], listOf) : own);
    }
    return found;
  }

  /** @param {string} name */
  has(name) {
    return this.pictures.has(name);
  }

  /**
   * A picture in one frame of its axis.
   * @param {string} name
   * @param {number} frame
   * @returns {Picture}
   */
  picture(name, frame) {
    const along = this.pictures.get(name);
    if (!along) throw new Error(`there is no picture ${name}`);
    return along[along.length === 1 ? 0 : frame];
  }
}

/**
 * An array frame by frame.
 * @param {Codes} array
 * @returns {Picture[]}
 */
function picturesOf({ codes, shape: [frames, height, width], low, step }) {
  const size = height * width;
  return Array.from({ length: frames }, (_, i) => ({
    codes: codes.subarray(i * size, (i + 1) * size),
    low: typeof low === "number" ? low : low[i],
    step: typeof step === "number" ? step : step[i],
  }));
}
