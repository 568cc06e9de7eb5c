// Colours by name, as the theme has them now; and the pattern that means "no data".
let style = null;
let patterns = new Map();

export const colour = (name) => {
  style ??= getComputedStyle(document.documentElement);
  return style.getPropertyValue(`--${name}`).trim();
};

export const hatch = (context) => {
  const ink = colour("hatch");
  if (!patterns.has(ink)) {
    const tile = new OffscreenCanvas(6, 6);
    const pen = tile.getContext("2d");
    pen.strokeStyle = ink;
    pen.lineWidth = 1;
    pen.beginPath();
    for (const shift of [-6, 0, 6]) { pen.moveTo(shift - 1, 7); pen.lineTo(shift + 7, -1); }
    pen.stroke();
    patterns.set(ink, tile);
  }
  return context.createPattern(patterns.get(ink), "repeat");
};

export const switchTheme = () => {
  const root = document.documentElement;
  root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
  localStorage.setItem("smelt-theme", root.dataset.theme);
  announce();
};

const announce = () => {
  style = null;
  dispatchEvent(new Event("themechange"));
};

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", (event) => {
  if (localStorage.getItem("smelt-theme")) return;
  document.documentElement.dataset.theme = event.matches ? "dark" : "light";
  announce();
});
