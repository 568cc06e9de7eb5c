// The bar on top of every page: range, zone, theme, link, help.
import { addressOf, change, read, toIso } from "./address.js";
import { switchTheme } from "./colour.js";
import { byId, make } from "./elements.js";
import { onKey, showHelp } from "./keys.js";
import { ZONES, fullMoment, span, zoneOf } from "./zones.js";

let shown = null; // {interval, span} of the newest answer

export const goTo = ([from, to], more = {}) => change({ from: toIso(from), to: toIso(to), ...more });

const preset = (name) => {
  if (!shown?.span) return;
  const [first, last] = shown.span;
  if (name === "all") return goTo([Math.floor(first / 60) * 60, Math.ceil(last / 60) * 60]);
  const end = Math.ceil(last / 60) * 60;
  goTo([end - Number(name), end]);
};

const step = (direction) => {
  if (!shown) return;
  const [from, to] = shown.interval;
  const move = direction * Math.max(60, Math.round((to - from) / 120) * 60);
  goTo([from + move, to + move]);
};

const copyLink = () => {
  if (!shown) return;
  const [from, to] = shown.interval;
  copyText(location.origin + addressOf(location.pathname, { ...read(), from: toIso(from), to: toIso(to), tz: read().tz ?? "plant" }), "Link copied");
};

export const copyText = async (text, words) => {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const box = make("textarea", {});
    box.value = text;
    document.body.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
  }
  const toast = make("div", { class: "toast", role: "status" }, words);
  document.body.append(toast);
  setTimeout(() => toast.remove(), 1600);
};

const fillZones = () => {
  const select = byId("zone");
  for (const [name, zone] of Object.entries(ZONES)) {
    const words = name === "utc" ? "UTC" : `${name === "plant" ? "plant" : "browser"} · ${zone}`;
    select.append(make("option", { value: name }, words));
  }
  select.addEventListener("change", () => change({ tz: select.value }));
};

export const drawBar = (page) => {
  shown = page;
  const state = read();
  const zone = zoneOf(state.tz);
  byId("zone").value = state.tz && ZONES[state.tz] ? state.tz : "plant";
  byId("range").textContent = page.span ? span(page.interval, zone) : "no data yet: run 'smelt run'";
  byId("range").title = `${fullMoment(page.interval[0], zone)} – ${fullMoment(page.interval[1], zone)} (${zone})`;
  byId("until").replaceChildren("Data until ", make("b", {}, page.span ? fullMoment(page.span[1], zone) : "never"));
  const width = page.interval[1] - page.interval[0];
  for (const button of document.querySelectorAll("[data-range]")) {
    const isWhole = page.span && Math.abs(page.interval[0] - page.span[0]) < 61 && Math.abs(page.interval[1] - page.span[1]) < 61;
    const isPressed = button.dataset.range === "all" ? isWhole : Number(button.dataset.range) === width;
    button.setAttribute("aria-pressed", String(Boolean(isPressed)));
  }
  const elsewhere = { ...state, episode: null, signals: null };
  byId("home").href = addressOf("/", { ...elsewhere, devices: null });
  for (const link of document.querySelectorAll(".pages a")) link.href = addressOf(link.pathname, elsewhere);
};

export const startBar = () => {
  fillZones();
  for (const button of document.querySelectorAll("[data-range]")) button.addEventListener("click", () => preset(button.dataset.range));
  byId("earlier").addEventListener("click", () => step(-1));
  byId("later").addEventListener("click", () => step(1));
  byId("copy").addEventListener("click", copyLink);
  byId("theme").addEventListener("click", switchTheme);
  byId("help").addEventListener("click", showHelp);
  onKey("ArrowLeft", "earlier", () => step(-1));
  onKey("ArrowRight", "later", () => step(1));
  onKey("c", "copy a link to this view", copyLink);
  onKey("d", "light or dark", switchTheme);
  onKey("?", "this help", showHelp);
};

// While the address names no end the page follows the data.
export const follow = (load) => {
  addEventListener("statechange", load);
  setInterval(() => { if (!read().to && !document.hidden) load(); }, 60_000);
  load();
};
