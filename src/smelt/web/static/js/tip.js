// The note beside the pointer.
import { make } from "./elements.js";

let tip = null;

export const showTip = (event, title, ...lines) => {
  tip ??= document.body.appendChild(make("div", { class: "tip", role: "status" }));
  tip.replaceChildren(make("b", {}, title), ...lines.filter(Boolean).map((line) => make("div", {}, line)));
  const { width, height } = tip.getBoundingClientRect();
  tip.style.left = `${event.clientX + 16 + width > innerWidth ? event.clientX - 12 - width : event.clientX + 16}px`;
  tip.style.top = `${Math.min(event.clientY + 14, innerHeight - height - 8)}px`;
};

export const hideTip = () => {
  tip?.remove();
  tip = null;
};
