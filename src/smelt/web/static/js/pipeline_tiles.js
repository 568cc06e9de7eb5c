// The data at a glance: is it whole, how late does it come, what is missing, what could not be read?
import { duration, percent, whole } from "./amounts.js";
import { shareOf } from "./heat_rows.js";
import { tile } from "./tiles.js";

const wholeness = (page) => {
  const share = shareOf(page);
  const short = page.lanes.filter((lane) => (shareOf(lane) ?? 1) < 0.99).map((lane) => `${lane.name} ${percent(shareOf(lane))}`);
  const isWell = share === null || share >= 0.99;
  const detail = `${whole(page.received)} observations of about ${whole(Math.round(page.expected))}${short.length ? `; short: ${short.join(", ")}` : ""}`;
  return tile("Received of expected", isWell ? "good" : "warn", isWell ? "✓" : "▲", percent(share), "", detail);
};

const lateness = ({ overall }) => {
  const ahead = overall.observations ? overall.ahead / overall.observations : 0;
  const detail = ahead > 0.005 ? `${percent(ahead)} bear a later time than their file` : "of all devices, from their own time to their arrival";
  return tile("Late, half and 95 %", "", "", `${duration(overall.p50_s)} · ${duration(overall.p95_s)}`, "", detail);
};

const missing = (page) => {
  const lost = page.agents.reduce((sum, agent) => sum + agent.lost, 0);
  const restarts = page.agents.reduce((sum, agent) => sum + agent.restarts.length, 0);
  const kinds = page.kinds.map((k) => `${k.kind} ${k.count}×, ${duration(k.seconds)}`).join("; ");
  return tile("Observations lost", lost ? "bad" : "good", lost ? "✕" : "✓", whole(lost), restarts ? `and ${restarts} restart${restarts > 1 ? "s" : ""}` : "", kinds || "no gap in this range");
};

const rejects = (page) => {
  const count = page.rejects.reduce((sum, r) => sum + r.count, 0);
  return tile("Rejects", count ? "warn" : "good", count ? "▲" : "✓", whole(count), "", count ? page.rejects.map((r) => r.reason).join("; ") : "every byte could be read");
};

export const drawPipelineTiles = (place, page) => place.replaceChildren(wholeness(page), lateness(page), missing(page), rejects(page));
