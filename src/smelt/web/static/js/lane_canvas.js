// A canvas with a lane a device, the same on every page that has one: the pointer finds time and lane, keys choose a lane.
import { addressOf, change, read } from "./address.js";
import { goTo } from "./bar.js";
import { savePng } from "./canvas.js";
import { byId } from "./elements.js";
import { onKey } from "./keys.js";
import { laneAt } from "./lanes.js";
import { watchTime } from "./pointer.js";
import { hideTip, showTip } from "./tip.js";

export const deviceAddress = (name, part) => addressOf(`/devices/${encodeURIComponent(name)}`, { tz: read().tz, ...part });
export const laneAddress = (lane) => deviceAddress(lane.name, { from: read().from, to: read().to });

// `lanes()`, `layout()`, `interval()` and `width()` say what is drawn now; `noun` is what the keys' help calls a lane;
// `tell(lane, time)` returns the lines of a tip, `addressAt(lane, time)` what a click opens. Returns who is chosen.
export const watchLanes = (canvas, { lanes, layout, interval, width, noun, paint, tell, addressAt }) => {
  let chosen = null;

  const laneUnder = (event) => laneAt(layout(), event.clientY - canvas.getBoundingClientRect().top);
  const pixel = (time) => ((time - interval()[0]) / (interval()[1] - interval()[0])) * width();

  const choose = (stretch) => {
    const box = byId("choosing");
    box.hidden = stretch === null;
    if (stretch === null) return;
    box.style.left = `${pixel(stretch[0])}px`;
    box.style.width = `${pixel(stretch[1]) - pixel(stretch[0])}px`;
  };

  const hover = (time, event) => {
    if (!layout()) return;
    const crosshair = byId("crosshair");
    crosshair.hidden = time === null;
    if (time !== null) crosshair.style.left = `${pixel(time)}px`;
    const lane = time === null ? null : laneUnder(event);
    if (!lane) return hideTip();
    showTip(event, ...tell(lane, time));
  };

  const click = (time, event) => {
    const lane = layout() && laneUnder(event);
    if (lane) location.assign(addressAt(lane, time));
  };

  const step = (by) => {
    const last = lanes().length - 1;
    if (last < 0) return;
    const at = lanes().findIndex((lane) => lane.uuid === chosen);
    const next = at < 0 ? (by > 0 ? 0 : last) : Math.min(last, Math.max(0, at + by));
    chosen = lanes()[next].uuid;
    paint();
    document.querySelector(".lane-names .row.chosen")?.scrollIntoView({ block: "nearest" });
  };

  onKey("j", `next ${noun}`, () => step(1));
  onKey("k", `previous ${noun}`, () => step(-1));
  onKey("Enter", "open the chosen device", () => {
    const lane = lanes().find((l) => l.uuid === chosen);
    if (lane) location.assign(laneAddress(lane));
  });
  onKey("Escape", `choose no ${noun}`, () => { chosen = null; paint(); });
  watchTime(canvas, {
    box: () => canvas.getBoundingClientRect(),
    interval,
    hover,
    choose,
    zoom: goTo,
    reset: () => change({ from: null, to: null }),
    click,
  });
  byId("filter").addEventListener("change", (event) => change({ devices: event.target.value.trim() || null }));
  addEventListener("themechange", paint);
  return () => chosen;
};

// A picture of the canvas with the lanes' names beside it.
export const saveLanes = (canvas, name, title, layout, width) => {
  const left = byId("lane-names").clientWidth;
  savePng(name, title, left + width + 12, layout.height, [{ canvas, x: left, y: 0 }], (pen) => {
    for (const row of layout.rows) pen.fillText(row.lane?.name ?? row.name, row.lane ? 24 : 12, row.top + row.height / 2);
  });
};
