// What stands left and right of the lanes, and the table that says the same as the canvas.
import { byId, make, tableOf } from "./elements.js";
import { NOTHING } from "./lanes.js";
import { meter, stepOf } from "./severity.js";
import { length, moment } from "./zones.js";

const GLYPHS = { ACTIVE: "▶", running: "▶", READY: "◦", "no data": "✕", INTERRUPTED: "‖", FEED_HOLD: "‖", STOPPED: "■", WAIT: "‖" };

const placed = (row, ...children) => {
  const element = make("div", { class: row.kind === "class" ? "row class" : "row", "data-uuid": row.lane?.uuid }, ...children);
  element.style.height = `${row.height}px`;
  return element;
};

const head = (height, ...children) => {
  const element = make("div", { class: "row head" }, ...children);
  element.style.height = `${height}px`;
  return element;
};

const since = (lane, at) => (lane.state ? `${lane.state.is_older ? "≥ " : ""}${length(at - lane.state.since)}` : "");

const nameRow = (row, page, hrefOf) => {
  const { lane } = row;
  const state = lane.state?.value ?? "no data";
  const flag = lane.is_provisional ? make("span", { class: "flag", title: `provisional: ${lane.days_wanted.toFixed(1)} more days wanted` }, "prov.") : null;
  return placed(
    row,
    make("a", { href: hrefOf(lane), title: lane.uuid }, lane.name), flag,
    make("span", { class: "state" }, make("span", { class: "glyph" }, GLYPHS[state] ?? "·"), state.toLowerCase().replaceAll("_", " ")),
    make("span", { class: "since" }, since(lane, page.at)),
  );
};

const nowRow = (row, page) => {
  const { lane } = row;
  if (!lane.score) return placed(row, make("span", { class: "quiet" }, lane.days_wanted === null ? "no model" : "not scored"), make("span", { class: "count" }, lane.episodes || ""));
  const age = page.at - lane.score.time;
  const note = age > 1800 ? `last scored ${length(age)} before` : "scored just now";
  const old = age > 1800 ? "old" : "";
  return placed(
    row,
    meter(lane.score.severity),
    make("span", { class: `value ${old}`, title: `${stepOf(lane.score.severity)?.name ?? "below the floor"}; ${note}` }, Math.floor(lane.score.severity)),
    make("span", { class: `score ${old}`, title: note }, lane.score.score.toFixed(2)),
    make("span", { class: "count" }, lane.episodes || ""),
  );
};

export const drawRows = (page, layout, hrefOf) => {
  const names = layout.rows.map((row) => (row.kind === "class" ? placed(row, row.name) : nameRow(row, page, hrefOf)));
  const nows = layout.rows.map((row) => (row.kind === "class" ? placed(row) : nowRow(row, page)));
  byId("lane-names").replaceChildren(head(layout.head, "device", make("span", { class: "state" }, "state"), make("span", { class: "since" }, "for")), ...names);
  byId("lane-now").replaceChildren(head(layout.head, make("span", { class: "value", title: "severity of the newest scored minute, 0–100; 75 is the alarm" }, "sev."),
    make("span", { class: "score" }, "score"), make("span", { class: "count" }, "episodes")), ...nows);
};

export const markRow = (uuid) => {
  for (const row of document.querySelectorAll(".row[data-uuid]")) row.classList.toggle("chosen", row.dataset.uuid === uuid);
};

export const laneTable = (page, zone) => {
  const header = ["device", "class", "state", "for", "severity now", "score now", "highest severity", "at", "top signal", "no data", "episodes"];
  const rows = page.lanes.map((lane) => {
    const { severity, state, signal, signals } = lane.cells;
    let best = -1;
    severity.forEach((value, i) => { if (value !== NOTHING && (best < 0 || value > severity[best])) best = i; });
    const gone = state.reduce((sum, value) => sum + (value === 3), 0) / Math.max(1, state.length);
    return [
      lane.name, lane.class, lane.state?.value ?? "", since(lane, page.at),
      lane.score ? Math.floor(lane.score.severity) : "", lane.score ? lane.score.score.toFixed(2) : "",
      best < 0 ? "" : severity[best], best < 0 ? "" : moment(page.interval[0] + best * page.bin, zone),
      best < 0 ? "" : signals[signal[best]] ?? "", `${Math.round(gone * 100)} %`, lane.episodes,
    ];
  });
  return tableOf(header, rows);
};
