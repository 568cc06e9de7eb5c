// One track's frame: its label, the value under the crosshair, its table, CSV and PNG.
import { savePng } from "./canvas.js";
import { make, tableOf } from "./elements.js";
import { span } from "./zones.js";

const MOST_ROWS = 300;

export class Track {
  // about: {name, note, title, height, csv, isSlim, onRemove}
  constructor(about) {
    this.about = about;
    this.value = make("output", { class: "value" });
    this.plot = make("div", { class: "plot" });
    this.plot.style.height = `${about.height}px`;
    this.table = make("div", { class: "equivalent", hidden: true });
    this.tableButton = make("button", { type: "button", "aria-expanded": "false", onclick: () => this.toggleTable(), title: `${about.name} as a table` }, "Table");
    const tools = make("span", { class: "tools" }, this.tableButton,
      make("a", { role: "button", href: about.csv, title: `${about.name}, every minute, as CSV` }, "CSV"),
      make("button", { type: "button", onclick: () => this.savePicture(), title: `${about.name} as a picture` }, "PNG"),
      about.onRemove ? make("button", { type: "button", onclick: about.onRemove, title: `take ${about.name} away` }, "✕") : null);
    const name = make("span", { class: "name", title: about.title ?? about.name }, about.name);
    const note = about.note ? make("span", { class: "note", title: about.note }, about.note) : null;
    this.element = make("div", { class: about.isSlim ? "track slim" : "track", "data-track": about.name },
      make("div", { class: "label" }, name, note, this.value, tools), this.plot, this.table);
  }

  toggleTable() {
    this.table.hidden = !this.table.hidden;
    this.tableButton.setAttribute("aria-expanded", String(!this.table.hidden));
    if (this.table.hidden) return;
    const { header, rows } = this.tell();
    const more = rows.length > MOST_ROWS ? make("p", { class: "quiet" }, `the first ${MOST_ROWS} of ${rows.length} rows; the CSV has every minute`) : null;
    this.table.replaceChildren(...[more, tableOf(header, rows.slice(0, MOST_ROWS))].filter(Boolean));
  }

  savePicture() {
    const { stack } = this;
    const title = `${stack.page.device.name} · ${this.about.name} · ${span(stack.page.interval, stack.zone)} (${stack.zone})`;
    const pieces = [{ canvas: stack.axis, x: 0, y: 0 }, { canvas: this.canvas(), x: 0, y: 26 }];
    savePng(`${stack.page.device.name}_${this.about.name}`, title, stack.width, this.about.height + 34, pieces);
  }
}
