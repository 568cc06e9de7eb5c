// The commands that do the work again, each with a button that copies it.
import { copyText } from "./bar.js";
import { byId, make } from "./elements.js";

export const drawCommands = (page) => byId("commands").replaceChildren(...page.commands.map((command) => make("li", {},
  make("button", { type: "button", onclick: () => copyText(command.line, "Command copied"), title: `copy: ${command.line}` }, "Copy"),
  make("div", {}, make("code", {}, command.line), make("span", { class: "quiet" }, command.what)))));
