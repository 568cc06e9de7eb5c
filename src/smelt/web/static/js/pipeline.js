// The Pipeline page: asks whether the data is whole and puts the pieces together.
import { queryOf, read, toIso } from "./address.js";
import { duration } from "./amounts.js";
import { askPage } from "./ask.js";
import { drawBar, follow, startBar } from "./bar.js";
import { drawCommands } from "./commands_list.js";
import { byId } from "./elements.js";
import { cellAt, drawHeat, heatLegend, stepOf } from "./heat_map.js";
import { drawHeatRows, heatTable } from "./heat_rows.js";
import { deviceAddress, laneAddress, saveLanes, watchLanes } from "./lane_canvas.js";
import { bytes, layOut } from "./lanes.js";
import { markRow } from "./lane_rows.js";
import { drawPipelineTiles } from "./pipeline_tiles.js";
import { drawAgents, drawDrift, drawGaps, drawRejects, drawStages, drawTables } from "./pipeline_tables.js";
import { drawRecorders } from "./recorders_table.js";
import { span, zoneOf } from "./zones.js";

const canvas = byId("canvas");
let page = null;
let layout = null;
let isAllRuns = false;

const zone = () => zoneOf(read().tz);
const widthOf = () => Math.max(120, Math.floor(canvas.parentElement.clientWidth));
const around = (name, start, end) => {
  const room = Math.max(3600, end - start);
  return deviceAddress(name, { from: toIso(Math.floor((start - room) / 60) * 60), to: toIso(Math.ceil((end + room) / 60) * 60) });
};

const paint = () => {
  if (!page) return;
  drawHeat(canvas, page, layout, widthOf(), zone(), chosen());
  byId("legend").replaceChildren(...heatLegend());
  drawGaps(page, zone(), (name, gap) => around(name, gap.start, gap.end));
  markRow(chosen());
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

const tell = (lane, time) => {
  const cell = cellAt(lane, page, time);
  const kinds = Object.entries(cell.kinds).filter(([kind]) => kind !== "live").map(([kind, seconds]) => `${kind} ${duration(seconds)}`);
  const expected = cell.expected === null ? "" : ` of about ${cell.expected.toLocaleString("en-GB")} expected`;
  return [`${lane.name} · ${span([cell.start, cell.start + page.bin], zone())}`,
    cell.contact === null ? "before its first observation, or after the newest" : `contact ${cell.contact} % · ${stepOf(cell.contact).name}`,
    cell.contact === null ? "" : `${cell.received.toLocaleString("en-GB")} observations${expected}`, kinds.join(", ")];
};

const addressAt = (lane, time) => {
  const { start } = cellAt(lane, page, time);
  return around(lane.name, start, start + page.bin);
};

const toggle = (button, isOpen) => byId(button).setAttribute("aria-expanded", String(isOpen));

startBar();
const chosen = watchLanes(canvas, {
  lanes: () => page?.lanes ?? [],
  layout: () => layout,
  interval: () => page?.shown ?? [0, 1],
  width: widthOf,
  noun: "device",
  paint,
  tell,
  addressAt,
});
byId("hours-table-button").addEventListener("click", () => toggle("hours-table-button", !byId("hours-table").toggleAttribute("hidden")));
byId("hours-png").addEventListener("click", () =>
  saveLanes(canvas, "pipeline", `smelt pipeline · contact · ${span(page.shown, zone())} (${zone()})`, layout, widthOf()));
byId("runs-button").addEventListener("click", () => {
  isAllRuns = !isAllRuns;
  toggle("runs-button", isAllRuns);
  if (page) drawStages(page, zone(), isAllRuns);
});
new ResizeObserver(() => paint()).observe(canvas.parentElement);
follow(load);
