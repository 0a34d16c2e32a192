/** Small charts on canvas: the ROC curve with its cursor, the histogram of scores, AUROC over beta. */

import { short } from "./panels.js";
import { firstAtLeast } from "./scores.js";

const HEALTHY = "#0072B2";
const ANOMALOUS = "#D55E00";
const BINS = 48;
const MARGIN = { left: 26, right: 6, top: 6, bottom: 16 };

/** A canvas that follows its size on the screen. */
export class Chart {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas, margin = MARGIN) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.margin = margin;
    this.bins = [new Float64Array(BINS), new Float64Array(BINS)];
  }

  /** Measure and clear; false where there is nothing to draw on. */
  begin(ink) {
    const ratio = window.devicePixelRatio || 1;
    const { clientWidth, clientHeight } = this.canvas;
    const [width, height] = [Math.round(clientWidth * ratio), Math.round(clientHeight * ratio)];
    if (!width || !height) return false;
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    const c = this.context;
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.clearRect(0, 0, clientWidth, clientHeight);
    c.strokeStyle = c.fillStyle = this.ink = ink;
    c.lineWidth = 1;
    c.font = "10px sans-serif";
    this.left = this.margin.left;
    this.top = this.margin.top;
    this.width = clientWidth - this.margin.left - this.margin.right;
    this.height = clientHeight - this.margin.top - this.margin.bottom;
    return this.width > 10 && this.height > 10;
  }

  x(share) {
    return this.left + share * this.width;
  }

  y(share) {
    return this.top + (1 - share) * this.height;
  }

  axes(low, high, left, right) {
    const c = this.context;
    c.globalAlpha = 0.35;
    c.strokeRect(this.left + 0.5, this.top + 0.5, this.width, this.height);
    c.globalAlpha = 0.8;
    c.textBaseline = "top";
    c.textAlign = "left";
    c.fillText(left, this.left, this.top + this.height + 4);
    c.textAlign = "right";
    c.fillText(right, this.left + this.width, this.top + this.height + 4);
    c.fillText(high, this.left - 4, this.top - 2);
    c.fillText(low, this.left - 4, this.top + this.height - 9);
    c.globalAlpha = 1;
  }

  line(colour, width, dash = []) {
    this.context.strokeStyle = colour;
    this.context.lineWidth = width;
    this.context.setLineDash(dash);
    this.context.beginPath();
  }

  stroke() {
    this.context.stroke();
    this.context.setLineDash([]);
  }
}

/**
 * The ROC curve of sorted scores with the point of a threshold.
 * @param {Chart} chart
 * @param {import("./scores.js").Scores} scores
 * @param {number} threshold
 * @param {string} colour of the map's line
 */
export function drawRoc(chart, scores, threshold, colour, ink) {
  if (!chart.begin(ink)) return;
  const c = chart.context;
  chart.axes("0", "1", "0", "false-positive rate  1");
  chart.line(ink, 1, [2, 3]);
  c.globalAlpha = 0.5;
  c.moveTo(chart.x(0), chart.y(0));
  c.lineTo(chart.x(1), chart.y(1));
  chart.stroke();
  c.globalAlpha = 1;
  const { healthy, anomalous } = scores;
  if (!anomalous.length || !healthy.length) {
    c.textAlign = "center";
    c.fillText("no anomalous pixel: not defined", chart.x(0.5), chart.y(0.5));
    return;
  }
  chart.line(colour, 2);
  c.moveTo(chart.x(0), chart.y(0));
  const stride = Math.max(1, Math.floor(anomalous.length / 400));
  for (let i = anomalous.length - 1; i >= 0; i -= stride) {
    const rate = 1 - firstAtLeast(healthy, anomalous[i]) / healthy.length;
    c.lineTo(chart.x(rate), chart.y(1 - firstAtLeast(anomalous, anomalous[i]) / anomalous.length));
  }
  c.lineTo(chart.x(1 - firstAtLeast(healthy, anomalous[0]) / healthy.length), chart.y(1));
  c.lineTo(chart.x(1), chart.y(1));
  chart.stroke();
  const [x, y] = [chart.x(scores.falsePositiveRate(threshold)), chart.y(scores.sensitivity(threshold))];
  chart.line(ink, 1);
  c.moveTo(x, chart.y(0));
  c.lineTo(x, y);
  c.lineTo(chart.x(0), y);
  c.globalAlpha = 0.5;
  chart.stroke();
  c.globalAlpha = 1;
  chart.line(colour, 2);
  c.arc(x, y, 5, 0, 2 * Math.PI);
  c.stroke();
}

