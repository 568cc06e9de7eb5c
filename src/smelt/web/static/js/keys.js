// The keyboard: one table of keys, which is also the help.
import { make } from "./elements.js";

const keys = new Map();

export const onKey = (key, words, act) => keys.set(key, { words, act });

const isTyping = (target) => target.closest("input, select, textarea, dialog");

export const showHelp = () => {
  const rows = [...keys].map(([key, { words }]) => make("tr", {}, make("td", {}, make("kbd", {}, SHOWN[key] ?? key.toUpperCase())), make("td", {}, words)));
  const mouse = [["drag", "zoom into a stretch of time"], ["double-click", "back to the whole range"], ["click", "open what is under the pointer"]]
    .map(([what, words]) => make("tr", {}, make("td", {}, what), make("td", {}, words)));
  const dialog = make("dialog", { "aria-label": "Keys" }, make("h2", {}, "Keys and mouse"), make("table", {}, ...rows, ...mouse),
    make("form", { method: "dialog" }, make("button", {}, "Close")));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
};

const SHOWN = { ArrowLeft: "←", ArrowRight: "→", Enter: "Enter", Escape: "Esc" };

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (key === "Enter" && event.target.closest("a, button, summary")) return;
  const found = keys.get(key);
  if (!found) return;
  event.preventDefault();
  found.act();
});
