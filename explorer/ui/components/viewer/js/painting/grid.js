/** The panels as one picture, with settings, legend and notice. */

import { cssColour } from "../../../base/js/colour.js";
import { short } from "../../../base/js/text.js";

/** @typedef {import("./panel.js").Panel} Panel */
/** @typedef {import("../../../base/js/zoom.js").Zoom} Zoom */

/** @typedef {{low: number, high: number, mark: number, table: Uint32Array}} Bar mark: NaN for none */

/**
 * @typedef {Object} Legend
 * @property {string[]} lines above the panels; long ones are wrapped
 * @property {Bar[]} bars one a panel
 * @property {boolean} truth whether to outline the true mask
 * @property {number} overlay opacity of what was found
 * @property {string} active title of the map that the threshold is of; empty for none
 * @property {boolean} smooth
 * @property {import("../../../base/js/sides.js").Letters} letters at the ends of pictures
 * @property {string} notice below the panels
 */

const SIDE = 320;
const SPACE = 16;
const LINE = 22;
const FONT = "15px sans-serif";
const [INK, PAPER, TRUTH, FOUND] = ["#111", "#fff", "#2ee6c5", "#ffb000"];

/**
 * @param {Panel[]} panels
 * @param {Legend} legend
 * @param {Zoom} zoom
 * @returns {HTMLCanvasElement}
 */
export function drawGrid(panels, legend, zoom) {
  const { bars, notice } = legend;
  const columns = Math.min(panels.length, Math.ceil(panels.length / Math.ceil(panels.length / 5)));
  const rows = Math.ceil(panels.length / columns);
  const height = Math.round((SIDE * panels[0].height) / panels[0].width);
  const cell = height + 62;
  const canvas = document.createElement("canvas");
  canvas.width = columns * (SIDE + SPACE) + SPACE;
  const c = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  c.font = FONT;
  const widthOf = (/** @type {string} */ text) => c.measureText(text).width;
  const lines = legend.lines.flatMap((line) => wrapped(line, canvas.width - 2 * SPACE, widthOf));
  canvas.height = rows * cell + SPACE + LINE * (lines.length + 2) + 14;
  c.fillStyle = PAPER;
  c.fillRect(0, 0, canvas.width, canvas.height);
  lines.forEach((line, i) => write(c, line, SPACE, 24 + LINE * i));
  panels.forEach((panel, i) => {
    const left = SPACE + (i % columns) * (SIDE + SPACE);
    const top = 36 + LINE * lines.length + Math.floor(i / columns) * cell;
    write(c, panel.layer.title, left, top - 6, { font: "bold 15px" });
    const figure = `${panel.figureName.textContent}${panel.figureText.textContent}`;
    write(c, figure, left + SIDE, top - 6, { font: "14px", align: "right" });
    drawPicture(c, panel, { left, top, height }, legend, zoom);
    drawLetters(c, legend.letters, { left, top, height });
    drawBar(c, bars[i], left, top + height);
  });
  drawKeys(c, legend, canvas.height - 14 - LINE);
  write(c, notice, SPACE, canvas.height - 14, { font: "bold 15px" });
  return canvas;
}

/**
 * A text in lines that are no wider than `most`, broken between words.
 * @param {string} text
 * @param {number} most
 * @param {(text: string) => number} widthOf
 */
export function wrapped(text, most, widthOf) {
  /** @type {string[]} */
  const lines = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line ? `${line} ${word}` : word;
    if (line && widthOf(longer) > most) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

/**
 * What the colours over the pictures mean.
 * @param {CanvasRenderingContext2D} c
 * @param {Legend} legend
 * @param {number} y
 */
function drawKeys(c, { truth, active, overlay }, y) {
  let x = SPACE;
  const key = (/** @type {string} */ text, /** @type {() => void} */ draw) => {
    draw();
    write(c, text, x + 26, y);
    x += 26 + c.measureText(text).width + 24;
  };
  if (truth) {
    key("true mask", () => {
      c.strokeStyle = TRUTH;
      c.lineWidth = 3;
      c.strokeRect(x + 2, y - 11, 16, 10);
    });
  }
  if (active && overlay) {
    key(`on the input: ${active} at or above its threshold`, () => {
      c.fillStyle = FOUND;
      c.fillRect(x + 1, y - 12, 18, 12);
    });
  }
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {string} text
 * @param {number} x
 * @param {number} y
 * @param {{font?: string, align?: CanvasTextAlign, ink?: string}} [style]
 */
function write(c, text, x, y, { font = "15px", align = "left", ink = INK } = {}) {
  c.fillStyle = ink;
  c.font = `${font} sans-serif`;
  c.textAlign = align;
  c.fillText(text, x, y);
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {Panel} panel
 * @param {{left: number, top: number, height: number}} place
 * @param {Legend} legend
 * @param {Zoom} zoom
 */
function drawPicture(c, panel, { left, top, height }, { truth, overlay, smooth }, zoom) {
  c.save();
  c.beginPath();
  c.rect(left, top, SIDE, height);
  c.clip();
  c.translate(left + SIDE / 2, top + height / 2);
  c.scale(((panel.turned ? -SIDE : SIDE) * zoom.scale) / panel.width, (height * zoom.scale) / panel.height);
  c.translate(-zoom.x * panel.width, -zoom.y * panel.height);
  c.imageSmoothingEnabled = smooth;
  c.drawImage(panel.data.canvas, 0, 0);
  if (panel.found) {
    c.globalAlpha = overlay;
    c.drawImage(panel.found.canvas, 0, 0);
    c.globalAlpha = 1;
  }
  if (truth) {
    c.lineWidth = (panel.width / (SIDE * zoom.scale)) * 1.8;
    c.strokeStyle = TRUTH;
    c.stroke(new Path2D(panel.paths.truth.getAttribute("d") ?? ""));
  }
  c.restore();
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {import("../../../base/js/sides.js").Letters} letters
 * @param {{left: number, top: number, height: number}} place
 */
function drawLetters(c, letters, { left, top, height }) {
  const style = /** @type {const} */ ({ font: "bold 14px", ink: "#fff" });
  write(c, letters.left, left + 5, top + height / 2 + 5, style);
  write(c, letters.right, left + SIDE - 5, top + height / 2 + 5, { ...style, align: "right" });
  write(c, letters.top, left + SIDE / 2, top + 16, { ...style, align: "center" });
  write(c, letters.bottom, left + SIDE / 2, top + height - 6, { ...style, align: "center" });
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {Bar} bar
 * @param {number} left
 * @param {number} top
 */
function drawBar(c, { low, high, mark, table }, left, top) {
  for (let x = 0; x < SIDE; x++) {
    c.fillStyle = cssColour(table[Math.floor((x * 256) / SIDE)]);
    c.fillRect(left + x, top + 6, 1, 9);
  }
  c.fillStyle = INK;
  const place = (mark - low) / (high - low);
  if (place >= 0) c.fillRect(left + Math.min(place, 1) * SIDE - 1, top + 3, 2, 15);
  write(c, short(low), left, top + 29, { font: "12px" });
  write(c, short(high), left + SIDE, top + 29, { font: "12px", align: "right" });
}
