// The fleet page: asks for the lanes and puts the pieces together.
import { queryOf, read, toIso } from "./address.js";
import { askPage } from "./ask.js";
import { drawBar, follow, startBar } from "./bar.js";
import { byId } from "./elements.js";
import { drawEpisodes } from "./episode_table.js";
import { deviceAddress, laneAddress, saveLanes, watchLanes } from "./lane_canvas.js";
import { bytes, cellAt, drawLanes, episodeAt, layOut, legendOf } from "./lanes.js";
import { drawRows, laneTable, markRow } from "./lane_rows.js";
import { stepOf } from "./severity.js";
import { drawTiles } from "./tiles.js";
import { moment, span, zoneOf } from "./zones.js";

const canvas = byId("canvas");
let page = null;
let layout = null;

const zone = () => zoneOf(read().tz);
const widthOf = () => Math.max(200, Math.floor(canvas.parentElement.clientWidth));

const episodeAddress = (episode) => {
  const lane = page.lanes.find((l) => l.uuid === episode.device_uuid);
  const room = Math.max(6 * 3600, 2 * (episode.end - episode.start));
  return deviceAddress(lane.name, { from: toIso(episode.start - room), to: toIso(episode.end + room), episode: episode.episode_id });
};

const momentAddress = (lane, time) => {
  const half = Math.min(12 * 3600, (page.interval[1] - page.interval[0]) / 2);
  const start = Math.floor((time - half) / 60) * 60;
  return deviceAddress(lane.name, { from: toIso(start), to: toIso(start + 2 * half) });
};

const paint = () => {
  if (!page) return;
  drawLanes(canvas, page, layout, widthOf(), zone(), chosen());
  byId("legend").replaceChildren(...legendOf());
  markRow(chosen());
};

const decode = (lane) => ({ ...lane, cells: { ...lane.cells, severity: bytes(lane.cells.severity), signal: bytes(lane.cells.signal), state: bytes(lane.cells.state) } });

const csvQuery = () => queryOf({ ...read(), from: toIso(page.interval[0]), to: toIso(page.interval[1]), tz: null, episode: null, signals: null });

const draw = (answer) => {
  page = { ...answer, lanes: answer.lanes.map(decode) };
  layout = layOut(page.lanes);
  drawBar(page);
  drawTiles(byId("tiles"), page, zone());
  drawRows(page, layout, laneAddress);
  drawEpisodes(page, zone(), episodeAddress, read().episode);
  byId("lanes-table").replaceChildren(laneTable(page, zone()));
  const query = `${csvQuery()}&tz=${encodeURIComponent(zone())}`;
  byId("lanes-csv").href = `/csv/fleet?${query}&points=${widthOf()}`;
  byId("episodes-csv").href = `/csv/episodes?${query}`;
  byId("filter").value = read().devices ?? "";
  paint();
};

const load = () => {
  const { from, to, devices } = read();
  const query = queryOf({ from, to, devices });
  return askPage(`/api/fleet?points=${Math.min(4000, widthOf())}${query ? `&${query}` : ""}`, draw);
};

const secondsPerPixel = () => (page.interval[1] - page.interval[0]) / widthOf();

const episodeUnder = (lane, time) => episodeAt(page, lane, time, 2 * secondsPerPixel());

const tell = (lane, time) => {
  const cell = cellAt(lane, page, time);
  const episode = episodeUnder(lane, time);
  const words = cell.severity === null ? cell.state : `severity ${cell.severity} · ${stepOf(cell.severity)?.name ?? "below the floor"}`;
  return [`${lane.name} · ${moment(cell.start, zone())}`, words, cell.signal && `top signal ${cell.signal}`,
    episode && `episode ${span([episode.start, episode.end], zone())}, peak ${Math.floor(episode.peak_severity)}`];
};

const addressAt = (lane, time) => {
  const episode = episodeUnder(lane, time);
  return episode ? episodeAddress(episode) : momentAddress(lane, time);
};

const toggleTable = () => {
  const isOpen = byId("lanes-table").toggleAttribute("hidden");
  byId("lanes-table-button").setAttribute("aria-expanded", String(!isOpen));
};

startBar();
const chosen = watchLanes(canvas, {
  lanes: () => page?.lanes ?? [],
  layout: () => layout,
  interval: () => page?.interval ?? [0, 1],
  width: widthOf,
  noun: "lane",
  paint,
  tell,
  addressAt,
});
byId("lanes-table-button").addEventListener("click", toggleTable);
byId("lanes-png").addEventListener("click", () =>
  saveLanes(canvas, "fleet", `smelt fleet · severity · ${span(page.interval, zone())} (${zone()})`, layout, widthOf()));
let width = 0;
new ResizeObserver(() => {
  if (width && width !== widthOf()) load();
  width = widthOf();
}).observe(canvas.parentElement);
follow(load);
