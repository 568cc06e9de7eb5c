// Severity as people see it: steps with a word, a colour and a height, so that colour never speaks alone.
import { colour } from "./colour.js";

export const FLOOR = 30;
export const ALARM = 75;

export const STEPS = [
  { from: 95, name: "extreme", colour: "severity-5" },
  { from: 85, name: "high", colour: "severity-4" },
  { from: ALARM, name: "alarm", colour: "severity-3" },
  { from: 60, name: "watch", colour: "severity-2" },
  { from: FLOOR, name: "low", colour: "severity-1" },
];

export const stepOf = (severity) => STEPS.find((step) => severity >= step.from) ?? null;

export const inkOf = (severity) => colour(stepOf(severity)?.colour ?? "faint");

// The share of a lane's height that a cell takes: 0.2 at the floor, 1 from the alarm on.
export const heightOf = (severity) => Math.min(1, 0.2 + (0.6 * (severity - FLOOR)) / (ALARM - FLOOR) + (severity >= ALARM ? 0.2 : 0));

export const meter = (severity) => {
  const bar = document.createElement("span");
  bar.className = "meter";
  const fill = document.createElement("canvas");
  fill.style.width = `${Math.max(0, Math.min(100, severity))}%`;
  fill.style.background = `var(--${stepOf(severity)?.colour ?? "faint"})`;
  bar.append(fill);
  return bar;
};
