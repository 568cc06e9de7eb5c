// The plant at a glance: how far the data goes, who is missing, alarms against the budget, models.
import { make } from "./elements.js";
import { fullMoment, length, moment } from "./zones.js";

const tile = (title, mood, glyph, number, words, detail) => make(
  "div", { class: "tile", title: detail },
  make("h3", {}, title),
  make("div", {}, make("strong", { class: mood }, `${glyph} ${number}`.trim()), words),
  make("p", {}, detail),
);

const missing = (page, zone) => {
  const gone = page.lanes.filter((lane) => lane.is_without_data);
  if (!gone.length) return tile("Devices without data", "good", "✓", "0", `of ${page.lanes.length}`, `all were live at ${moment(page.at, zone)}`);
  const since = (lane) => (lane.last_live ? `${lane.name} since ${moment(lane.last_live, zone)}` : `${lane.name}: never heard`);
  return tile("Devices without data", "bad", "✕", String(gone.length), `of ${page.lanes.length}`, gone.map(since).join(", "));
};

const budget = (page) => {
  const count = page.episodes.length;
  const isOver = count > page.expected_episodes;
  const allowed = page.expected_episodes.toFixed(page.expected_episodes < 10 ? 1 : 0);
  const hours = Math.round(page.scored_hours).toLocaleString("en-GB");
  return tile("Episodes against the budget of false alarms", isOver ? "warn" : "good", isOver ? "▲" : "✓", String(count), `budget ${allowed}`,
    `${page.budget_per_168h} for each device and 168 scored hours; ${hours} h scored here`);
};

const models = (page) => {
  const early = page.lanes.filter((lane) => lane.is_provisional);
  const none = page.lanes.filter((lane) => lane.days_wanted === null);
  const wanted = early.map((lane) => `${lane.name} wants ${lane.days_wanted.toFixed(1)} more days`);
  const without = none.map((lane) => `${lane.name} has no model`);
  if (!early.length && !none.length) return tile("Provisional models", "good", "✓", "0", `of ${page.lanes.length}`, "all have enough running minutes behind them");
  return tile("Provisional models", "warn", "◔", String(early.length + none.length), `of ${page.lanes.length}`, [...wanted, ...without].join(", "));
};

const until = (page, zone) => {
  if (!page.span) return tile("Data until", "bad", "✕", "never", "", "nothing has arrived yet: run 'smelt run'");
  return tile("Data until", "", "", fullMoment(page.span[1], zone), "", `${zone}; ${length(page.span[1] - page.span[0])} of data in the lake`);
};

export const drawTiles = (place, page, zone) => place.replaceChildren(until(page, zone), missing(page, zone), budget(page), models(page));
