// The device page: asks for the tracks, stacks them, and moves between episodes.
import { addressOf, change, queryOf, read, toIso } from "./address.js";
import { ask, askPage } from "./ask.js";
import { drawBar, follow, goTo, startBar } from "./bar.js";
import { byId, make } from "./elements.js";
import { onKey } from "./keys.js";
import { LineTrack, indexAt } from "./line_track.js";
import { trackLegend } from "./track_legend.js";
import { drawPanel } from "./panel.js";
import { ALARM } from "./severity.js";
import { Stack } from "./stack.js";
import { StripTrack } from "./strip_track.js";
import { shortUnit } from "./units.js";
import { zoneOf } from "./zones.js";

const { device: uuid, name: deviceName } = byId("page").dataset;
const stack = new Stack(byId("stack"), (time) => {
  const episode = page?.episodes.find((e) => time >= e.start && time < e.end);
  if (episode) act.choose(episode);
});
const path = `/devices/${encodeURIComponent(uuid)}`;
let page = null;

const zone = () => zoneOf(read().tz);
const extras = () => (read().signals ?? "").split(",").filter(Boolean);

const csv = (plot, names = null) => {
  const query = queryOf({ from: toIso(page.interval[0]), to: toIso(page.interval[1]) });
  return `/csv${path}/${plot}?${query}&tz=${encodeURIComponent(zone())}${names ? `&names=${encodeURIComponent(names)}` : ""}`;
};

const stepLine = ({ t, v }) => (time) => (v.length ? v[Math.max(0, indexAt(t, time))] ?? v.find((x) => x !== null) ?? null : null);

const signalTrack = (signal, shares) => {
  const share = shares.get(signal.name);
  const isExtra = extras().includes(signal.name);
  const about = {
    name: signal.name,
    title: signal.name,
    csv: csv("minutes", signal.name),
    onRemove: isExtra ? () => change({ signals: extras().filter((n) => n !== signal.name).join(",") || null }) : null,
  };
  if (signal.strip) return new StripTrack(about, { ...signal.strip, kind: "state" });
  const part = share === undefined ? "" : `${(100 * share).toFixed(0)} % of the score`;
  const unit = shortUnit(signal.unit);
  const note = [part, unit].filter(Boolean).join(" · ");
  return new LineTrack({ ...about, note, height: 86, title: signal.band ? `${signal.name}; normal band ${signal.band.join(" to ")}` : signal.name }, { line: signal.line, band: signal.band, unit });
};

const scoreTracks = () => [
  new LineTrack({ name: "score", note: "dashed: threshold", height: 104, csv: csv("score") }, { line: page.score, limit: stepLine(page.threshold), include: page.threshold.v }),
  new LineTrack({ name: "severity", note: "dashed: alarm at 75", height: 78, csv: csv("score") },
    { line: page.severity, limit: () => ALARM, range: () => [0, 104], splits: [0, 50, 75, 100] }),
];

const stripTrack = (strip) => new StripTrack({
  name: strip.name,
  title: strip.is_summarised ? `${strip.name}; a block stands for ${strip.step / 60} minutes` : strip.name,
  csv: strip.kind === "coverage" ? csv("coverage") : csv("minutes", strip.columns.join(",")),
}, strip);

const offer = () => {
  const drawn = new Set([...page.signals.map((s) => s.name), ...page.strips.map((s) => s.name), ...extras()]);
  const rest = page.columns.filter((name) => !drawn.has(name));
  byId("add").replaceChildren(make("option", { value: "" }, rest.length ? "choose a signal…" : "all are shown"), ...rest.map((name) => make("option", { value: name }, name)));
};

const act = {
  choose: (episode) => {
    const [from, to] = page.interval;
    const isInside = episode.start >= from && episode.end <= to;
    const width = Math.max(to - from, 2 * (episode.end - episode.start));
    const start = Math.floor(((episode.start + episode.end - width) / 2) / 60) * 60;
    const range = isInside ? {} : { from: toIso(start), to: toIso(start + Math.ceil(width / 60) * 60) };
    change({ episode: episode.episode_id, ...range });
  },
  zoom: () => {
    const e = page?.episode;
    if (!e) return;
    const room = Math.max(3600, e.end - e.start);
    goTo([e.start - room, e.end + room]);
  },
  none: () => change({ episode: null }),
  signal: (name) => {
    const track = document.querySelector(`[data-track="${CSS.escape(name)}"]`);
    if (track) track.scrollIntoView({ block: "center", behavior: "smooth" });
    else change({ signals: [...extras(), name].join(",") });
  },
};

const draw = (answer) => {
  page = answer;
  const shares = new Map(page.shares.map((s) => [s.signal, s.share]));
  const tracks = [...scoreTracks(), ...page.strips.map(stripTrack), ...page.signals.map((s) => signalTrack(s, shares)), ...page.extras.map((s) => signalTrack(s, shares))];
  drawBar(page);
  stack.draw(page, zone(), tracks);
  byId("legend").replaceChildren(...trackLegend());
  drawPanel(byId("side"), page, zone(), act);
  offer();
};

const load = () => {
  const { from, to, episode } = read();
  const points = Math.min(4000, 2 * stack.width);
  return askPage(`/api${path}?${queryOf({ from, to, episode })}&points=${points}`, async (answer) => {
    const drawn = new Set([...answer.signals, ...answer.strips].map((s) => s.name));
    const names = extras().filter((n) => !drawn.has(n));
    const range = queryOf({ from: toIso(answer.interval[0]), to: toIso(answer.interval[1]) });
    const more = names.length ? await ask(`/api${path}/signals?${range}&points=${points}&names=${encodeURIComponent(names.join(","))}`) : { signals: [] };
    draw({ ...answer, extras: more.signals });
  });
};

const next = (step) => {
  if (!page?.episodes.length) return;
  const all = page.episodes;
  const at = all.findIndex((e) => e.episode_id === page.episode?.episode_id);
  const start = step > 0 ? all.findIndex((e) => e.end > page.interval[0]) : all.findLastIndex((e) => e.start < page.interval[1]);
  const found = at < 0 ? all[start < 0 ? (step > 0 ? all.length - 1 : 0) : start] : all[at + step];
  if (found) act.choose(found);
};

startBar();
onKey("j", "next episode", () => next(1));
onKey("k", "previous episode", () => next(-1));
onKey("z", "zoom to the chosen episode", act.zoom);
onKey("Escape", "choose no episode", act.none);
byId("add").addEventListener("change", (event) => {
  if (event.target.value) change({ signals: [...extras(), event.target.value].join(",") });
});
byId("device").addEventListener("change", (event) => {
  location.assign(addressOf(`/devices/${encodeURIComponent(event.target.value)}`, { ...read(), episode: null, signals: null }));
});
const paint = () => {
  stack.paint();
  byId("legend").replaceChildren(...trackLegend());
};
addEventListener("themechange", paint);
let width = 0;
new ResizeObserver(() => {
  if (width && width !== stack.width) stack.paint();
  width = stack.width;
}).observe(byId("stack"));
follow(load);
document.title = `${deviceName} · smelt`;
