// A track of runs: states as coloured blocks with their words, levels by colour and height, gaps hatched.
import { paintBackdrop, paintMaintenance } from "./backdrop.js";
import { fit } from "./canvas.js";
import { colour, hatch } from "./colour.js";
import { make } from "./elements.js";
import { Track } from "./track.js";
import { fullMoment, length } from "./zones.js";

const STATES = {
  ACTIVE: "run", READY: "ready", INTERRUPTED: "hold", FEED_HOLD: "hold", WAIT: "hold", OPTIONAL_STOP: "hold",
  STOPPED: "stop", PROGRAM_STOPPED: "stop", PROGRAM_COMPLETED: "ready", AUTOMATIC: "ready", MANUAL: "hold", MANUAL_DATA_INPUT: "hold",
};
const OTHERS = ["other-1", "other-2", "other-3", "other-4", "other-5"];
const COVERAGE = { live: ["run", 0.35], silent: ["stop", 0.35], unavailable: ["hold", 0.7], disconnected: ["hold", 0.7], restarted: ["hold", 1], lost: ["severity-4", 1] };
const LEVELS = { NORMAL: ["run", 0.25], WARNING: ["severity-2", 0.65], FAULT: ["severity-4", 1] };

const hash = (text) => [...text].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) >>> 0, 7);

const lookOf = (kind, value) => {
  if (kind === "coverage") return COVERAGE[value] ?? null;
  if (kind === "condition") return LEVELS[value.split(":")[0]] ?? null;
  return [STATES[value] ?? OTHERS[hash(value) % OTHERS.length], 1];
};

export class StripTrack extends Track {
  // strip: {runs, kind, step, is_summarised}
  constructor(about, strip) {
    super({ height: 22, isSlim: true, ...about });
    this.strip = strip;
    this.picture = make("canvas", { role: "img", "aria-label": `${about.name} over time; the Table button shows the same as a table` });
    this.plot.append(this.picture);
  }

  canvas() { return this.picture; }

  tell() {
    const rows = this.strip.runs.map(([start, end, value]) => [fullMoment(start, this.stack.zone), fullMoment(end, this.stack.zone), length(end - start), value]);
    return { header: ["from", "to", "for", this.about.name], rows };
  }

  hover(time) {
    const run = time === null ? null : this.strip.runs.find(([start, end]) => time >= start && time < end);
    this.value.textContent = time === null ? "" : run ? run[2] : "no value";
    this.value.title = this.value.textContent;
  }

  paint(stack) {
    this.stack = stack;
    const { height } = this.about;
    const pen = fit(this.picture, stack.width, height);
    paintBackdrop(pen, stack, 0, height);
    pen.textBaseline = "middle";
    for (const run of this.strip.runs) this.paintRun(pen, run);
    paintMaintenance(pen, stack, 0, height);
  }

  paintRun(pen, [start, end, value]) {
    const { stack, about: { height }, strip: { kind } } = this;
    const [from, to] = stack.page.interval;
    const left = stack.x(Math.max(from, start));
    const wide = Math.max(0.75, stack.x(Math.min(to, end)) - left);
    const look = lookOf(kind, value);
    const full = height - 6;
    const tall = look ? Math.max(3, full * look[1]) : full;
    const top = kind === "state" ? 3 : height - 3 - tall;
    pen.fillStyle = look ? colour(look[0]) : hatch(pen);
    pen.fillRect(left, top, wide - (wide > 3 ? 0.75 : 0), tall);
    if (tall < full || !look) return;
    const words = value.toLowerCase() === "none" ? "" : kind === "state" ? value : value.toLowerCase();
    if (wide < pen.measureText(words).width + 8) return;
    pen.fillStyle = kind === "condition" ? "#fff" : colour("on-strip");
    pen.fillText(words, left + 4, height / 2 + 0.5);
  }
}
