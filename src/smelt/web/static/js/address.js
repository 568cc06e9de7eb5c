// The page's whole state is its address: from, to, tz, devices, episode, signals.
const NAMES = ["from", "to", "tz", "devices", "episode", "signals"];

export const toIso = (seconds) => new Date(Math.round(seconds) * 1000).toISOString().replace(/:00\.000Z$/, "Z").replace(".000Z", "Z");

export const read = () => {
  const query = new URLSearchParams(location.search);
  return Object.fromEntries(NAMES.map((name) => [name, query.get(name) || null]));
};

export const queryOf = (state) => {
  const query = new URLSearchParams();
  for (const name of NAMES) if (state[name]) query.set(name, state[name]);
  return query.toString().replaceAll("%3A", ":").replaceAll("%2C", ",");
};

export const addressOf = (path, state) => {
  const query = queryOf(state);
  return query ? `${path}?${query}` : path;
};

// Changes part of the state; listeners of "statechange" draw the page anew.
export const change = (part, { replace = false } = {}) => {
  const next = addressOf(location.pathname, { ...read(), ...part });
  if (next === location.pathname + location.search) return;
  history[replace ? "replaceState" : "pushState"](null, "", next);
  dispatchEvent(new Event("statechange"));
};

addEventListener("popstate", () => dispatchEvent(new Event("statechange")));
