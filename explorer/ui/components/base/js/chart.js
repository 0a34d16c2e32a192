/** A small chart on canvas that follows its size on the screen, and that of its texts: frame, scales and pens. */

/** @typedef {{left: number, right: number, top: number, bottom: number}} Margin pixels, at the usual size of texts */

const USUAL_PX = 11;
const MARGIN = { left: 26, right: 6, top: 6, bottom: 16 };

export class Chart {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {Margin} margin
   */
  constructor(canvas, margin = MARGIN) {
    const context = canvas.getContext("2d");
    if (!context) throw new Error("this browser draws on no canvas");
    this.canvas = canvas;
    this.context = context;
    this.margin = margin;
    this.left = margin.left;
    this.top = margin.top;
    this.width = 0;
    this.height = 0;
    /** Size of its texts, pixels. */
    this.size = USUAL_PX;
    this.ink = "";
  }

  /**
   * Measure and clear; false where there is nothing to draw on.
   * @param {string} ink colour of the frame and the texts
   * @param {string[]} [beside] texts that are to stand left of the frame
   */
  begin(ink, beside = []) {
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
    this.size = parseFloat(getComputedStyle(this.canvas).fontSize);
    c.font = `${this.size}px sans-serif`;
    const larger = this.size / USUAL_PX;
    const widest = Math.max(0, ...beside.map((text) => c.measureText(text).width));
    this.left = Math.max(this.margin.left * larger, widest + 6);
    this.width = clientWidth - this.left - this.margin.right;
    this.height = clientHeight - this.margin.top - this.margin.bottom * larger;
    return this.width > 10 && this.height > 10;
  }

  /**
   * Where a share of the width lies.
   * @param {number} share
   */
  x(share) {
    return this.left + share * this.width;
  }

  /**
   * Where a share of the height lies, upwards.
   * @param {number} share
   */
  y(share) {
    return this.top + (1 - share) * this.height;
  }

  /**
   * The share of the width under a point of the screen, kept inside.
   * @param {number} clientX
   */
  shareAt(clientX) {
    const share = (clientX - this.canvas.getBoundingClientRect().left - this.left) / this.width;
    return Math.min(Math.max(share, 0), 1);
  }

  /**
   * The frame, and a text at either end of its axes.
   * @param {string} low
   * @param {string} high
   * @param {string} left
   * @param {string} right
   */
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
    c.textBaseline = "bottom";
    c.fillText(low, this.left - 4, this.top + this.height + 1);
    c.globalAlpha = 1;
  }

  /**
   * Draw a line: what `along` does with the canvas's path.
   * @param {{colour?: string, width?: number, dash?: number[], opacity?: number}} pen
   * @param {(path: CanvasRenderingContext2D) => void} along
   */
  line({ colour = this.ink, width = 1, dash = [], opacity = 1 }, along) {
    const c = this.context;
    c.globalAlpha = opacity;
    c.strokeStyle = colour;
    c.lineWidth = width;
    c.setLineDash(dash);
    c.beginPath();
    along(c);
    c.stroke();
    c.setLineDash([]);
    c.globalAlpha = 1;
  }

  /**
   * A line through points, broken where there is none.
   * @param {{colour?: string, width?: number, dash?: number[], opacity?: number}} pen
   * @param {(?[number, number])[]} points pixels
   */
  through(pen, points) {
    this.line(pen, (path) => {
      points.forEach((point, i) => {
        if (point && points[i - 1]) path.lineTo(...point);
        else if (point) path.moveTo(...point);
      });
    });
  }
}
