/** Packets, as `explorer/wire/packet.py` describes them: bytes in, header and arrays out. */

const MAGIC = 0x314b5058; // "XPK1"

/**
 * @typedef {Object} Codes an array of a packet; the value of code c is low + c * step
 * @property {Uint8Array|Uint16Array} codes the last axis of the shape runs fastest
 * @property {number[]} shape
 * @property {number|number[]} low one or one a place along the first axis; 0 where codes are no values
 * @property {number|number[]} step likewise; 1 where codes are no values
 */

/**
 * @typedef {Object} Described an array as the header has it
 * @property {string} name
 * @property {"uint8"|"uint16"} dtype
 * @property {number[]} shape
 * @property {number} offset
 * @property {"plain"|"differences"} packing
 * @property {number|number[]} [low]
 * @property {number|number[]} [step]
 */

/** @typedef {{kind: string, arrays: Described[]}} Header what stands in every header */

/**
 * The header alone; throws where the bytes are no packet of these kinds.
 * @param {Uint8Array} bytes
 * @param {...string} kinds
 * @returns {any} a `Header`, and what the kind's description says
 */
export function readHeader(bytes, ...kinds) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < 8 || view.getUint32(0, true) !== MAGIC) throw new Error("this is not a packet");
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, bodyStart(bytes))));
  if (!kinds.includes(header.kind)) throw new Error(`this packet is of kind ${header.kind}, not ${kinds.join(", ")}`);
  return header;
}

/**
 * The arrays by name; gives way to the browser between two that are unpacked, so that a finger is not held up.
 * @param {Uint8Array} bytes
 * @param {Header} header
 * @returns {Promise<Map<string, Codes>>}
 */
export async function readArrays(bytes, { arrays }) {
  const body = await inflate(bytes.subarray(bodyStart(bytes)));
  const asTheyAre = arrays.every(({ packing }) => packing === "plain");
  const found = new Map();
  for (const described of arrays) {
    const { name, shape, packing, low = 0, step = 1 } = described;
    const plain = packing === "plain";
    const codes = plain ? plainCodes(body, described) : unpacked(body, described);
    // What is copied does not keep the whole body in memory.
    found.set(name, { codes: plain && !asTheyAre ? codes.slice() : codes, shape, low, step });
    if (!plain) await breath();
  }
  return found;
}

/** @param {Uint8Array} bytes */
function bodyStart(bytes) {
  return 8 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
}

/**
 * Undo zlib.
 * @param {Uint8Array} bytes
 */
async function inflate(bytes) {
  const { readable, writable } = new DecompressionStream("deflate");
  const writer = writable.getWriter();
  // What fails here fails below, too.
  const written = Promise.allSettled([writer.write(/** @type {BufferSource} */ (bytes)), writer.close()]);
  const body = new Uint8Array(await new Response(readable).arrayBuffer());
  await written;
  return body;
}

/** Let the browser do what is waiting. */
function breath() {
  const { scheduler } = /** @type {{scheduler?: {yield?: () => Promise<void>}}} */ (globalThis);
  return scheduler?.yield?.() ?? new Promise((resume) => setTimeout(resume));
}

/**
 * @param {Uint8Array} body
 * @param {Described} described
 */
function plainCodes({ buffer }, { dtype, shape, offset }) {
  const count = shape.reduce((product, size) => product * size, 1);
  return dtype === "uint8" ? new Uint8Array(buffer, offset, count) : new Uint16Array(buffer, offset, count);
}

/**
 * Undo the three steps of the packing: bytes apart, signs folded, differences.
 * @param {Uint8Array} body
 * @param {Described} described
 */
function unpacked(body, { shape: [frames, height, width], offset }) {
  const size = width * height;
  const count = frames * size;
  const codes = new Uint16Array(count);
  const below = new Int32Array(width);
  let place = 0;
  for (let frame = 0; frame < frames; frame++) {
    below.fill(0);
    for (let row = 0; row < height; row++) {
      let aside = 0;
      for (let column = 0; column < width; column++, place++) {
        const folded = body[offset + place] | (body[offset + count + place] << 8);
        aside += below[column] += (folded >>> 1) ^ -(folded & 1);
        codes[place] = (frame === 0 ? 0 : codes[place - size]) + aside;
      }
    }
  }
  return codes;
}
