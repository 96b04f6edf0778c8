// Levels of detail: which points are drawn in a view, and the density behind them.

/** Up to here every point is drawn; beyond, a sample of those in view. */
export const WHOLE_UP_TO = 100_000;
export const SAMPLED = 50_000;
/** And of those that are dimmed beside others, fewer. */
export const DIMMED_SAMPLED = 25_000;

/** Returns the view widened on each side, so that a drag does not run into emptiness. */
export function widen(view, share) {
  const dx = (view.x1 - view.x0) * share;
  const dy = (view.y1 - view.y0) * share;
  return { x0: view.x0 - dx, x1: view.x1 + dx, y0: view.y0 - dy, y1: view.y1 + dy };
}

/** Returns the slots of the first `most` points in the box whose row is accepted. */
export function slotsWithin(points, box, accepts, most) {
  const { ids, xs, ys, count } = points;
  const slots = new Uint32Array(Math.min(most, count));
  let found = 0;
  for (let slot = 0; slot < count && found < most; slot++) {
    const x = xs[slot];
    const y = ys[slot];
    if (x < box.x0 || x > box.x1 || y < box.y0 || y > box.y1) continue;
    if (accepts(ids[slot])) slots[found++] = slot;
  }
  return slots.subarray(0, found);
}

/**
 * Returns a picture of how many points lie where in the box, in the mean of their colours and
 * clearer the more there are, as a data address; null when the box is empty. `codes` are those of
 * the slots, `shown` says of each code whether it counts, `colours` holds its red, green and blue.
 */
export function densityPicture(points, codes, box, shown, colours, width, height) {
  const sums = new Float32Array(4 * width * height);
  const { xs, ys, count } = points;
  const right = width / (box.x1 - box.x0);
  const down = height / (box.y1 - box.y0);
  let most = 0;
  for (let slot = 0; slot < count; slot++) {
    const column = Math.floor((xs[slot] - box.x0) * right);
    const line = Math.floor((box.y1 - ys[slot]) * down);
    if (column < 0 || column >= width || line < 0 || line >= height) continue;
    const code = codes[slot];
    if (shown[code] === 0) continue;
    const cell = 4 * (line * width + column);
    sums[cell] += colours[3 * code];
    sums[cell + 1] += colours[3 * code + 1];
    sums[cell + 2] += colours[3 * code + 2];
    if (++sums[cell + 3] > most) most = sums[cell + 3];
  }
  if (!most) return null;
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  // Kept by the processor: a canvas of the graphics card is read back when all else is drawn.
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const image = context.createImageData(width, height);
  // The logarithm lets a thin region be seen beside a dense one.
  const full = Math.log1p(most);
  for (let cell = 0; cell < sums.length; cell += 4) {
    const here = sums[cell + 3];
    if (!here) continue;
    image.data[cell] = sums[cell] / here;
    image.data[cell + 1] = sums[cell + 1] / here;
    image.data[cell + 2] = sums[cell + 2] / here;
    image.data[cell + 3] = 30 + 110 * (Math.log1p(here) / full);
  }
  context.putImageData(image, 0, 0);
  return canvas.toDataURL();
}
