/** A canvas whose pixels are set one by one, as large as its picture. */

export class Surface {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    const context = canvas.getContext("2d", { willReadFrequently: true });
    if (!context) throw new Error("this browser draws on no canvas");
    this.context = context;
    this.resize(canvas.width, canvas.height);
  }

  /**
   * @param {number} width
   * @param {number} height
   */
  resize(width, height) {
    this.canvas.width = width;
    this.canvas.height = height;
    this.image = this.context.createImageData(width, height);
    this.pixels = new Uint32Array(this.image.data.buffer);
  }

  /**
   * Let all pixels be written, row by row, and show them.
   * @param {(pixels: Uint32Array) => void} write
   */
  draw(write) {
    write(/** @type {Uint32Array} */ (this.pixels));
    this.context.putImageData(/** @type {ImageData} */ (this.image), 0, 0);
  }
}

/**
 * The colours of values.
 * @param {ArrayLike<number>} values
 * @param {import("./colour.js").Ramp} ramp
 * @param {Uint32Array} pixels written
 */
export function colourise(values, ramp, pixels) {
  for (let i = 0; i < pixels.length; i++) pixels[i] = ramp.at(values[i]);
}
