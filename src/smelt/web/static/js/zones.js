// The three zones that a page can speak in, times written in one of them, and ticks that fall on its hours.
const PLANT = document.body.dataset.timezone;
const BROWSER = Intl.DateTimeFormat().resolvedOptions().timeZone;
export const ZONES = { plant: PLANT, browser: BROWSER, utc: "UTC" };
export const zoneOf = (choice) => ZONES[choice] ?? PLANT;

const formats = new Map();
const format = (zone, options) => {
  const key = zone + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", ...options }));
  return formats.get(key);
};

const CLOCK = { hour: "2-digit", minute: "2-digit" };
const DAY = { day: "numeric", month: "short" };
const write = (seconds, zone, options) => format(zone, options).format(new Date(seconds * 1000));

export const clock = (seconds, zone) => write(seconds, zone, CLOCK);
export const day = (seconds, zone) => write(seconds, zone, DAY);
export const weekday = (seconds, zone) => write(seconds, zone, { weekday: "short", ...DAY }).replace(",", "");
export const moment = (seconds, zone) => `${day(seconds, zone)} ${clock(seconds, zone)}`;
export const fullMoment = (seconds, zone) => `${write(seconds, zone, { weekday: "short", ...DAY, year: "numeric" }).replaceAll(",", "")} ${clock(seconds, zone)}`;

export const span = ([from, to], zone) => {
  const sameDay = day(from, zone) === day(to, zone);
  return `${moment(from, zone)} – ${sameDay ? clock(to, zone) : moment(to, zone)}`;
};

export const length = (seconds) => {
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) return minutes % 60 ? `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")}` : `${minutes / 60} h`;
  const hours = Math.round(minutes / 60);
  return hours % 24 ? `${Math.floor(hours / 24)} d ${hours % 24} h` : `${hours / 24} d`;
};

const offset = (seconds, zone) => {
  const parts = Object.fromEntries(
    format(zone, { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" })
      .formatToParts(new Date(seconds * 1000)).map((part) => [part.type, Number(part.value)]),
  );
  return Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second) / 1000 - Math.floor(seconds);
};

const STEPS = [60, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800, 1209600, 2419200, 7257600];
const MONDAY = 4 * 86400; // 1970-01-05

// Ticks at least `room` pixels apart: {at, label, isDay}; a day's first tick carries its date.
export const ticks = ([from, to], width, zone, room = 74) => {
  const step = STEPS.find((s) => (s / (to - from)) * width >= room) ?? 31536000;
  const origin = step > 86400 ? MONDAY : 0;
  const found = [];
  let local = Math.ceil((from + offset(from, zone) - origin) / step) * step + origin;
  for (; ; local += step) {
    const guess = local - offset(local, zone);
    const at = local - offset(guess, zone);
    if (at > to) return found;
    if (at < from) continue;
    const isDay = local % 86400 === 0;
    found.push({ at, isDay, label: step >= 86400 ? day(at, zone) : isDay ? weekday(at, zone) : clock(at, zone) });
  }
};
