// Topic names on the map: those that are chosen, those that a person gave, then the largest; each on
// its own points or right beside them, none touching another.

const GAP = 6;
const MOST = 60;
const LINE = 1.2;
const WIDEST = 24;
// So many pixels lie between a place and a name beside it.
const BESIDE = 5;
// What a name that is chosen has more, in pixels of its font and around it.
const CHOSEN = { larger: 2, around: 4 };

// Where a name may stand: with a side or a corner beside the place, or on it. Where the points are
// few and close it would hide them all, so there it stands beside them first.
const BESIDES = [[0, -1], [0, 1], [1, 0], [-1, 0], [1, -1], [-1, -1], [1, 1], [-1, 1]];
const ON_FIRST = [[0, 0], ...BESIDES];
const BESIDE_FIRST = [...BESIDES, [0, 0]];

const ruler = document.createElement("canvas").getContext("2d");

/**
 * Returns the names to show in a view, each with its `box` in pixels, its lines and its font size.
 * `names` are {code, name, places, size, named, chosen}: `places` [x, y] are where its points are
 * many, the best first, `named` says that a person gave it. `place` turns coordinates into pixels;
 * nothing is put on the `taken` boxes. A name that finds no place is not shown: as one comes
 * closer there is more room.
 */
export function placeNames(names, place, width, height, family, taken) {
  const largest = Math.max(1, ...names.map((name) => name.size));
  const placed = [];
  const blocked = [...taken];
  const ordered = [...names].sort(
    (a, b) => !!b.chosen - !!a.chosen || !!b.named - !!a.named || b.size - a.size,
  );
  for (const name of ordered) {
    if (placed.length >= MOST) break;
    const label = measure(name, largest, family);
    const places = name.places
      .map(([x, y]) => place(x, y))
      .filter(([x, y]) => x >= 0 && x <= width && y >= 0 && y <= height);
    const spot = freeSpot(label, places, blocked, width, height);
    if (!spot) continue;
    placed.push({ ...label, ...spot });
    blocked.push(spot.box);
  }
  return placed;
}

/**
 * Returns the box in pixels of a legend in a corner: `right` and `top` say which, and at the top it
 * begins below the tools.
 */
export function boxOf(legend, corner, width, height, tools) {
  ruler.font = `600 ${legend.fontSize}px ${legend.family}`;
  const wide = Math.max(...legend.lines.map((line) => ruler.measureText(line).width)) + 40;
  const high = legend.lines.length * legend.fontSize * 1.3 + 16;
  const left = corner.right ? width - wide : 0;
  const top = corner.top ? tools : height - high;
  return { left, right: left + wide, top, bottom: top + high };
}

function measure(name, largest, family) {
  const { larger, around } = name.chosen ? CHOSEN : { larger: 0, around: 0 };
  const fontSize = Math.round(11 + 6 * Math.sqrt(name.size / largest)) + larger;
  const lines = breakLines(name.name);
  ruler.font = `600 ${fontSize}px ${family}`;
  const width = Math.max(...lines.map((line) => ruler.measureText(line).width)) + 2 * around;
  return { name, lines, fontSize, width, height: lines.length * fontSize * LINE + 2 * around, around };
}

/** Two lines at most, broken at the space or the Chinese comma nearest to the middle. */
function breakLines(text) {
  if (columns(text) <= WIDEST) return [text];
  let best = -1;
  for (let i = 1; i < text.length; i++) {
    if (!" 、，".includes(text[i])) continue;
    const off = (at) => Math.abs(columns(text.slice(0, at)) - columns(text) / 2);
    if (best < 0 || off(i) < off(best)) best = i;
  }
  if (best < 0) return [text];
  return [text.slice(0, best + 1).trimEnd(), text.slice(best + 1)];
}

/** Chinese characters are as wide as two others. */
function columns(text) {
  return [...text].reduce((sum, one) => sum + (one > "\u2e7f" ? 2 : 1), 0);
}

/** Returns where the name is on one of its places or right beside it, clear of all that is there. */
function freeSpot(label, places, blocked, width, height) {
  const half = { x: label.width / 2 + GAP / 2, y: label.height / 2 + GAP / 2 };
  for (const [x, y] of places) {
    const more = places.some((other) => spreads(other[0] - x, other[1] - y, label));
    for (const [across, down] of more ? ON_FIRST : BESIDE_FIRST) {
      const middle = within(x + across * (half.x - GAP / 2 + BESIDE), half.x, width);
      const level = within(y + down * (half.y - GAP / 2 + BESIDE), half.y, height);
      const box = {
        left: middle - half.x,
        right: middle + half.x,
        top: level - half.y,
        bottom: level + half.y,
      };
      if (!blocked.some((other) => touches(box, other))) return { box, x: middle, y: level };
    }
  }
  return null;
}

/** Whether a place so many pixels off is near a name and not hidden by it. */
function spreads(across, down, { width, height }) {
  const near = Math.abs(across) < width && Math.abs(down) < width;
  return near && (Math.abs(across) > width / 2 || Math.abs(down) > height / 2);
}

function within(value, margin, length) {
  return Math.min(Math.max(value, margin), Math.max(margin, length - margin));
}

function touches(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
