// Beside the tracks: the chosen episode and what drove it, all episodes, the model, maintenance.
import { make } from "./elements.js";
import { meter, stepOf } from "./severity.js";
import { fullMoment, length, moment, span } from "./zones.js";

export const REST = "other signals"; // what an episode's shares name the signals beyond its list

const facts = (...pairs) => make("dl", {}, ...pairs.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, String(value))]));
const card = (title, tools, ...children) => make("section", { class: "card" }, make("h2", {}, title, tools), ...children);

const share = ({ signal, share: part }, most, onSignal) => {
  const bar = make("span", { class: "meter" });
  const fill = make("canvas", {});
  fill.style.width = `${(100 * part) / most}%`;
  fill.style.background = onSignal ? "var(--severity-3)" : "var(--faint)";
  bar.append(fill);
  return make("button", { type: "button", class: "share", disabled: !onSignal, title: onSignal ? `go to ${signal}` : null, onclick: () => onSignal(signal) },
    make("span", { class: "name" }, signal), bar, make("span", { class: "number" }, `${(100 * part).toFixed(0)} %`));
};

export const contributions = (all, onSignal) => {
  if (!all.length) return make("p", {}, "Nothing was scored in this range.");
  const shown = all.filter((s) => s.signal !== REST).slice(0, 8);
  const rest = 1 - shown.reduce((sum, s) => sum + s.share, 0);
  const most = Math.max(...shown.map((s) => s.share), rest);
  const bars = shown.map((s) => share(s, most, onSignal));
  if (rest > 0.005) bars.push(share({ signal: REST, share: rest }, most, null));
  return make("div", {}, ...bars);
};

const chosen = (page, zone, act) => {
  const e = page.episode;
  if (!e) {
    return card("What drives the score", null, contributions(page.shares, act.signal),
      make("p", {}, page.shares.length ? "Mean shares over the alarm minutes of this range, or all scored minutes if there was no alarm. J and K choose an episode." : ""));
  }
  const tools = make("span", { class: "tools" }, make("button", { type: "button", onclick: act.zoom, title: "Zoom to it (Z)" }, "Zoom"), make("button", { type: "button", onclick: act.none, title: "Choose none (Esc)" }, "✕"));
  return card("Episode", tools, facts(
    ["when", span([e.start, e.end], zone)],
    ["lasted", length(e.end - e.start) + (e.is_open ? ", still open" : "")],
    ["peak", `severity ${Math.floor(e.peak_severity)} (${stepOf(e.peak_severity)?.name ?? "below the floor"}), score ${e.peak_score.toFixed(2)}, ${moment(e.peak, zone)}`],
    ["alarm minutes", `${e.alarm_minutes} of ${e.scored_minutes} scored`],
    ["model", e.model_version + (e.is_provisional ? ", provisional" : "")],
  ), make("p", {}, "Shares of the score over its alarm minutes:"), contributions(e.contributions, act.signal));
};

const list = (page, zone, act) => {
  if (!page.episodes.length) return card("Episodes", null, make("p", {}, "This device has had none."));
  const rows = [...page.episodes].reverse().map((e) => {
    const isInside = e.end > page.interval[0] && e.start < page.interval[1];
    const number = make("span", { class: "severity" }, meter(e.peak_severity), String(Math.floor(e.peak_severity)));
    number.firstChild.style.width = "34px";
    return make("button", { type: "button", class: isInside ? null : "outside", "aria-current": String(e.episode_id === page.episode?.episode_id), onclick: () => act.choose(e) },
      make("span", {}, moment(e.start, zone)), make("span", {}, length(e.end - e.start)), number);
  });
  return card(`Episodes · ${page.episodes.length}`, null, make("div", { class: "list" }, ...rows));
};

const model = (page, zone) => {
  const m = page.model;
  if (!m) return card("Model", null, make("p", { class: "note" }, "No model yet, so nothing is scored. 'smelt train' makes one as soon as the device has run long enough."));
  const days = `${m.days_wanted.toFixed(1)} more days`;
  const note = m.is_provisional ? make("p", { class: "note" }, `Provisional: it has too few running minutes behind it and wants ${days} of the device's usual running. Take its alarms as hints.`) : null;
  return card("Model", null, note, facts(
    ["version", m.model_version],
    ["trained on", `${span([m.trained_from, m.trained_to], zone)}, ${m.training_minutes.toLocaleString("en-GB")} running minutes`],
    ["calibrated", `to ${moment(m.calibrated_to, zone)}, ${m.calibration_minutes.toLocaleString("en-GB")} minutes`],
    ["threshold", m.threshold.toFixed(3)],
  ), make("p", {}, `Severity 75 is the threshold that the alarm budget gives; each 5 points above 75 are ${m.factor.toFixed(1)} times rarer.`));
};

const maintenance = (page, zone) => {
  if (!page.maintenance.length) return null;
  const rows = page.maintenance.map((m) => [fullMoment(m.time, zone), [m.kind.replaceAll("_", " "), m.component, m.note].filter(Boolean).join(" · ")]);
  return card("Maintenance in this range", null, make("dl", { class: "log" }, ...rows.flatMap(([time, words]) => [make("dt", {}, time.replace(/ \d{4} /, " ")), make("dd", {}, words)])));
};

export const drawPanel = (place, page, zone, act) => place.replaceChildren(
  ...[chosen(page, zone, act), list(page, zone, act), model(page, zone), maintenance(page, zone)].filter(Boolean),
);
