// The Pipeline page: asks whether the data is whole and puts the pieces together.
import { addressOf, change, queryOf, read, toIso } from "./address.js";
import { duration } from "./amounts.js";
import { askPage } from "./ask.js";
import { drawBar, follow, goTo, startBar } from "./bar.js";
import { savePng } from "./canvas.js";
import { drawCommands } from "./commands_list.js";
import { byId } from "./elements.js";
import { cellAt, drawHeat, heatLegend, stepOf } from "./heat_map.js";
import { drawHeatRows, heatTable } from "./heat_rows.js";
import { onKey } from "./keys.js";
import { bytes, laneAt, layOut } from "./lanes.js";
import { markRow } from "./lane_rows.js";
import { drawPipelineTiles } from "./pipeline_tiles.js";
import { drawAgents, drawDrift, drawGaps, drawRejects, drawStages, drawTables } from "./pipeline_tables.js";
import { watchTime } from "./pointer.js";
import { drawRecorders } from "./recorders_table.js";
import { hideTip, showTip } from "./tip.js";
import { span, zoneOf } from "./zones.js";

const canvas = byId("canvas");
let page = null;
let layout = null;
let chosen = null;
let isAllRuns = false;

const zone = () => zoneOf(read().tz);
const widthOf = () => Math.max(120, Math.floor(canvas.parentElement.clientWidth));
const deviceAddress = (name, part) => addressOf(`/devices/${encodeURIComponent(name)}`, { tz: read().tz, ...part });
const laneAddress = (lane) => deviceAddress(lane.name, { from: read().from, to: read().to });
const around = (name, start, end) => {
  const room = Math.max(3600, end - start);
  return deviceAddress(name, { from: toIso(Math.floor((start - room) / 60) * 60), to: toIso(Math.ceil((end + room) / 60) * 60) });
};

const paint = () => {
  if (!page) return;
  drawHeat(canvas, page, layout, widthOf(), zone(), chosen);
  byId("legend").replaceChildren(...heatLegend());
  drawGaps(page, zone(), (name, gap) => around(name, gap.start, gap.end));
  markRow(chosen);
};

const draw = (answer) => {
  page = { ...answer, lanes: answer.lanes.map((lane) => ({ ...lane, cells: { ...lane.cells, contact: bytes(lane.cells.contact) } })) };
  layout = layOut(page.lanes);
  drawBar(page);
  drawPipelineTiles(byId("tiles"), page);
  drawHeatRows(layout, laneAddress);
  byId("hours-table").replaceChildren(heatTable(page, zone()));
  drawRejects(page, zone());
  drawAgents(page, zone());
  drawRecorders(page, zone());
  drawStages(page, zone(), isAllRuns);
  drawTables(page);
  drawDrift(page, zone());
  drawCommands(page);
  const query = queryOf({ ...read(), from: toIso(page.interval[0]), to: toIso(page.interval[1]), tz: null, episode: null, signals: null });
  for (const part of ["hours", "gaps", "rejects", "runs", "drift"]) byId(`${part}-csv`).href = `/csv/pipeline/${part}?${query}&tz=${encodeURIComponent(zone())}`;
  byId("filter").value = read().devices ?? "";
  paint();
};

const load = () => {
  const { from, to, devices } = read();
  const query = queryOf({ from, to, devices });
  return askPage(`/api/pipeline${query ? `?${query}` : ""}`, draw);
};

const laneUnder = (event) => laneAt(layout, event.clientY - canvas.getBoundingClientRect().top);
const pixel = (time) => ((time - page.shown[0]) / (page.shown[1] - page.shown[0])) * widthOf();

const choose = (interval) => {
  const box = byId("choosing");
  box.hidden = interval === null;
  if (interval === null) return;
  box.style.left = `${pixel(interval[0])}px`;
  box.style.width = `${pixel(interval[1]) - pixel(interval[0])}px`;
};

const hover = (time, event) => {
  if (!page) return;
  byId("crosshair").hidden = time === null;
  const lane = time === null ? null : laneUnder(event);
  if (time !== null) byId("crosshair").style.left = `${pixel(time)}px`;
  if (!lane) return hideTip();
  const cell = cellAt(lane, page, time);
  const kinds = Object.entries(cell.kinds).filter(([kind]) => kind !== "live").map(([kind, seconds]) => `${kind} ${duration(seconds)}`);
  const expected = cell.expected === null ? "" : ` of about ${cell.expected.toLocaleString("en-GB")} expected`;
  showTip(event, `${lane.name} · ${span([cell.start, cell.start + page.bin], zone())}`,
    cell.contact === null ? "before its first observation, or after the newest" : `contact ${cell.contact} % · ${stepOf(cell.contact).name}`,
    cell.contact === null ? "" : `${cell.received.toLocaleString("en-GB")} observations${expected}`, kinds.join(", "));
};

const open = (time, event) => {
  const lane = laneUnder(event);
  if (!lane) return;
  const { start } = cellAt(lane, page, time);
  location.assign(around(lane.name, start, start + page.bin));
};

const chooseLane = (step) => {
  if (!page?.lanes.length) return;
  const at = page.lanes.findIndex((lane) => lane.uuid === chosen);
  const next = at < 0 ? (step > 0 ? 0 : page.lanes.length - 1) : Math.min(page.lanes.length - 1, Math.max(0, at + step));
  chosen = page.lanes[next].uuid;
  paint();
  document.querySelector(".lane-names .row.chosen")?.scrollIntoView({ block: "nearest" });
};

const savePicture = () => {
  const left = byId("lane-names").clientWidth;
  savePng("pipeline", `smelt pipeline · contact · ${span(page.shown, zone())} (${zone()})`, left + widthOf() + 12, layout.height, [{ canvas, x: left, y: 0 }], (pen) => {
    for (const row of layout.rows) pen.fillText(row.lane?.name ?? row.name, row.lane ? 24 : 12, row.top + row.height / 2);
  });
};

const toggle = (button, isOpen) => byId(button).setAttribute("aria-expanded", String(isOpen));

startBar();
onKey("j", "next device", () => chooseLane(1));
onKey("k", "previous device", () => chooseLane(-1));
onKey("Enter", "open the chosen device", () => {
  const lane = page?.lanes.find((l) => l.uuid === chosen);
  if (lane) location.assign(laneAddress(lane));
});
onKey("Escape", "choose no device", () => { chosen = null; paint(); });
watchTime(canvas, {
  box: () => canvas.getBoundingClientRect(),
  interval: () => page?.shown ?? [0, 1],
  hover,
  choose,
  zoom: (interval) => goTo(interval),
  reset: () => change({ from: null, to: null }),
  click: open,
});
byId("filter").addEventListener("change", (event) => change({ devices: event.target.value.trim() || null }));
byId("hours-table-button").addEventListener("click", () => toggle("hours-table-button", !byId("hours-table").toggleAttribute("hidden")));
byId("hours-png").addEventListener("click", savePicture);
byId("runs-button").addEventListener("click", () => {
  isAllRuns = !isAllRuns;
  toggle("runs-button", isAllRuns);
  if (page) drawStages(page, zone(), isAllRuns);
});
addEventListener("themechange", paint);
new ResizeObserver(() => paint()).observe(canvas.parentElement);
follow(load);
