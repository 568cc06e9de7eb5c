// Makes elements: text always goes in as text, so that no name from a machine can become markup.
export const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
};

export const byId = (id) => document.getElementById(id);

export const tableOf = (header, rows) => make(
  "table", {},
  make("thead", {}, make("tr", {}, ...header.map((name) => make("th", { scope: "col" }, name)))),
  make("tbody", {}, ...rows.map((row) => make("tr", {}, ...row.map((cell) => make("td", {}, String(cell ?? "")))))),
);
