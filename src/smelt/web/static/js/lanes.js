// The swim lanes: geometry, the drawing of one canvas for all devices, and what lies under the pointer.
import { fit } from "./canvas.js";
import { colour, hatch } from "./colour.js";
import { sample } from "./sample.js";
import { FLOOR, STEPS, heightOf, stepOf } from "./severity.js";
import { ticks } from "./zones.js";

export const NOTHING = 255;
export const STATES = ["scored", "not scored", "off", "no data"];
const HEAD = 26;
const CLASS = 22;

export const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

// Rows from top to bottom: {kind: "class" | "lane", top, height, lane?, name?}.
export const layOut = (lanes) => {
  const height = lanes.length > 40 ? 16 : lanes.length > 20 ? 19 : 24;
  const rows = [];
  let top = HEAD;
  let last = null;
  for (const lane of lanes) {
    if (lane.class !== last) {
      rows.push({ kind: "class", name: lane.class, top, height: CLASS });
      top += CLASS;
      last = lane.class;
    }
    rows.push({ kind: "lane", lane, top, height });
    top += height;
  }
  return { rows, head: HEAD, height: top + 8 };
};

export const drawLanes = (canvas, page, { rows, height }, width, zone, chosen) => {
  const pen = fit(canvas, width, height);
  const [from, to] = page.interval;
  const x = (time) => ((time - from) / (to - from)) * width;
  drawAxis(pen, page.interval, width, height, zone);
  for (const row of rows.filter((r) => r.kind === "lane")) {
    if (row.lane.uuid === chosen) {
      pen.fillStyle = colour("accent-soft");
      pen.fillRect(0, row.top, width, row.height);
    }
    drawLane(pen, row, page, x);
    pen.fillStyle = colour("grid");
    pen.fillRect(0, row.top + row.height - 0.5, width, 0.5);
  }
  for (const episode of page.episodes) drawEpisode(pen, rows, episode, x);
};

export const drawAxis = (pen, interval, width, height, zone) => {
  const [from, to] = interval;
  pen.textBaseline = "middle";
  for (const { at, label, isDay } of ticks(interval, width, zone)) {
    const left = Math.round(((at - from) / (to - from)) * width) + 0.5;
    pen.fillStyle = colour(isDay ? "line" : "grid");
    pen.fillRect(left, HEAD - 8, 1, height - HEAD);
    pen.fillStyle = colour(isDay ? "ink" : "quiet");
    const room = pen.measureText(label).width;
    pen.fillText(label, Math.min(Math.max(left - room / 2, 0), width - room), 10);
  }
};

const drawLane = (pen, { lane, top, height }, page, x) => {
  const { state, severity } = lane.cells;
  const [from] = page.interval;
  const paint = (first, end, kind) => {
    const left = x(from + first * page.bin);
    const wide = x(from + end * page.bin) - left;
    if (kind === 3) { pen.fillStyle = hatch(pen); pen.fillRect(left, top + 1, wide, height - 2); }
    if (kind === 2) { pen.fillStyle = colour("off"); pen.fillRect(left, top + 1, wide, height - 2); }
    if (kind === 1) { pen.fillStyle = colour("unscored"); pen.fillRect(left, top + Math.floor(height / 2), wide, 1); }
  };
  for (let i = 0, first = 0; i <= state.length; i += 1) {
    if (i < state.length && state[i] === state[first]) continue;
    paint(first, i, state[first]);
    first = i;
  }
  for (let i = 0; i < severity.length; i += 1) {
    if (severity[i] === NOTHING || severity[i] < FLOOR) continue;
    const tall = Math.max(2, (height - 4) * heightOf(severity[i]));
    const left = x(from + i * page.bin);
    pen.fillStyle = colour(stepOf(severity[i]).colour);
    pen.fillRect(left, top + height - 2 - tall, Math.max(1, x(from + (i + 1) * page.bin) - left), tall);
  }
};

const drawEpisode = (pen, rows, episode, x) => {
  const row = rows.find((r) => r.lane?.uuid === episode.device_uuid);
  if (!row) return;
  const middle = x((episode.start + episode.end) / 2);
  const wide = Math.max(5, x(episode.end) - x(episode.start));
  pen.strokeStyle = colour("episode-edge");
  pen.lineWidth = 1.25;
  pen.beginPath();
  pen.roundRect(middle - wide / 2, row.top + 1, wide, row.height - 2, 2);
  pen.stroke();
};

export const laneAt = ({ rows }, y) => rows.find((row) => row.kind === "lane" && y >= row.top && y < row.top + row.height)?.lane ?? null;

export const cellAt = (lane, page, time) => {
  const bin = Math.min(lane.cells.state.length - 1, Math.max(0, Math.floor((time - page.interval[0]) / page.bin)));
  const { severity, signal, signals, state } = lane.cells;
  return {
    start: page.interval[0] + bin * page.bin,
    state: STATES[state[bin]],
    severity: severity[bin] === NOTHING ? null : severity[bin],
    signal: signal[bin] === NOTHING ? null : signals[signal[bin]],
  };
};

export const episodeAt = (page, lane, time, slack) => page.episodes
  .filter((e) => e.device_uuid === lane.uuid && time >= e.start - slack && time < e.end + slack)
  .sort((a, b) => Math.abs(time - (a.start + a.end) / 2) - Math.abs(time - (b.start + b.end) / 2))[0] ?? null;

// What a cell can look like, for the legend.
export const legendOf = () => {
  const steps = [...STEPS].reverse().map((step, i) => sample(`${step.name} ${step.from}–${STEPS[STEPS.length - 2 - i]?.from ?? 100}`, (pen) => {
    const tall = 12 * heightOf(step.from + 5);
    pen.fillStyle = colour(step.colour);
    pen.fillRect(0, 12 - tall, 16, tall);
  }));
  return [
    ...steps,
    sample("episode", (pen) => { pen.strokeStyle = colour("episode-edge"); pen.lineWidth = 1.25; pen.strokeRect(1, 1, 14, 10); }),
    sample("off", (pen) => { pen.fillStyle = colour("off"); pen.fillRect(0, 0, 16, 12); }),
    sample("no data", (pen) => { pen.fillStyle = hatch(pen); pen.fillRect(0, 0, 16, 12); }),
    sample("not scored", (pen) => { pen.fillStyle = colour("unscored"); pen.fillRect(0, 5.5, 16, 1); }),
  ];
};
