// A small sample of what a canvas shows, with its words, for a legend.
import { fit } from "./canvas.js";

export const sample = (words, draw) => {
  const canvas = document.createElement("canvas");
  draw(fit(canvas, 16, 12));
  const item = document.createElement("span");
  item.append(canvas, words);
  return item;
};
