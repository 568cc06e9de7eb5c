// The heat map of contact: a cell is an hour of a device, filled as high as there was contact, hatched where none was.
import { fit } from "./canvas.js";
import { colour, hatch } from "./colour.js";
import { drawAxis } from "./lanes.js";
import { sample } from "./sample.js";

export const NOTHING = 255;
const WHOLE_ALPHA = 0.6; // what is well stays in the background

// From full contact down; the height says the same as the colour.
export const STEPS = [
  { from: 99, name: "whole", words: "≥ 99 % in contact", colour: "run" },
  { from: 90, name: "nearly whole", words: "≥ 90 %",colour: "severity-2" },
  { from: 50, name: "partly", words: "≥ 50 %", colour: "severity-3" },
  { from: 1, name: "hardly", words: "less", colour: "severity-4" },
  { from: 0, name: "no contact", words: "none", colour: null },
];
export const stepOf = (contact) => STEPS.find((step) => contact >= step.from);

const isGone = (kinds) => (kinds?.unavailable ?? 0) > (kinds?.live ?? 0);

export const drawHeat = (canvas, page, { rows, height }, width, zone, chosen) => {
  const pen = fit(canvas, width, height);
  const [from, to] = page.shown;
  const x = (bin) => Math.min(width, (bin * page.bin * width) / (to - from));
  drawAxis(pen, page.shown, width, height, zone);
  for (const row of rows.filter((r) => r.kind === "lane")) {
    if (row.lane.uuid === chosen) {
      pen.fillStyle = colour("accent-soft");
      pen.fillRect(0, row.top, width, row.height);
    }
    row.lane.cells.contact.forEach((contact, bin) => drawCell(pen, { contact, kinds: row.lane.cells.kinds[bin] }, x(bin), x(bin + 1), row));
  }
};

const drawCell = (pen, { contact, kinds }, left, right, { top, height }) => {
  if (contact === NOTHING) return;
  const wide = Math.max(1, right - left - (right - left > 3 ? 1 : 0));
  const tall = height - 3;
  const full = contact === 0 ? 0 : Math.max(2, (tall * contact) / 100);
  if (full < tall - 0.5) {
    pen.fillStyle = hatch(pen);
    pen.fillRect(left, top + 1, wide, tall - full);
  }
  if (full) {
    pen.fillStyle = colour(isGone(kinds) ? "hold" : stepOf(contact).colour);
    pen.globalAlpha = contact >= STEPS[0].from && !isGone(kinds) ? WHOLE_ALPHA : 1;
    pen.fillRect(left, top + 1 + tall - full, wide, full);
    pen.globalAlpha = 1;
  }
  if (kinds?.lost) {
    pen.fillStyle = colour("severity-5");
    pen.fillRect(left, top + 1, wide, 4);
  }
  if (kinds?.restarted) drawRestart(pen, left + wide / 2, top + 1, tall);
};

const drawRestart = (pen, middle, top, tall) => {
  pen.fillStyle = colour("ink");
  pen.fillRect(middle - 0.75, top, 1.5, tall);
  pen.beginPath();
  pen.moveTo(middle - 3, top);
  pen.lineTo(middle + 3, top);
  pen.lineTo(middle, top + 5);
  pen.fill();
};

export const cellAt = (lane, page, time) => {
  const { contact, received, expected, kinds } = lane.cells;
  const bin = Math.min(contact.length - 1, Math.max(0, Math.floor((time - page.shown[0]) / page.bin)));
  return {
    start: page.shown[0] + bin * page.bin,
    contact: contact[bin] === NOTHING ? null : contact[bin],
    received: received[bin],
    expected: expected[bin],
    kinds: kinds[bin] ?? {},
  };
};

const KINDS = {
  lost: (pen) => { pen.fillStyle = colour("severity-5"); pen.fillRect(0, 1, 16, 4); pen.fillStyle = hatch(pen); pen.fillRect(0, 5, 16, 7); },
  restarted: (pen) => drawRestart(pen, 8, 1, 11),
  disconnected: (pen) => { pen.fillStyle = hatch(pen); pen.fillRect(0, 0, 16, 12); },
  unavailable: (pen) => { pen.fillStyle = colour("hold"); pen.fillRect(0, 0, 16, 12); },
  silent: (pen) => { pen.fillStyle = hatch(pen); pen.fillRect(0, 0, 16, 12); },
};
export const kindSample = (kind, words = kind) => sample(words, KINDS[kind] ?? (() => {}));

export const heatLegend = () => [
  ...STEPS.slice(0, -1).map((step, i) => sample(step.words, (pen) => {
    const tall = [12, 11, 8, 3][i];
    pen.fillStyle = hatch(pen);
    pen.fillRect(0, 0, 16, 12 - tall);
    pen.fillStyle = colour(step.colour);
    pen.globalAlpha = i ? 1 : WHOLE_ALPHA;
    pen.fillRect(0, 12 - tall, 16, tall);
  })),
  kindSample("silent", "none"),
  kindSample("unavailable", "UNAVAILABLE"),
  kindSample("lost", "lost"),
  kindSample("restarted", "restart"),
];
