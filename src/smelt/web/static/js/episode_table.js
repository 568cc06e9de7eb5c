// The episodes of the fleet: the unit of work, sortable by its headers.
import { byId, make } from "./elements.js";
import { REST } from "./panel.js";
import { meter } from "./severity.js";
import { length, moment } from "./zones.js";

let order = "peak";
const ORDERS = {
  device: (a, b) => a.name.localeCompare(b.name) || b.start - a.start,
  start: (a, b) => b.start - a.start,
  length: (a, b) => b.end - b.start - (a.end - a.start),
  peak: (a, b) => b.peak_severity - a.peak_severity || b.peak_score - a.peak_score,
};

const signals = (episode) => make("span", { class: "bars" }, ...episode.contributions.filter((c) => c.signal !== REST).slice(0, 3).map((c) =>
  make("span", {}, make("b", {}, c.signal), ` ${Math.round(c.share * 100)} %`)));

const rowOf = (episode, zone, hrefOf, chosen) => make(
  "tr", { class: chosen === episode.episode_id ? "chosen" : null, "data-episode": episode.episode_id },
  make("td", {}, make("a", { href: hrefOf(episode) }, episode.name)),
  make("td", {}, moment(episode.start, zone)),
  make("td", { class: "number" }, length(episode.end - episode.start)),
  make("td", {}, meter(episode.peak_severity), ` ${Math.floor(episode.peak_severity)}`),
  make("td", { class: "number" }, `${episode.alarm_minutes} of ${episode.scored_minutes}`),
  make("td", {}, signals(episode)),
  make("td", {}, episode.is_open ? make("span", { class: "pill" }, "open") : null, episode.is_provisional ? make("span", { class: "pill" }, "provisional") : null),
);

export const drawEpisodes = (page, zone, hrefOf, chosen) => {
  const names = new Map(page.lanes.map((lane) => [lane.uuid, lane.name]));
  const rows = page.episodes.map((e) => ({ ...e, name: names.get(e.device_uuid) ?? e.device_uuid })).sort(ORDERS[order]);
  const again = (name) => () => { order = name; drawEpisodes(page, zone, hrefOf, chosen); };
  const sortable = (name, words, kind) => make("th", { scope: "col", class: kind, "aria-sort": order === name ? "descending" : null },
    make("button", { type: "button", onclick: again(name), title: `sort by ${words}` }, words, order === name ? " ▾" : ""));
  const header = make("tr", {}, sortable("device", "device"), sortable("start", "start"), sortable("length", "length", "number"), sortable("peak", "peak severity"),
    make("th", { class: "number" }, "alarm minutes"), make("th", {}, "top signals"), make("th", {}, ""));
  if (!rows.length) {
    byId("episodes").replaceChildren(make("caption", { class: "empty" }, "No episode in this range. “All” shows the whole history."));
    byId("episodes-note").textContent = "";
    return;
  }
  byId("episodes").replaceChildren(make("thead", {}, header), make("tbody", {}, ...rows.map((e) => {
    const row = rowOf(e, zone, hrefOf, chosen);
    row.addEventListener("click", (event) => { if (!event.target.closest("a")) location.assign(hrefOf(e)); });
    return row;
  })));
  byId("episodes-note").textContent = `${rows.length} in this range`;
};
