/** Packets of frames, as `explorer/ui/packet.py` describes them: bytes in, pictures out. */

const MAGIC = 0x31465058; // "XPF1"

/**
 * @typedef {Object} Picture one named array
 * @property {number} frames 1 where all frames are the same
 * @property {Uint8Array|Uint16Array} codes frame after frame, row by row
 * @property {?number[]} low value of the lower edge of code 0, per frame; null for masks
 * @property {?number[]} step height of a cell, per frame
 */

/**
 * @typedef {Object} Packet
 * @property {Object} header
 * @property {number} width
 * @property {number} height
 * @property {Map<string, Picture>} pictures
 */

/**
 * Read a packet; gives way to the browser between two pictures, so that a finger is not held up.
 * @param {Uint8Array} bytes
 * @returns {Promise<Packet>}
 */
export async function readPacket(bytes) {
  const header = readHeader(bytes);
  const [height, width] = header.shape;
  const start = 8 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
  const body = await inflate(bytes.subarray(start));
  const pictures = new Map();
  for (const described of header.arrays) {
    pictures.set(described.name, readPicture(body, described, width, height));
    if (described.frames > 1) await new Promise((resume) => setTimeout(resume));
  }
  return { header, width, height, pictures };
}

/** The header alone; throws where the bytes are not a packet. */
export function readHeader(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < 8 || view.getUint32(0, true) !== MAGIC) throw new Error("this is not a packet");
  return JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + view.getUint32(4, true))));
}

/**
 * Values of one frame of a picture.
 * @param {Picture} picture
 * @param {number} frame
 * @param {Float32Array} values written
 */
export function readFrame(picture, frame, values) {
  const shown = picture.frames === 1 ? 0 : frame;
  const { codes } = picture;
  const [low, step] = [picture.low[shown], picture.step[shown]];
  const start = shown * values.length;
  for (let i = 0; i < values.length; i++) values[i] = low + (codes[start + i] + 0.5) * step;
}

/** The value of one pixel in one frame of a picture. */
export function readPixel(picture, frame, pixel, pixels) {
  const shown = picture.frames === 1 ? 0 : frame;
  return picture.low[shown] + (picture.codes[shown * pixels + pixel] + 0.5) * picture.step[shown];
}

/** Undo zlib. */
export async function inflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function readPicture(body, { dtype, frames, offset, low, step }, width, height) {
  const count = frames * width * height;
  if (dtype === "uint8") return { frames, codes: body.slice(offset, offset + count), low: null, step: null };
  return { frames, codes: unpack(body, offset, frames, width, height), low, step };
}

/** Undo the three steps of the packing: bytes apart, signs folded, differences. */
function unpack(body, offset, frames, width, height) {
  const size = width * height;
  const count = frames * size;
  const codes = new Uint16Array(count);
  let place = 0;
  for (let frame = 0; frame < frames; frame++) {
    for (let row = 0; row < height; row++) {
      let difference = 0;
      for (let column = 0; column < width; column++, place++) {
        const folded = body[offset + place] | (body[offset + count + place] << 8);
        difference += (folded >>> 1) ^ -(folded & 1);
        codes[place] = (frame === 0 ? 0 : codes[place - size]) + difference;
      }
    }
  }
  return codes;
}
