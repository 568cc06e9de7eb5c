// What lies behind every track: off in grey, no data hatched, episodes tinted, maintenance as dashed marks.
import { colour, hatch } from "./colour.js";

export const paintBackdrop = (pen, stack, top, height) => {
  const { page } = stack;
  for (const [start, end, kind] of page.activity.runs) {
    if (kind === "running") continue;
    pen.globalAlpha = kind === "off" ? 0.55 : 0.6;
    pen.fillStyle = kind === "off" ? colour("off") : hatch(pen);
    pen.fillRect(stack.x(start), top, stack.x(end) - stack.x(start), height);
  }
  pen.globalAlpha = 1;
  for (const episode of page.episodes) paintEpisode(pen, stack, episode, top, height);
  for (const { at } of stack.ticks) {
    pen.fillStyle = colour("grid");
    pen.fillRect(Math.round(stack.x(at)), top, 1, height);
  }
};

const paintEpisode = (pen, stack, episode, top, height) => {
  const [from, to] = stack.page.interval;
  if (episode.end <= from || episode.start >= to) return;
  const isChosen = episode.episode_id === stack.page.episode?.episode_id;
  const left = stack.x(Math.max(from, episode.start));
  const right = Math.max(left + 2, stack.x(Math.min(to, episode.end)));
  pen.fillStyle = colour(isChosen ? "episode-chosen" : "episode");
  pen.fillRect(left, top, right - left, height);
  if (!isChosen) return;
  pen.fillStyle = colour("severity-3");
  pen.fillRect(left, top, 1, height);
  pen.fillRect(right - 1, top, 1, height);
};

export const paintMaintenance = (pen, stack, top, height) => {
  pen.save();
  pen.strokeStyle = colour("mark");
  pen.setLineDash([3, 3]);
  pen.globalAlpha = 0.6;
  for (const mark of stack.page.maintenance) {
    pen.beginPath();
    pen.moveTo(stack.x(mark.time), top);
    pen.lineTo(stack.x(mark.time), top + height);
    pen.stroke();
  }
  pen.restore();
};
