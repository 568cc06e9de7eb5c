// One way to point at time for every page: hover, drag to zoom, double-click to reset, click.
// `box()` gives {left, right} of the plot in client pixels, `interval()` the times at its edges.
export const watchTime = (element, { box, interval, hover, choose, zoom, reset, click }) => {
  let start = null;
  let pending = 0;

  const timeAt = (clientX) => {
    const { left, right } = box();
    const [from, to] = interval();
    const share = (Math.min(right, Math.max(left, clientX)) - left) / (right - left);
    return from + share * (to - from);
  };
  const isInside = (event) => event.clientX >= box().left && event.clientX <= box().right && !event.target.closest("a, button, .equivalent");

  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !isInside(event)) return;
    start = event.clientX;
    element.setPointerCapture(event.pointerId);
  });
  element.addEventListener("pointermove", (event) => {
    if (start !== null && Math.abs(event.clientX - start) > 4) choose([timeAt(start), timeAt(event.clientX)].sort((a, b) => a - b));
    hover(start !== null || isInside(event) ? timeAt(event.clientX) : null, event);
  });
  element.addEventListener("pointerleave", (event) => { if (start === null) hover(null, event); });
  element.addEventListener("pointercancel", () => { start = null; choose(null); });
  element.addEventListener("pointerup", (event) => {
    if (start === null) return;
    const [low, high] = [timeAt(start), timeAt(event.clientX)].sort((a, b) => a - b);
    const isDrag = Math.abs(event.clientX - start) > 4;
    start = null;
    choose(null);
    if (isDrag) return zoom([Math.floor(low / 60) * 60, Math.max(Math.ceil(high / 60) * 60, Math.floor(low / 60) * 60 + 300)]);
    clearTimeout(pending);
    pending = setTimeout(() => click?.(timeAt(event.clientX), event), 260); // a double-click comes first
  });
  element.addEventListener("dblclick", (event) => {
    clearTimeout(pending);
    if (isInside(event)) reset();
  });
};
