// The stack of tracks over one x-axis: one range, one crosshair, one way to zoom for all of them.
import { change } from "./address.js";
import { goTo } from "./bar.js";
import { fit } from "./canvas.js";
import { colour } from "./colour.js";
import { make } from "./elements.js";
import { watchTime } from "./pointer.js";
import { fullMoment, ticks } from "./zones.js";

export const LABEL = 188; // left of each plot, as in device.css
export const GUTTER = 46; // the y-axis inside each plot
export const MARGIN = 14; // right of the plot

export class Stack {
  constructor(place, click) {
    this.place = place;
    this.tracks = [];
    this.page = null;
    this.stamp = make("output", {});
    this.crosshair = make("div", { class: "crosshair", hidden: true }, this.stamp);
    this.choosing = make("div", { class: "choosing", hidden: true });
    watchTime(place, {
      box: () => this.box(),
      interval: () => this.page?.interval ?? [0, 1],
      hover: (time) => this.hover(time),
      choose: (interval) => this.choose(interval),
      zoom: (interval) => goTo(interval),
      reset: () => change({ from: null, to: null }),
      click,
    });
  }

  get width() { return Math.max(240, this.place.clientWidth - LABEL); }

  box() {
    const right = this.place.getBoundingClientRect().right - MARGIN;
    return { left: right - (this.width - GUTTER - MARGIN), right };
  }

  // Where a time stands in a plot's own canvas.
  x(time) {
    const [from, to] = this.page.interval;
    return GUTTER + ((time - from) / (to - from)) * (this.width - GUTTER - MARGIN);
  }

  draw(page, zone, tracks) {
    Object.assign(this, { page, zone, tracks });
    this.ticks = ticks(page.interval, this.width - GUTTER - MARGIN, zone);
    this.axis = make("canvas", { "aria-hidden": "true" });
    const head = make("div", { class: "track axis" }, make("div", { class: "label" }, make("span", { class: "note" }, zone)), make("div", { class: "plot" }, this.axis));
    this.place.replaceChildren(head, ...tracks.map((track) => track.element), this.crosshair, this.choosing);
    this.paint();
  }

  paint() {
    if (!this.page) return;
    this.ticks = ticks(this.page.interval, this.width - GUTTER - MARGIN, this.zone);
    this.paintAxis();
    for (const track of this.tracks) track.paint(this);
  }

  paintAxis() {
    const pen = fit(this.axis, this.width, 26);
    pen.textBaseline = "middle";
    for (const { at, label, isDay } of this.ticks) {
      const room = pen.measureText(label).width;
      pen.fillStyle = colour("faint");
      pen.fillRect(Math.round(this.x(at)), 21, 1, 5);
      pen.fillStyle = colour(isDay ? "ink" : "quiet");
      pen.fillText(label, Math.min(Math.max(this.x(at) - room / 2, 2), this.width - room - 2), 12);
    }
    this.paintMarks(pen, 26);
  }

  paintMarks(pen, height) {
    pen.fillStyle = colour("mark");
    for (const mark of this.page.maintenance) {
      const x = this.x(mark.time);
      pen.beginPath();
      pen.moveTo(x - 5, height - 9);
      pen.lineTo(x + 5, height - 9);
      pen.lineTo(x, height - 1);
      pen.fill();
    }
  }

  hover(time) {
    if (!this.page) return;
    this.crosshair.hidden = time === null;
    for (const track of this.tracks) track.hover(time);
    if (time === null) return;
    const offset = this.place.clientWidth - this.width;
    this.crosshair.style.left = `${offset + this.x(time)}px`;
    this.crosshair.classList.toggle("left", this.x(time) > this.width * 0.7);
    this.stamp.textContent = fullMoment(time, this.zone);
  }

  choose(interval) {
    this.choosing.hidden = interval === null;
    if (interval === null) return;
    const offset = this.place.clientWidth - this.width;
    this.choosing.style.left = `${offset + this.x(interval[0])}px`;
    this.choosing.style.width = `${this.x(interval[1]) - this.x(interval[0])}px`;
  }
}
