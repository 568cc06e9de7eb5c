// Asks the server and says in the page what went wrong; an answer that a newer question overtook is dropped.
import { byId } from "./elements.js";

let newest = 0;

const say = (text) => {
  const box = byId("error");
  box.textContent = text;
  box.hidden = !text;
};

export const ask = async (address) => {
  const response = await fetch(address, { headers: { Accept: "application/json" } });
  const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
  if (!response.ok) throw new Error(isJson ? (await response.json()).error : await response.text());
  return response.json();
};

// Calls `draw` with the answer if no later call overtook it.
export const askPage = async (address, draw) => {
  const mine = ++newest;
  try {
    const answer = await ask(address);
    if (mine !== newest) return;
    say("");
    await draw(answer);
    document.body.dataset.ready = String(mine);
  } catch (error) {
    if (mine === newest) say(error.message || "the server did not answer; is 'smelt serve' still running?");
    console.info(error);
  }
};
