// The columns of a map: coordinates and colour codes as typed arrays, fetched once per address.

const fetched = new Map();
const KEPT = 16;

/** Returns a promise of the typed array behind an address; addresses change with their content. */
export function fetchColumn(url, Type) {
  if (!fetched.has(url)) {
    const column = fetch(url).then(async (answer) => {
      if (!answer.ok) throw new Error(`${answer.status}`);
      return new Type(await answer.arrayBuffer());
    });
    // A failed answer is asked for again next time.
    column.catch(() => fetched.delete(url));
    fetched.set(url, column);
    if (fetched.size > KEPT) fetched.delete(fetched.keys().next().value);
  }
  return fetched.get(url);
}

const prepared = new WeakMap();

// As in the printed picture: on each side so large a share of the points may lie far from the rest.
const FAR_SHARE = 0.003;
const FAR_SAMPLE = 50_000;

/**
 * Returns the points in a fixed shuffled order, so that any first part of them is a fair sample:
 * `ids` (rows), `xs`, `ys`, the `box` around them and the `middle` box around all but the farthest.
 * Rows without a place are left out.
 */
export function preparePoints(pairs) {
  if (!prepared.has(pairs)) prepared.set(pairs, shufflePoints(pairs));
  return prepared.get(pairs);
}

const sorted = new WeakMap();

/**
 * Returns the codes in the order of the points: read beside the coordinates, for each of a million
 * points at every turn of the wheel, they take a tenth of the time that a search by row takes.
 */
export function codesInOrder(points, codes) {
  if (sorted.get(codes)?.points !== points) {
    const inOrder = new codes.constructor(points.count);
    for (let slot = 0; slot < points.count; slot++) inOrder[slot] = codes[points.ids[slot]];
    sorted.set(codes, { points, inOrder });
  }
  return sorted.get(codes).inOrder;
}

function shufflePoints(pairs) {
  const rows = pairs.length / 2;
  const order = new Uint32Array(rows);
  let count = 0;
  for (let row = 0; row < rows; row++) {
    if (Number.isFinite(pairs[2 * row]) && Number.isFinite(pairs[2 * row + 1])) order[count++] = row;
  }
  const ids = order.subarray(0, count);
  let state = 2463534242;
  for (let i = count - 1; i > 0; i--) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const j = (state >>> 0) % (i + 1);
    [ids[i], ids[j]] = [ids[j], ids[i]];
  }
  const xs = new Float32Array(count);
  const ys = new Float32Array(count);
  const box = { x0: Infinity, x1: -Infinity, y0: Infinity, y1: -Infinity };
  for (let slot = 0; slot < count; slot++) {
    const x = (xs[slot] = pairs[2 * ids[slot]]);
    const y = (ys[slot] = pairs[2 * ids[slot] + 1]);
    if (x < box.x0) box.x0 = x;
    if (x > box.x1) box.x1 = x;
    if (y < box.y0) box.y0 = y;
    if (y > box.y1) box.y1 = y;
  }
  const [x0, x1] = middleOf(xs);
  const [y0, y1] = middleOf(ys);
  return { ids, xs, ys, box, middle: { x0, x1, y0, y1 }, count };
}

function middleOf(values) {
  const sample = values.slice(0, FAR_SAMPLE).sort();
  const far = Math.floor(FAR_SHARE * sample.length);
  return [sample[far], sample[sample.length - 1 - far]];
}
