// Recorders and their sources: who is in contact, what was lost, and what waits for a store that is away.
import { duration, size, whole } from "./amounts.js";
import { byId, make } from "./elements.js";
import { fill } from "./pipeline_tables.js";
import { fullMoment } from "./zones.js";

const number = (words, kind = "") => ({ words, kind: `number ${kind}`.trim() });
const STALE_SECONDS = 180;

// The recorder's clock is the server's, or near it; a page that is left open asks anew.
const isSilent = (recorder, now) => !recorder.is_ended && now - recorder.written_at > STALE_SECONDS;

const stateOf = (recorder, now, zone) => {
  if (recorder.is_ended) return { words: `ended ${fullMoment(recorder.written_at, zone)}`, kind: "" };
  if (isSilent(recorder, now)) return { words: `no word since ${fullMoment(recorder.written_at, zone)}`, kind: "bad" };
  return recorder.error ? { words: troubleOf(recorder.error), kind: "bad" } : { words: "recording", kind: "" };
};

const troubleOf = (error) => (error.startsWith("spool ") ? "spool full" : error.startsWith("journal ") ? "disk trouble" : "store away");

// What an adapter or a broker no longer has, nobody can count.
const lostOf = (source) => {
  const isUncounted = source.gaps.some((gap) => gap.kind === "lost" && gap.count === null);
  return isUncounted ? (source.lost ? `${whole(source.lost)} + ?` : "?") : whole(source.lost);
};

const sourceRow = (recorder, source, now, zone) => [
  recorder.name, stateOf(recorder, now, zone), source.name, source.last_contact === null ? { words: "never", kind: "bad" } : fullMoment(source.last_contact, zone),
  number(duration(source.lateness_s)), number(whole(source.observations)), number(size(source.bytes)), number(lostOf(source), lostOf(source) === "0" ? "" : "bad"),
  number(whole(source.restarts), source.restarts ? "warn" : ""), { words: source.error ?? "", kind: "wide bad" },
];

const away = (recorder) => make("p", { class: "note", role: "status" },
  `${recorder.name}: ${recorder.error.replace(/\.$/, "")}. `
  + `${whole(recorder.spooled_files)} files, ${size(recorder.spooled_bytes)} of at most ${size(recorder.spool_limit_bytes)}, wait on its local disk.`);

export const drawRecorders = (page, zone) => {
  const now = Date.now() / 1000;
  const rows = page.recorders.flatMap((r) => (r.sources.length ? r.sources.map((s) => sourceRow(r, s, now, zone)) : [[r.name, stateOf(r, now, zone)]]));
  byId("recorders-card").hidden = !page.recorders.length;
  fill("recorders", ["recorder", "state", "source", "last contact", "#lag", "#observations", "#bytes", "#lost", "#restarts", ""], rows, "");
  byId("recorders").prepend(...page.recorders.filter((r) => r.error && !r.is_ended).map(away));
  const spooled = page.recorders.reduce((sum, r) => sum + r.spooled_files, 0);
  byId("recorders-note").textContent = spooled ? `${whole(spooled)} files wait for the landing zone` : "counted since each recorder began";
};
