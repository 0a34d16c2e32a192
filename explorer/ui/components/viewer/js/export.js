/** What a person takes away: the panels as one picture with legend and notice, the figures as a table. */

import { cssColour } from "./colour.js";
import { short } from "./panels.js";

const SIDE = 320;
const SPACE = 16;

/**
 * Draw the panel grid.
 * @param {import("./panels.js").Panel[]} panels
 * @param {Object} legend
 * @param {string[]} legend.lines above the panels
 * @param {{low: number, high: number, mark: number, table: Uint32Array, text: string}[]} legend.bars one a panel
 * @param {boolean} legend.truth whether to outline the true mask
 * @param {number} legend.overlay opacity of what was found
 * @param {boolean} legend.smooth
 * @param {string} legend.notice below the panels
 * @returns {HTMLCanvasElement}
 */
export function drawGrid(panels, { lines, bars, truth, overlay, smooth, notice }, zoom) {
  const columns = Math.min(panels.length, Math.ceil(panels.length / Math.ceil(panels.length / 5)));
  const rows = Math.ceil(panels.length / columns);
  const height = Math.round((SIDE * panels[0].height) / panels[0].width);
  const cell = height + 62;
  const canvas = document.createElement("canvas");
  canvas.width = columns * (SIDE + SPACE) + SPACE;
  canvas.height = rows * cell + SPACE + 22 * (lines.length + 1) + 14;
  const c = canvas.getContext("2d");
  c.fillStyle = "#fff";
  c.fillRect(0, 0, canvas.width, canvas.height);
  c.fillStyle = "#111";
  c.font = "15px sans-serif";
  lines.forEach((line, i) => c.fillText(line, SPACE, 24 + 22 * i));
  panels.forEach((panel, i) => {
    const left = SPACE + (i % columns) * (SIDE + SPACE);
    const top = 14 + 22 * lines.length + Math.floor(i / columns) * cell;
    drawPanel(c, panel, bars[i], { left, top: top + 22, height, truth, overlay, smooth }, zoom);
  });
  c.font = "bold 15px sans-serif";
  c.fillStyle = "#111";
  c.fillText(notice, SPACE, canvas.height - 14);
  return canvas;
}

function drawPanel(c, panel, bar, { left, top, height, truth, overlay, smooth }, zoom) {
  c.fillStyle = "#111";
  c.font = "bold 15px sans-serif";
  c.fillText(panel.layer.title, left, top - 6);
  c.font = "14px sans-serif";
  c.textAlign = "right";
  c.fillText(bar.text, left + SIDE, top - 6);
  c.textAlign = "left";
  c.save();
  c.beginPath();
  c.rect(left, top, SIDE, height);
  c.clip();
  c.translate(left + SIDE / 2, top + height / 2);
  c.scale((SIDE * zoom.scale) / panel.width, (height * zoom.scale) / panel.height);
  c.translate(-zoom.x * panel.width, -zoom.y * panel.height);
  c.imageSmoothingEnabled = smooth;
  c.drawImage(panel.canvas, 0, 0);
  if (panel.found) {
    c.globalAlpha = overlay;
    c.drawImage(panel.found, 0, 0);
    c.globalAlpha = 1;
  }
  if (truth) {
    const path = new Path2D(panel.paths.truth.getAttribute("d"));
    c.lineWidth = panel.width / (SIDE * zoom.scale) * 1.8;
    c.strokeStyle = "#2ee6c5";
    c.stroke(path);
  }
  c.restore();
  for (let x = 0; x < SIDE; x++) {
    c.fillStyle = cssColour(bar.table[Math.floor((x * 256) / SIDE)]);
    c.fillRect(left + x, top + height + 6, 1, 9);
  }
  c.fillStyle = "#111";
  const place = (bar.mark - bar.low) / (bar.high - bar.low);
  if (place >= 0) c.fillRect(left + Math.min(place, 1) * SIDE - 1, top + height + 3, 2, 15);
  c.font = "12px sans-serif";
  c.fillText(short(bar.low), left, top + height + 29);
  c.textAlign = "right";
  c.fillText(short(bar.high), left + SIDE, top + height + 29);
  c.textAlign = "left";
}

/** A table of rows as CSV; texts are quoted where they must be. */
export function toCsv(rows) {
  const cell = (value) => {
    const text = value === null || value === undefined || Number.isNaN(value) ? "" : String(value);
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map((row) => row.map(cell).join(",") + "\r\n").join("");
}

/** The figures at every training beta, a row a beta and map, under the notice. */
export function figureRows(shown, level, rates, notice) {
  const { header } = shown;
  const head = ["map", "training_beta", "scoring_beta", "auroc", "average_precision", "best_dice", "dice_threshold",
    "threshold", "dice", "sensitivity", "false_positive_rate"];
  const rows = [[notice], [header.name], head];
  for (const predictor of header.predictors) {
    header.betas.forEach((beta, i) => {
      if (predictor.only_beta !== null && predictor.only_beta !== beta) return;
      const figures = ["auroc", "average_precision", "best_dice", "dice_threshold"].map(
        (name) => predictor.figures[name][predictor.only_beta === null ? i : 0]);
      rows.push([predictor.name, beta, header.scoring_betas[i], ...figures, ...rates(predictor, i, level)]);
    });
  }
  return rows;
}

/** Hand a file to the browser. */
export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
