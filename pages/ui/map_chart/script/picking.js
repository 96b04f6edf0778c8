// Which drawn point lies under the pointer. Plotly's own search visits every trace on every move;
// a grid over the drawn points answers at once.

const CELLS = 128;

/** Returns a grid over the slots of the points, for `nearestSlot`. */
export function indexSlots(points, slots) {
  const { box } = points;
  const across = CELLS / Math.max(box.x1 - box.x0, 1e-9);
  const up = CELLS / Math.max(box.y1 - box.y0, 1e-9);
  const grid = { points, across, up, starts: new Uint32Array(CELLS * CELLS + 1), slots };
  const cells = new Uint32Array(slots.length);
  for (let i = 0; i < slots.length; i++) {
    cells[i] = cellOf(grid, points.xs[slots[i]], points.ys[slots[i]]);
    grid.starts[cells[i] + 1]++;
  }
  for (let cell = 0; cell < CELLS * CELLS; cell++) grid.starts[cell + 1] += grid.starts[cell];
  const next = grid.starts.slice();
  grid.slots = new Uint32Array(slots.length);
  for (let i = 0; i < slots.length; i++) grid.slots[next[cells[i]]++] = slots[i];
  return grid;
}

function bound(value) {
  return Math.min(Math.max(Math.floor(value), 0), CELLS - 1);
}

function cellOf(grid, x, y) {
  const { box } = grid.points;
  return bound((y - box.y0) * grid.up) * CELLS + bound((x - box.x0) * grid.across);
}

/** Returns the slot nearest to (x, y) within a reach in coordinates, or -1. */
export function nearestSlot(grid, x, y, reach) {
  const { xs, ys, box } = grid.points;
  const columns = [bound((x - reach - box.x0) * grid.across), bound((x + reach - box.x0) * grid.across)];
  const lines = [bound((y - reach - box.y0) * grid.up), bound((y + reach - box.y0) * grid.up)];
  let best = -1;
  let least = reach * reach;
  for (let line = lines[0]; line <= lines[1]; line++) {
    const from = grid.starts[line * CELLS + columns[0]];
    const to = grid.starts[line * CELLS + columns[1] + 1];
    for (let i = from; i < to; i++) {
      const slot = grid.slots[i];
      const distance = (xs[slot] - x) ** 2 + (ys[slot] - y) ** 2;
      if (distance <= least) {
        least = distance;
        best = slot;
      }
    }
  }
  return best;
}
