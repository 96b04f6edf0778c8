// Which points lie inside the outlines that were drawn.

const BANDS = 256;

/**
 * Returns for each of so many rows whether it is selected, 1 or 0, when each outline has added or
 * taken what it holds by the even-odd rule, as Python reads them.
 */
export function rowsInside({ ids, xs, ys, count }, outlines, rows) {
  const inside = new Uint8Array(rows);
  for (const { corners, takes } of outlines) {
    const outline = inBands(corners);
    for (let slot = 0; slot < count; slot++) {
      if (holds(outline, xs[slot], ys[slot])) inside[ids[slot]] = takes ? 0 : 1;
    }
  }
  return inside;
}

/** Sorts the sides into bands of heights: of many corners only the few near a point are looked at. */
function inBands(corners) {
  const [xs, ys] = [0, 1].map((axis) => corners.map((corner) => corner[axis]));
  const box = {
    x0: Math.min(...xs),
    x1: Math.max(...xs),
    y0: Math.min(...ys),
    y1: Math.max(...ys),
  };
  const scale = BANDS / (box.y1 - box.y0 || 1);
  const bands = Array.from({ length: BANDS }, () => []);
  corners.forEach(([x, y], i) => {
    const [before, below] = corners.at(i - 1);
    const [from, to] = [bandOf(box, scale, Math.min(y, below)), bandOf(box, scale, Math.max(y, below))];
    for (let band = from; band <= to; band++) bands[band].push([x, y, before, below]);
  });
  return { box, scale, bands };
}

function bandOf(box, scale, y) {
  return Math.min(Math.floor((y - box.y0) * scale), BANDS - 1);
}

function holds({ box, scale, bands }, x, y) {
  if (x < box.x0 || x > box.x1 || y < box.y0 || y > box.y1) return false;
  let inside = false;
  for (const [x0, y0, x1, y1] of bands[bandOf(box, scale, y)]) {
    if (y0 > y !== y1 > y && x < x0 + ((y - y0) / (y1 - y0)) * (x1 - x0)) inside = !inside;
  }
  return inside;
}
