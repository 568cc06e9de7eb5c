// The legend below the tracks.
import { colour, hatch } from "./colour.js";
import { sample } from "./sample.js";

const filled = (words, style) => sample(words, (pen) => {
  pen.fillStyle = style(pen);
  pen.fillRect(0, 0, 16, 12);
});

export const trackLegend = () => [
  filled("not running", () => colour("off")),
  filled("no data", hatch),
  filled("episode", () => colour("episode-chosen")),
  sample("normal band (1st to 99th training percentile)", (pen) => {
    pen.fillStyle = colour("band");
    pen.fillRect(0, 1, 16, 10);
    pen.fillStyle = colour("band-edge");
    pen.fillRect(0, 1, 16, 1);
    pen.fillRect(0, 10, 16, 1);
  }),
  sample("over the threshold", (pen) => {
    pen.fillStyle = colour("severity-4");
    pen.beginPath();
    pen.arc(8, 6, 3, 0, 7);
    pen.fill();
  }),
  sample("maintenance", (pen) => {
    pen.strokeStyle = colour("mark");
    pen.setLineDash([3, 2]);
    pen.beginPath();
    pen.moveTo(8, 0);
    pen.lineTo(8, 12);
    pen.stroke();
  }),
];
