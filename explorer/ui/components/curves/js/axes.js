/** Axes: where values lie on the picture, and which of them are labelled. */

/** One axis of a chart between two places of the picture, pixels. */
export class Axis {
  /** @param {{low: number, high: number, log: boolean}} axis */
  constructor({ low, high, log }, from, to) {
    Object.assign(this, { low, high, log, from, to });
    this.scaled = log ? Math.log10 : (value) => value;
    [this.first, this.last] = [low, high].map(this.scaled);
  }

  /** Where a value lies, pixels. */
  at(value) {
    return this.from + ((this.scaled(value) - this.first) / (this.last - this.first)) * (this.to - this.from);
  }

  /** The labelled values, ascending, at most about one in `room` pixels. */
  ticks(room) {
    const most = Math.max(Math.abs(this.to - this.from) / room, 1);
    const step = this.log ? Math.max(Math.ceil((this.last - this.first) / most), 1) : niceStep((this.last - this.first) / most);
    const found = [];
    for (let i = Math.ceil(this.first / step - 1e-9); i * step <= this.last + step * 1e-9; i++) found.push(i * step);
    if (!this.log) return found;
    if (step > 1 || found.length * 3 > most) return found.map((power) => 10 ** power);
    const within = (value) => value >= this.low && value <= this.high;
    const from = Math.floor(this.first);
    const powers = Array.from({ length: Math.ceil(this.last) - from + 1 }, (_, i) => 10 ** (from + i));
    return powers.flatMap((power) => [power, 2 * power, 5 * power]).filter(within);
  }
}

/** The smallest of 1, 2 and 5 times a power of ten that is not below `least`. */
function niceStep(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * [1, 2, 5, 10].find((factor) => factor * power >= least * (1 - 1e-9));
}

/** A tick's label. */
export function label(value) {
  if (value === 0) return "0";
  if (Math.abs(value) >= 1e4 || Math.abs(value) < 1e-3) return value.toExponential(0).replace("e+", "e");
  return String(Number(value.toPrecision(4)));
}
