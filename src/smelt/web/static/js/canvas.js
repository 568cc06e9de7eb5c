// A canvas that is as sharp as the screen, and pictures of canvases to take away.
import { colour } from "./colour.js";
import { make } from "./elements.js";

export const fit = (canvas, width, height) => {
  const ratio = devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.font = '11px system-ui, "Segoe UI", "Liberation Sans", sans-serif';
  return pen;
};

export const download = (address, name) => {
  const link = make("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
};

// Draws a title, and below it the pieces {canvas, x, y} in CSS pixels, and offers the picture as a file.
export const savePng = (name, title, width, height, pieces, write = () => {}) => {
  const head = 30;
  const picture = document.createElement("canvas");
  const pen = fit(picture, width, height + head);
  pen.fillStyle = colour("surface");
  pen.fillRect(0, 0, width, height + head);
  pen.fillStyle = colour("ink");
  pen.textBaseline = "middle";
  pen.font = '600 12px system-ui, "Segoe UI", "Liberation Sans", sans-serif';
  pen.fillText(title, 12, head / 2);
  pen.font = '11px system-ui, "Segoe UI", "Liberation Sans", sans-serif';
  pen.translate(0, head);
  const ratio = devicePixelRatio || 1;
  for (const { canvas, x, y } of pieces) pen.drawImage(canvas, x, y, canvas.width / ratio, canvas.height / ratio);
  write(pen);
  picture.toBlob((blob) => {
    const address = URL.createObjectURL(blob);
    download(address, `${name.replace(/[^\w-]+/g, "_")}.png`);
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  });
};
