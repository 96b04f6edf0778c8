// Topic names on the map: those that a person gave, then the largest; none touches another.

const GAP = 6;
const MOST = 60;
const LINE = 1.2;
const WIDEST = 24;

// Where a name may stand, in its own heights and widths from the middle of its topic.
const NEAR = [[0, 0], [0, -1], [0, 1], [0.5, 0], [-0.5, 0]];
// A name that a smaller topic's must not outdo may stand further off.
const FURTHER = [
  [0.5, -1], [-0.5, -1], [0.5, 1], [-0.5, 1], [0, -2], [0, 2], [0.5, -2], [-0.5, -2], [0.5, 2],
  [-0.5, 2], [1, 0], [-1, 0], [1, -1], [-1, -1], [1, 1], [-1, 1], [0, -3], [0, 3],
];

const ruler = document.createElement("canvas").getContext("2d");

/**
 * Returns the names to show in a view, each with its `box` in pixels, its lines and its font size.
 * `names` are {code, name, x, y, size, named}, `named` by a person; `place` turns coordinates into
 * pixels; nothing is put on the `taken` boxes. The larger half of the topics
 * and those named by a person may have their names further off: these are missed more.
 */
export function placeNames(names, place, width, height, family, taken) {
  const largest = Math.max(1, ...names.map((name) => name.size));
  const placed = [];
  const blocked = [...taken];
  const ordered = [...names].sort((a, b) => !!b.named - !!a.named || b.size - a.size);
  const middle = [...names].sort((a, b) => b.size - a.size)[Math.floor(names.length / 2)]?.size;
  for (const name of ordered) {
    if (placed.length >= MOST) break;
    const [x, y] = place(name.x, name.y);
    if (x < 0 || x > width || y < 0 || y > height) continue;
    const label = measure(name, largest, family);
    const spot = freeSpot(label, x, y, blocked, width, height, name.named || name.size >= middle);
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
  const fontSize = Math.round(11 + 6 * Math.sqrt(name.size / largest));
  const lines = breakLines(name.name);
  ruler.font = `600 ${fontSize}px ${family}`;
  const width = Math.max(...lines.map((line) => ruler.measureText(line).width));
  return { name, lines, fontSize, width, height: lines.length * fontSize * LINE };
}

/** Two lines at most, broken at the space nearest to the middle; Chinese has none and stays. */
function breakLines(text) {
  if (text.length <= WIDEST) return [text];
  const middle = text.length / 2;
  let best = -1;
  for (let i = text.indexOf(" "); i >= 0; i = text.indexOf(" ", i + 1)) {
    if (best < 0 || Math.abs(i - middle) < Math.abs(best - middle)) best = i;
  }
  return best < 0 ? [text] : [text.slice(0, best), text.slice(best + 1)];
}

/**
 * Returns the middle of the topic, or the nearest place beside it that is free; inside the
 * picture, clear of all that is there.
 */
function freeSpot(label, x, y, blocked, width, height, further) {
  const half = { x: label.width / 2 + GAP / 2, y: label.height / 2 + GAP / 2 };
  for (const [across, down] of further ? [...NEAR, ...FURTHER] : NEAR) {
    const middle = within(x + across * label.width, half.x, width);
    const level = within(y + down * label.height, half.y, height);
    const box = {
      left: middle - half.x,
      right: middle + half.x,
      top: level - half.y,
      bottom: level + half.y,
    };
    if (!blocked.some((other) => touches(box, other))) return { box, x: middle, y: level };
  }
  return null;
}

function within(value, margin, length) {
  return Math.min(Math.max(value, margin), Math.max(margin, length - margin));
}

function touches(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
