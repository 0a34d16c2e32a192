/** What the unit tests have in common: packets, frames of a slice, pointers, and a page that is not there. */

import { deflateSync } from "node:zlib";
import { Frames } from "../../explorer/ui/components/viewer/js/model/frames.js";

export const components = new URL("../../explorer/ui/components/", import.meta.url);

/** A packet with arrays as they are: {name: {codes, shape, low, step}}. */
export function packetOf(header, arrays = {}) {
  const described = [];
  const parts = [];
  let offset = 0;
  for (const [name, { codes, shape, low, step }] of Object.entries(arrays)) {
    const bytes = new Uint8Array(codes.buffer, codes.byteOffset, codes.byteLength);
    const dtype = codes instanceof Uint8Array ? "uint8" : "uint16";
    described.push({ name, dtype, shape, offset, packing: "plain", low, step });
    parts.push(bytes, new Uint8Array(bytes.length % 2));
    offset += bytes.length + (bytes.length % 2);
  }
  const text = new TextEncoder().encode(JSON.stringify({ ...header, arrays: described }));
  const body = deflateSync(Buffer.concat(parts));
  const packet = Buffer.concat([Buffer.from("XPK1"), Buffer.alloc(4), text, body]);
  packet.writeUInt32LE(text.length, 4);
  return new Uint8Array(packet);
}

export const [WIDTH, HEIGHT] = [3, 2];
const LEVELS = [0, 0.5, 1];

function figuresOf(betas) {
  return {
    auroc: betas.map((beta) => beta / 10), average_precision: betas.map(() => null),
    best_dice: betas.map(() => 0.5), dice_threshold: betas.map(() => 2),
    low: betas.map(() => 0), high: betas.map(() => 4), mark: betas.map(() => 3),
    quantiles: betas.map((beta) => [0, beta, 2 * beta]),
  };
}

/** One packet of a view: frames at these betas; all pictures are the beta, in their first pixel 10 times the beta. */
export function part(betas, more = {}) {
  const { number = 0, parts = 1, view = "view", slice = "slice", only = null, scoring = null } = more;
  const size = WIDTH * HEIGHT;
  const constant = (values) => ({
    codes: Uint16Array.from(values.flatMap((value) => [20 * value, ...Array(size - 1).fill(2 * value)])),
    shape: [values.length, HEIGHT, WIDTH], low: values.map(() => 0), step: values.map(() => 0.5),
  });
  const header = {
    kind: "frames", slice, view, part: number, parts, shape: [HEIGHT, WIDTH], betas,
    scoring_betas: betas, rec: betas, kl: betas, elbo: betas.map((beta) => 2 * beta),
    residual: { low: betas.map((beta) => -beta), high: betas }, figures: { a: figuresOf(betas) }, scoring,
  };
  const names = ["reconstruction", "residual", "grad-rec", "map:a"];
  const arrays = scoring
    ? { "scoring:a": constant(scoring.betas) }
    : Object.fromEntries(names.map((name) => [name, constant(betas)]));
  if (number === 0) {
    const mask = { codes: Uint8Array.of(1, 0, 0, 0, 0, 0), shape: [1, HEIGHT, WIDTH] };
    const foreground = { codes: Uint8Array.of(1, 1, 1, 1, 1, 0), shape: [1, HEIGHT, WIDTH] };
    const predictor = {
      name: "a", title: "A", summary: "is", source: "us", settings: "sigma=0.5", uses_scoring_beta: true,
      only_beta: only,
    };
    Object.assign(arrays, { mask, foreground, counted: foreground, input: constant([1]) });
    Object.assign(header, { name: "Slice 1", spacing: [2, 3], s: 0.5, linked: true, levels: LEVELS });
    const about = { dataset: "brain", model: "m", anomaly_settings: "x=none,y=none" };
    Object.assign(header, { healthy: "ours", about });
    Object.assign(header, { current: betas[0], predictors: [predictor] });
  }
  return { header, arrays };
}

/** Frames of parts as `part` makes them. */
export function framesOf(...parts) {
  return new Frames(parts.map(({ header, arrays }) => {
    const own = Object.entries(arrays).map(([name, array]) => [name, { low: 0, step: 1, ...array }]);
    return { header, arrays: new Map(own) };
  }));
}

/** What the page says. */
export function settingsOf(more = {}) {
  const plant = { plants: true, x: 0.5, y: 0.5, size: 0.2, sizes: [0.05, 0.5], painted: "" };
  const betas = ["0.1", "1", "10"];
  return { slice: "slice", betas, beta: "1", scorings: betas, scoring: "1", linked: true, plant, ...more };
}

/** A function that remembers what it was called with, call by call. */
export function recorder() {
  const calls = [];
  return Object.assign((...given) => calls.push(given), { calls });
}

/** A pointer's event, as a browser sends it. */
export function pointer(type, x, y, more = {}) {
  const event = new Event(`pointer${type}`);
  return Object.assign(event, { pointerId: 1, clientX: x, clientY: y, button: 0, pointerType: "touch", ...more });
}
