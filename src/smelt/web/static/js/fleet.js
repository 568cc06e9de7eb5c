// The fleet page: asks for the lanes and puts the pieces together.
import { addressOf, change, queryOf, read, toIso } from "./address.js";
import { askPage } from "./ask.js";
import { drawBar, follow, goTo, startBar } from "./bar.js";
import { savePng } from "./canvas.js";
import { byId } from "./elements.js";
import { drawEpisodes } from "./episode_table.js";
import { onKey } from "./keys.js";
import { bytes, cellAt, drawLanes, episodeAt, laneAt, layOut, legendOf } from "./lanes.js";
import { drawRows, laneTable, markRow } from "./lane_rows.js";
import { watchTime } from "./pointer.js";
import { stepOf } from "./severity.js";
import { drawTiles } from "./tiles.js";
import { hideTip, showTip } from "./tip.js";
import { moment, span, zoneOf } from "./zones.js";

const canvas = byId("canvas");
let page = null;
let layout = null;
let chosen = null;

const zone = () => zoneOf(read().tz);
const widthOf = () => Math.max(200, Math.floor(canvas.parentElement.clientWidth));
const tz = () => read().tz;

const deviceAddress = (name, part) => addressOf(`/devices/${encodeURIComponent(name)}`, { tz: tz(), ...part });
const laneAddress = (lane) => deviceAddress(lane.name, { from: read().from, to: read().to });

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
  drawLanes(canvas, page, layout, widthOf(), zone(), chosen);
  byId("legend").replaceChildren(...legendOf());
  markRow(chosen);
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

const laneUnder = (event) => laneAt(layout, event.clientY - canvas.getBoundingClientRect().top);

const secondsPerPixel = () => (page.interval[1] - page.interval[0]) / widthOf();

const pixel = (time) => (time - page.interval[0]) / secondsPerPixel();

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
  const episode = episodeAt(page, lane, time, 2 * secondsPerPixel());
  const words = cell.severity === null ? cell.state : `severity ${cell.severity} · ${stepOf(cell.severity)?.name ?? "below the floor"}`;
  showTip(event, `${lane.name} · ${moment(cell.start, zone())}`, words, cell.signal && `top signal ${cell.signal}`,
    episode && `episode ${span([episode.start, episode.end], zone())}, peak ${Math.floor(episode.peak_severity)}`);
};

const open = (time, event) => {
  const lane = laneUnder(event);
  if (!lane) return;
  const episode = episodeAt(page, lane, time, 2 * secondsPerPixel());
  location.assign(episode ? episodeAddress(episode) : momentAddress(lane, time));
};

const chooseLane = (step) => {
  if (!page?.lanes.length) return;
  const at = page.lanes.findIndex((lane) => lane.uuid === chosen);
  const next = at < 0 ? (step > 0 ? 0 : page.lanes.length - 1) : Math.min(page.lanes.length - 1, Math.max(0, at + step));
  chosen = page.lanes[next].uuid;
  paint();
  document.querySelector(".lane-names .row.chosen")?.scrollIntoView({ block: "nearest" });
};

const toggleTable = () => {
  const isOpen = byId("lanes-table").toggleAttribute("hidden");
  byId("lanes-table-button").setAttribute("aria-expanded", String(!isOpen));
};

const savePicture = () => {
  const left = byId("lane-names").clientWidth;
  savePng("fleet", `smelt fleet · severity · ${span(page.interval, zone())} (${zone()})`, left + widthOf() + 12, layout.height, [{ canvas, x: left, y: 0 }], (pen) => {
    for (const row of layout.rows) pen.fillText(row.lane?.name ?? row.name, row.lane ? 24 : 12, row.top + row.height / 2);
  });
};

startBar();
onKey("j", "next lane", () => chooseLane(1));
onKey("k", "previous lane", () => chooseLane(-1));
onKey("Enter", "open the chosen device", () => {
  const lane = page?.lanes.find((l) => l.uuid === chosen);
  if (lane) location.assign(laneAddress(lane));
});
onKey("Escape", "choose no lane", () => { chosen = null; paint(); });
watchTime(canvas, {
  box: () => canvas.getBoundingClientRect(),
  interval: () => page?.interval ?? [0, 1],
  hover,
  choose,
  zoom: (interval) => goTo(interval),
  reset: () => change({ from: null, to: null }),
  click: open,
});
byId("filter").addEventListener("change", (event) => change({ devices: event.target.value.trim() || null }));
byId("lanes-table-button").addEventListener("click", toggleTable);
byId("lanes-png").addEventListener("click", savePicture);
addEventListener("themechange", paint);
let width = 0;
new ResizeObserver(() => {
  if (width && width !== widthOf()) load();
  width = widthOf();
}).observe(canvas.parentElement);
follow(load);