/** Shares of healthy and anomalous pixels over the colour bar's range, square-root scale, with the threshold. */
export function drawHistogram(chart, scores, { low, high }, threshold, ink) {
  if (!chart.begin(ink)) return;
  const c = chart.context;
  fill(chart.bins[0], scores.healthy, low, high);
  fill(chart.bins[1], scores.anomalous, low, high);
  chart.axes("", "", short(low), short(high));
  const width = chart.width / BINS;
  [HEALTHY, ANOMALOUS].forEach((colour, kind) => {
    c.fillStyle = colour;
    c.globalAlpha = 0.7;
    for (let i = 0; i < BINS; i++) {
      const height = Math.sqrt(chart.bins[kind][i]) * chart.height;
      c.fillRect(chart.left + i * width, chart.y(0) - height, width - 0.5, height);
    }
  });
  c.globalAlpha = 1;
  const place = Math.min(Math.max((threshold - low) / (high - low), 0), 1);
  chart.line(ink, 2);
  c.moveTo(chart.x(place), chart.y(0));
  c.lineTo(chart.x(place), chart.y(1));
  chart.stroke();
}

/**
 * The AUROC curves of all maps (with the one beta of those that have no other) and the lower end of their axis, a tenth of at most .5.
 * @param {{name: string, figures: {auroc: (number|null)[]}}[]} predictors
 * @param {Object<string, string>} colours by predictor
 */
export function curvesOf(predictors, colours) {
  const lines = predictors.map(({ name, figures, only_beta }) => ({ auroc: figures.auroc, only: only_beta, colour: colours[name] }));
  const known = lines.flatMap(({ auroc }) => auroc.filter((value) => value !== null));
  return { lines, lowest: Math.floor(10 * Math.min(0.5, ...known)) / 10 };
}

/** AUROC over the training beta, a line a map, the active one thick, and where beta stands; see `curvesOf`. */
export function drawStrip(chart, { lines, lowest }, betas, active, beta, ink) {
  if (!chart.begin(ink)) return;
  const c = chart.context;
  const [first, last] = [Math.log(betas[0]), Math.log(betas[betas.length - 1])];
  const at = (value) => chart.x(last > first ? (Math.log(value) - first) / (last - first) : 0.5);
  const up = (value) => chart.y((value - lowest) / (1 - lowest));
  chart.line(ink, 1, [2, 3]);
  c.globalAlpha = 0.4;
  c.moveTo(chart.x(0), up(0.5));
  c.lineTo(chart.x(1), up(0.5));
  chart.stroke();
  lines.forEach(({ auroc, only, colour }, i) => {
    c.globalAlpha = i === active ? 1 : 0.5;
    chart.line(colour, i === active ? 2.5 : 1);
    if (only !== null) {
      if (auroc[0] !== null) c.arc(at(only), up(auroc[0]), i === active ? 3 : 2, 0, 2 * Math.PI);
      chart.stroke();
      return;
    }
    for (let k = 0; k < betas.length; k++) {
      const value = auroc[auroc.length === 1 ? 0 : k];
      if (value !== null) c.lineTo(at(betas[k]), up(value));
    }
    chart.stroke();
  });
  c.globalAlpha = 1;
  chart.line(ink, 1.5);
  c.moveTo(at(beta), chart.y(0));
  c.lineTo(at(beta), chart.y(1));
  chart.stroke();
  c.textBaseline = "middle";
  c.textAlign = "right";
  c.globalAlpha = 0.8;
  c.fillText("1", chart.left - 3, chart.top + 3);
  c.fillText(".5", chart.left - 3, up(0.5) - 2);
  c.globalAlpha = 1;
}

/** Shares of ascending values in each bin; what lies beyond the ends goes to the ends. */
function fill(bins, values, low, high) {
  let from = 0;
  for (let i = 0; i < BINS; i++) {
    const to = i === BINS - 1 ? values.length : firstAtLeast(values, low + ((i + 1) * (high - low)) / BINS);
    bins[i] = values.length ? (to - from) / values.length : 0;
    from = to;
  }
}
