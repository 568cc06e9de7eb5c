// The plant at a glance: what is open, who is missing, alarms against the budget, models.
import { make } from "./elements.js";
import { moment } from "./zones.js";

export const tile = (title, mood, glyph, number, words, detail) => make(
  "div", { class: "tile", title: detail },
  make("h3", {}, title),
  make("div", {}, make("strong", { class: mood }, `${glyph} ${number}`.trim()), words),
  make("p", {}, detail),
);

// "FOG1: never heard", or "3 never heard: FOG1, …" where they are many.
const counted = (names, words) => (names.length > 1 ? [`${names.length} ${words}: ${names.join(", ")}`] : names.map((name) => `${name}: ${words}`));

const missing = (page, zone) => {
  const gone = page.lanes.filter((lane) => lane.is_without_data);
  if (!gone.length) return tile("Devices without data", "good", "✓", "0", `of ${page.lanes.length}`, `all were live at ${moment(page.at, zone)}`);
  const since = gone.filter((lane) => lane.last_live).map((lane) => `${lane.name} since ${moment(lane.last_live, zone)}`);
  const never = gone.filter((lane) => !lane.last_live).map((lane) => lane.name);
  return tile("Devices without data", "bad", "✕", String(gone.length), `of ${page.lanes.length}`, [...since, ...counted(never, "never heard")].join("; "));
};

const budget = (page) => {
  const count = page.episodes.length;
  const isOver = count > page.expected_episodes;
  const allowed = page.expected_episodes.toFixed(page.expected_episodes < 10 ? 1 : 0);
  const hours = Math.round(page.scored_hours).toLocaleString("en-GB");
  return tile("Episodes, true and false", isOver ? "warn" : "good", isOver ? "▲" : "✓", String(count), `budget ${allowed} false ones`,
    `${page.budget_per_168h} false ones per device and 168 scored hours; ${hours} h here`);
};

const models = (page) => {
  const early = page.lanes.filter((lane) => lane.is_provisional);
  const none = page.lanes.filter((lane) => lane.days_wanted === null);
  const wanted = early.map((lane) => `${lane.name} wants ${lane.days_wanted.toFixed(1)} more days`);
  const without = counted(none.map((lane) => lane.name), "without a model");
  if (!early.length && !none.length) return tile("Provisional models", "good", "✓", "0", `of ${page.lanes.length}`, "all have enough running minutes behind them");
  return tile("Provisional or no model", "warn", "◔", String(early.length + none.length), `of ${page.lanes.length}`, [...wanted, ...without].join("; "));
};

const open = (page, zone) => {
  const names = new Map(page.lanes.map((lane) => [lane.uuid, lane.name]));
  const now = page.episodes.filter((e) => e.is_open);
  if (now.length) {
    const words = now.map((e) => `${names.get(e.device_uuid)} since ${moment(e.start, zone)}, peak ${Math.floor(e.peak_severity)}`);
    return tile("Open episodes", "bad", "▲", String(now.length), "", words.join("; "));
  }
  const last = [...page.episodes].sort((a, b) => b.end - a.end)[0];
  return tile("Open episodes", "good", "✓", "0", "", last ? `the last ended ${moment(last.end, zone)} on ${names.get(last.device_uuid)}` : "none in this range");
};

export const drawTiles = (place, page, zone) => place.replaceChildren(open(page, zone), missing(page, zone), budget(page), models(page));
