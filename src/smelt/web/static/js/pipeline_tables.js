// The tables below the heat map: gaps, rejects, agents, runs, files, drift; each says so when there is nothing.
import { duration, size, whole } from "./amounts.js";
import { byId, make } from "./elements.js";
import { kindSample } from "./heat_map.js";
import { fullMoment, moment } from "./zones.js";

const number = (words, kind = "") => ({ words, kind: `number ${kind}`.trim() });

// header: names, "#name" stands right; a cell is words, {words, kind} or an element.
export const fill = (id, header, rows, empty) => {
  const place = byId(id);
  if (!rows.length) return place.replaceChildren(make("p", { class: "empty" }, empty));
  const heads = header.map((name) => make("th", { scope: "col", class: name.startsWith("#") ? "number" : null }, name.replace(/^#/, "")));
  const cellOf = (cell) => (cell?.words === undefined ? make("td", {}, cell ?? "") : make("td", { class: cell.kind }, cell.words));
  return place.replaceChildren(make("table", {}, make("thead", {}, make("tr", {}, ...heads)),
    make("tbody", {}, ...rows.map((row) => make("tr", {}, ...row.map(cellOf))))));
};

const kindOf = (kind) => {
  const element = kindSample(kind);
  element.className = "kind";
  return element;
};

const FEW = 3;

// Names as links; of many devices the first, and the rest in the title.
const whose = (gap, names, hrefOf) => {
  const all = gap.device_uuids.map((uuid) => names.get(uuid));
  const shown = all.length > FEW ? all.slice(0, FEW - 1) : all;
  const links = shown.flatMap((name, i) => [i ? ", " : "", make("a", { href: hrefOf(name, gap) }, name)]);
  const rest = all.length - shown.length;
  const more = rest ? ` and ${rest} more${all.length === names.size ? ": all" : ""}` : "";
  return make("span", { title: all.join(", ") }, ...links, more);
};

export const drawGaps = (page, zone, hrefOf) => {
  const names = new Map(page.lanes.map((lane) => [lane.uuid, lane.name]));
  const rows = page.gaps.map((gap) => [
    moment(gap.start, zone), { words: whose(gap, names, hrefOf), kind: "wide" }, kindOf(gap.kind),
    number(duration(gap.end - gap.start)), number(gap.kind === "lost" ? whole(gap.count ?? 0) : ""),
  ]);
  fill("gaps", ["from", "device", "kind", "#for", "#lost"], rows, "No gap of a minute or more in this range: every device was live.");
  const total = page.kinds.reduce((sum, kind) => sum + kind.count, 0);
  const told = page.kinds.map((kind) => `${kind.count} ${kind.kind}`).join(", ");
  byId("gaps-note").title = "of a minute or more; every loss and restart; the CSV has all";
  byId("gaps-note").textContent = total > page.gaps.length ? `${told}; the newest ${page.gaps.length}` : told;
};

export const drawRejects = (page, zone) => {
  const rows = page.rejects.map((r) => [
    number(whole(r.count)), { words: make("div", {}, r.reason, make("div", { class: "path" }, `${r.path}, ${size(r.length)} at byte ${r.offset.toLocaleString("en-GB")}`)), kind: "wide" },
    number(whole(r.files)), r.last === null ? "" : moment(r.last, zone),
  ]);
  fill("rejects", ["#times", "reason, and where it was last", "#files", "newest"], rows, "Nothing was rejected.");
  const all = page.rejects.reduce((sum, r) => sum + r.count, 0);
  byId("rejects-note").textContent = all ? `${whole(all)} byte ${all === 1 ? "range" : "ranges"} could not be read; what stands around was` : "";
};

export const drawAgents = (page, zone) => {
  const rows = page.agents.map((a) => [
    a.agent, number(whole(a.documents)), number(whole(a.empty)), number(whole(a.errors), a.errors ? "warn" : ""),
    number(duration(a.p50_s)), number(duration(a.p95_s)), number(whole(a.restarts.length), a.restarts.length ? "warn" : ""),
    a.restarts.length ? a.restarts.slice(-3).map((r) => moment(r.end, zone)).join(", ") : "", number(whole(a.holes), a.holes ? "bad" : ""), number(whole(a.lost), a.lost ? "bad" : ""),
    moment(a.last_contact, zone), number(a.instance_id === null ? "" : String(a.instance_id)), number(a.next_sequence === null ? "" : a.next_sequence.toLocaleString("en-GB")),
  ]);
  fill("agents", ["agent", "#documents", "#heartbeats", "#errors", "#p50 late", "#p95 late", "#restarts", "newest", "#holes", "#observations lost", "last contact", "#instance", "#next sequence"],
    rows, "No document came in this range.");
  const again = page.agents.flatMap((a) => a.recounts.map((r) =>
    `numbers again: ${a.agent}, instance ${r.instance_id} began anew at ${moment(r.began, zone)} without a new instance id; ${whole(r.count)} observations are not in copper`));
  byId("agents-note").textContent = page.agents.length ? ["late: from a document's making, by its agent's clock, to its arrival", ...again].join(" · ") : "";
};

const runCells = (run, zone) => [
  run.stage, number(run.plan), fullMoment(run.started, zone), number(duration(run.seconds)), number(whole(run.tasks)), number(run.rows_in === null ? "" : whole(run.rows_in)),
  number(whole(run.rows_out)), number(whole(run.files)), number(size(run.bytes)), number(whole(run.rejects), run.rejects ? "warn" : ""),
];

export const drawStages = (page, zone, isAll) => {
  const rows = (isAll ? page.runs : page.stages).map((run) => runCells(run, zone));
  fill("stages", ["stage", "#plan", "begun", "#took", "#tasks", "#rows in", "#rows out", "#files", "#bytes", "#rejects"], rows, "No stage has run yet: 'smelt run' takes the data through all of them.");
  byId("stages-note").textContent = isAll ? `the newest ${page.runs.length} runs` : "the newest run of each";
};

export const drawTables = (page) => {
  const rows = page.tables.map((t) => [t.table, number(whole(t.files)), number(size(t.bytes)), number(whole(t.small), t.small > 100 ? "warn" : "")]);
  fill("tables", ["table", "#files", "#bytes", "#small"], rows, "No table yet.");
  const small = page.tables.reduce((sum, t) => sum + t.small, 0);
  byId("tables-note").textContent = small ? `${whole(small)} small ones: 'smelt compact' merges them` : "";
};

const WORDS = { units: "units changed", meaning: "meaning changed", category: "category changed" };

export const drawDrift = (page, zone) => {
  const rows = page.drift.map((d) => [
    d.at === null ? "" : moment(d.at, zone), d.device_name, d.name && d.name !== d.item ? `${d.item} (${d.name})` : d.item,
    { words: WORDS[d.kind] ?? d.kind, kind: d.kind === "new" ? "" : "warn" }, { words: d.before, kind: "wide" }, { words: d.after, kind: "wide" },
  ]);
  fill("drift", ["when", "device", "data item", "what", "was", "is"], rows, "No data item changed in this range, and none was said that no probe declares.");
  byId("drift-note").textContent = page.drift.length ? "'smelt mapping diff' says what the mapping files need" : "";
};
