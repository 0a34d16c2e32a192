/** Packets of frames, as `explorer/ui/packet.py` describes them: bytes in, pictures out. */

const MAGIC = 0x32465058; // "XPF2"

/**
 * @typedef {Object} Picture one frame of a named array
 * @property {Uint8Array|Uint16Array} codes row by row
 * @property {number} low value of the lower edge of code 0; of no use in masks
 * @property {number} step height of a cell
 */

/**
 * @typedef {Object} Packet
 * @property {Object} header
 * @property {Map<string, Picture[]>} pictures frame by frame
 */

/**
 * Read a packet; gives way to the browser between two pictures, so that a finger is not held up.
 * @param {Uint8Array} bytes
 * @returns {Promise<Packet>}
 */
export async function readPacket(bytes) {
  const header = readHeader(bytes);
  const start = 8 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
  const body = await inflate(bytes.subarray(start));
  const pictures = new Map();
  for (const described of header.arrays) {
    pictures.set(described.name, readPictures(body, described, header.shape));
    if (described.frames > 1) await breath();
  }
  return { header, pictures };
}

/** The header alone; throws where the bytes are not a packet. */
export function readHeader(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < 8 || view.getUint32(0, true) !== MAGIC) throw new Error("this is not a packet");
  return JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + view.getUint32(4, true))));
}

/**
 * Values of a picture.
 * @param {Picture} picture
 * @param {Float32Array} values written
 */
export function readPicture({ codes, low, step }, values) {
  for (let i = 0; i < values.length; i++) values[i] = low + (codes[i] + 0.5) * step;
}

/** The value of one pixel of a picture. */
export function readPixel({ codes, low, step }, pixel) {
  return low + (codes[pixel] + 0.5) * step;
}

/** Undo zlib. */
export async function inflate(bytes) {
  const { readable, writable } = new DecompressionStream("deflate");
  const writer = writable.getWriter();
  const written = Promise.allSettled([writer.write(bytes), writer.close()]); // what fails here fails below, too
  const body = new Uint8Array(await new Response(readable).arrayBuffer());
  await written;
  return body;
}

/** Let the browser do what is waiting. */
function breath() {
  return globalThis.scheduler?.yield?.() ?? new Promise((resume) => setTimeout(resume));
}

function readPictures(body, { dtype, frames, offset, low, step }, [height, width]) {
  const size = width * height;
  const plain = dtype === "uint8";
  const codes = plain ? body.slice(offset, offset + frames * size) : unpack(body, offset, frames, width, height);
  return Array.from({ length: frames }, (_, i) => (
    { codes: codes.subarray(i * size, (i + 1) * size), low: plain ? 0 : low[i], step: plain ? 1 : step[i] }
  ));
}

/** Undo the three steps of the packing: bytes apart, signs folded, differences. */
function unpack(body, offset, frames, width, height) {
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
