// A track with a line: uPlot draws the line and its y-axis, the backdrop and the bands are ours.
import { paintBackdrop, paintMaintenance } from "./backdrop.js";
import { colour } from "./colour.js";
import { GUTTER, MARGIN } from "./stack.js";
import { Track } from "./track.js";
import { fullMoment } from "./zones.js";

const PAD = 6;

// The index of the last time that is not after `time`, -1 if there is none.
export const indexAt = (times, time) => {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
};

const short = (value) => {
  const size = Math.abs(value);
  // "en-GB" would write two million as "2m", which beside a unit is milli
  if (size >= 100_000) return value.toLocaleString("en-US", { notation: "compact", maximumFractionDigits: 2 });
  return value.toLocaleString("en-GB", { maximumFractionDigits: size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3 });
};

export class LineTrack extends Track {
  // more: {line, band, limit(time), include, range, splits, unit}; `include` are values that must be in view
  constructor(about, more) {
    super(about);
    Object.assign(this, more);
    const { t, v } = more.line;
    this.data = [t, v, v.map((value, i) => (value !== null && more.limit && value >= (more.limit(t[i]) ?? Infinity) ? value : null))];
  }

  canvas() { return this.chart.ctx.canvas; }

  tell() {
    const [t, v] = this.data;
    const rows = t.map((time, i) => [fullMoment(time, this.stack.zone), v[i] === null ? "gap" : short(v[i])]);
    return { header: ["time", this.unit ? `${this.about.name}, ${this.unit}` : this.about.name], rows };
  }

  hover(time) {
    const at = time === null ? this.data[0].length - 1 : indexAt(this.data[0], time);
    const value = at < 0 ? null : this.data[1][at];
    this.value.textContent = time === null ? "" : value === null ? "no value" : short(value) + (this.isOver(at) ? " ▲ over" : "");
  }

  isOver(at) { return this.data[2][at] !== null; }

  paint(stack) {
    this.stack = stack;
    this.chart?.destroy();
    const [from, to] = stack.page.interval;
    const axis = { stroke: () => colour("quiet"), font: '10.5px system-ui, "Segoe UI", "Liberation Sans", sans-serif', ticks: { show: false } };
    this.chart = new uPlot({
      width: stack.width,
      height: this.about.height,
      padding: [PAD, MARGIN, PAD, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: true, range: () => [from, to] }, y: { range: this.range ?? ((u, low, high) => this.withBand(low, high)) } },
      axes: [
        { ...axis, show: false },
        { ...axis, size: GUTTER, gap: 4, space: 26, splits: this.splits && (() => this.splits), grid: { stroke: () => colour("grid"), width: 1 }, values: (u, splits) => splits.map(short) },
      ],
      series: [
        {},
        { stroke: () => colour("line-1"), width: 1.25, points: { show: (u, i) => u.data[1].length < 3 } },
        { stroke: () => colour("severity-4"), paths: () => null, points: { show: true, size: 4, width: 0, fill: () => colour("severity-4"), stroke: () => colour("severity-4") } },
      ],
      hooks: { drawClear: [(u) => this.behind(u)], draw: [(u) => this.above(u)] },
    }, this.data, this.plot);
  }

  withBand(low, high) {
    const all = [low, high, ...(this.band ?? []), ...(this.include ?? [])].filter((value) => value !== null && Number.isFinite(value));
    if (!all.length) return [0, 1];
    const [bottom, top] = [Math.min(...all), Math.max(...all)];
    const room = (top - bottom || Math.abs(top) || 1) * 0.08;
    return [bottom - room, top + room];
  }

  // Our own drawing counts in CSS pixels, uPlot's in the screen's.
  inPixels(u, act) {
    const pen = u.ctx;
    const ratio = devicePixelRatio || 1;
    pen.save();
    pen.scale(ratio, ratio);
    act(pen, (value) => u.valToPos(value, "y", false) + PAD);
    pen.restore();
  }

  behind(u) {
    this.inPixels(u, (pen, y) => {
      paintBackdrop(pen, this.stack, PAD, this.about.height - 2 * PAD);
      if (!this.band) return;
      const [low, high] = this.band;
      const width = this.stack.width - GUTTER - MARGIN;
      pen.fillStyle = colour("band");
      pen.fillRect(GUTTER, y(high), width, y(low) - y(high));
      pen.fillStyle = colour("band-edge");
      pen.fillRect(GUTTER, y(high), width, 1);
      pen.fillRect(GUTTER, y(low), width, 1);
    });
  }

  above(u) {
    this.inPixels(u, (pen, y) => {
      paintMaintenance(pen, this.stack, PAD, this.about.height - 2 * PAD);
      if (!this.limit) return;
      pen.strokeStyle = colour("threshold");
      pen.setLineDash([5, 3]);
      const [from, to] = this.stack.page.interval;
      const steps = 240;
      pen.beginPath();
      for (let i = 0; i <= steps; i += 1) {
        const time = from + ((to - from) * i) / steps;
        const value = this.limit(time);
        if (value !== null) pen.lineTo(this.stack.x(time), y(value));
      }
      pen.stroke();
    });
  }
}
