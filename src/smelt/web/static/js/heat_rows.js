// What stands left and right of the heat map, and the table that says the same as the canvas.
import { duration, percent, whole } from "./amounts.js";
import { byId, make, tableOf } from "./elements.js";
import { NOTHING } from "./heat_map.js";
import { moment } from "./zones.js";

const placed = (height, kind, lane, ...children) => {
  const element = make("div", { class: `row ${kind}`.trim(), "data-uuid": lane?.uuid }, ...children);
  element.style.height = `${height}px`;
  return element;
};

const cell = (kind, words, title) => make("span", { class: kind, title }, words);

export const shareOf = ({ received, expected }) => (expected ? Math.min(1, received / expected) : null);

const late = (arrival) => (arrival ? [duration(arrival.p50_s), duration(arrival.p95_s)] : ["–", "–"]);

const numbers = (lane) => {
  const share = shareOf(lane);
  const [p50, p95] = late(lane.arrival);
  return [
    cell(`share ${share !== null && share < 0.99 ? "short" : ""}`, percent(share), "received of expected"),
    cell("count", whole(lane.received), `${lane.received.toLocaleString("en-GB")} observations received`),
    cell("late gone", percent(lane.arrival?.unavailable_share ?? null), "share of UNAVAILABLE among the observations"),
    cell("late", p50, "half arrive within"),
    cell("late", p95, "95 % arrive within"),
  ];
};

export const drawHeatRows = (layout, hrefOf) => {
  const left = layout.rows.map((row) => (row.kind === "class" ? placed(row.height, "class", null, row.name)
    : placed(row.height, "", row.lane, make("a", { href: hrefOf(row.lane), title: row.lane.uuid }, row.lane.name))));
  const right = layout.rows.map((row) => (row.kind === "class" ? placed(row.height, "class") : placed(row.height, "", row.lane, ...numbers(row.lane))));
  byId("lane-names").replaceChildren(placed(layout.head, "head", null, "device"), ...left);
  byId("lane-now").replaceChildren(placed(layout.head, "head", null, cell("share", "whole"), cell("count", "received"), cell("late gone", "UNAV."),
    cell("late", "p50 late"), cell("late", "p95 late")), ...right);
};

export const heatTable = (page, zone) => {
  const header = ["device", "class", "received", "expected", "received of expected", "UNAVAILABLE", "p50 late", "p95 late", "hours in full contact", "hours without", "worst hour"];
  const rows = page.lanes.map((lane) => {
    const known = [...lane.cells.contact].map((contact, bin) => ({ contact, bin })).filter((c) => c.contact !== NOTHING);
    const worst = known.reduce((least, c) => (least === null || c.contact < least.contact ? c : least), null);
    const hours = page.bin / 3600;
    const told = worst && worst.contact < 99 ? `${moment(page.shown[0] + worst.bin * page.bin, zone)}: ${worst.contact} %` : "none is short";
    return [lane.name, lane.class, lane.received, Math.round(lane.expected), percent(shareOf(lane)), percent(lane.arrival?.unavailable_share ?? null),
      ...late(lane.arrival), hours * known.filter((c) => c.contact >= 99).length, hours * known.filter((c) => c.contact === 0).length, worst ? told : "never heard"];
  });
  return tableOf(header, rows);
};
