// What Plotly is given: traces, layout and configuration.

const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

/** Returns what draws WebGL here: "none", "software" or "hardware". */
export function graphics() {
  const canvas = document.createElement("canvas");
  const gl = canvas.getContext("webgl");
  if (!gl) return "none";
  const details = gl.getExtension("WEBGL_debug_renderer_info");
  const name = details ? gl.getParameter(details.UNMASKED_RENDERER_WEBGL) : "";
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return SOFTWARE.test(name) ? "software" : "hardware";
}

export function configuration(drawnBy) {
  return {
    displayModeBar: false,
    displaylogo: false,
    showTips: false,
    scrollZoom: true,
    doubleClick: false,
    // Each pixel is paid for by the processor where there is no graphics card.
    plotGlPixelRatio: drawnBy === "software" ? 1 : Math.min(2, window.devicePixelRatio || 1),
  };
}

/** Returns the diameter of a point: smaller when there are many, larger when one comes close. */
export function pointSize(count, zoom) {
  const steps = [[1, 14], [20, 11], [200, 9], [1_000, 7], [5_000, 5], [20_000, 4]];
  const size = (steps.find(([most]) => count <= most) ?? [0, 3])[1];
  return Math.round(Math.min(2.2, Math.max(1, zoom ** 0.3)) * size);
}

export const DIMMED = -2;
export const LEFT_OUT = -1;
const ROUNDS = 6;
const MOST_TRACES = 60;

/**
 * Returns the traces of the slots, one colour each, with those that are out of the light first
 * and those left out next, so that the others lie on top of them. Few colours are drawn in
 * several rounds, as the last of them would else cover all others. `kindOf(row)` is a code,
 * `DIMMED` or `LEFT_OUT`.
 */
export function pointTraces(points, slots, kindOf, look) {
  const sizes = new Map();
  const kinds = new Int32Array(slots.length);
  for (let i = 0; i < slots.length; i++) {
    const kind = (kinds[i] = kindOf(points.ids[slots[i]]));
    sizes.set(kind, (sizes.get(kind) ?? 0) + 1);
  }
  const traces = new Map();
  for (const kind of [...sizes.keys()].sort((a, b) => a - b)) {
    const marker = markerOf(kind, look);
    const x = new Float32Array(sizes.get(kind));
    const y = new Float32Array(sizes.get(kind));
    const shown = { type: "scattergl", mode: "markers", hoverinfo: "skip", showlegend: false };
    traces.set(kind, { ...shown, x, y, marker });
    sizes.set(kind, 0);
  }
  for (let i = 0; i < slots.length; i++) {
    const trace = traces.get(kinds[i]);
    const at = sizes.get(kinds[i]);
    trace.x[at] = points.xs[slots[i]];
    trace.y[at] = points.ys[slots[i]];
    sizes.set(kinds[i], at + 1);
  }
  const rounds = Math.max(1, Math.min(ROUNDS, Math.floor(MOST_TRACES / (traces.size || 1))));
  const parts = [];
  for (let round = 0; round < rounds; round++) {
    for (const [kind, trace] of traces) parts.push(...partOf(kind, trace, round, rounds));
  }
  return parts;
}

/** Returns what a round draws of a colour: a share of its points; what lies below, all at once. */
function partOf(kind, trace, round, rounds) {
  if (kind < 0) return round ? [] : [trace];
  const [from, to] = [round, round + 1].map((part) => Math.floor((trace.x.length * part) / rounds));
  return from < to ? [{ ...trace, x: trace.x.subarray(from, to), y: trace.y.subarray(from, to) }] : [];
}

function markerOf(kind, look) {
  const plain = { line: { width: 0 } };
  if (kind === DIMMED) return { ...plain, color: look.grey, size: look.size, opacity: 0.18 };
  if (kind === LEFT_OUT) return { ...plain, color: look.grey, size: look.size, opacity: 0.5 };
  const size = look.size + (look.searching ? 2 : 0);
  return { ...plain, color: look.palette[kind] ?? look.grey, size, opacity: look.opacity };
}

/** Returns a trace of rings around the places. */
export function ringTrace(places, look) {
  return {
    type: "scattergl",
    mode: "markers",
    hoverinfo: "skip",
    showlegend: false,
    x: places.map((place) => place[0]),
    y: places.map((place) => place[1]),
    marker: { symbol: "circle-open", color: look.text, size: look.size + 10, line: { width: 2 } },
  };
}

export function layoutOf({ view, width, height, dragmode, look, shapes, images, annotations }) {
  const axis = { visible: false, showgrid: false, zeroline: false, autorange: false };
  return {
    width,
    height,
    margin: { l: 0, r: 0, t: 0, b: 0, pad: 0 },
    xaxis: { ...axis, range: [view.x0, view.x1] },
    yaxis: { ...axis, range: [view.y0, view.y1] },
    paper_bgcolor: look.background,
    plot_bgcolor: look.background,
    showlegend: false,
    hovermode: false,
    dragmode,
    newshape: outline(look),
    // A finished outline is kept by us, not edited by its corners.
    activeshape: { fillcolor: "rgba(0,0,0,0)", opacity: 1 },
    shapes,
    images,
    annotations,
    font: { family: look.family },
  };
}

function outline(look) {
  return {
    line: { color: look.accent, width: 2, dash: "solid" },
    fillcolor: translucent(look.accent),
    opacity: 1,
    layer: "above",
  };
}

/** The points inside must keep their colours, while the line around them must be seen. */
function translucent(colour) {
  const hex = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(colour);
  if (!hex) return "rgba(128,128,128,0.1)";
  return `rgba(${hex.slice(1).map((part) => Number.parseInt(part, 16))},0.08)`;
}

/** Returns an outline as a shape that nothing can move; one that takes points away is dashed. */
export function selectionShape({ corners, takes }, look) {
  const path = `M${corners.map(([x, y]) => `${x},${y}`).join("L")}Z`;
  const drawn = { type: "path", path, editable: false, ...outline(look), fillrule: "evenodd" };
  if (!takes) return drawn;
  return { ...drawn, fillcolor: "rgba(0,0,0,0)", line: { ...drawn.line, dash: "dash" } };
}

const STEPPED_BACK = 0.55;

/** Returns a placed name as an annotation; one that is chosen has a frame, and the others step back. */
export function nameAnnotation(label, unplace, look) {
  const [x, y] = unplace(label.x, label.y);
  const { chosen } = label.name;
  const frame = { bgcolor: look.background, bordercolor: look.accent, borderwidth: 2 };
  return {
    ...(chosen ? frame : {}),
    opacity: look.choosing && !chosen ? STEPPED_BACK : 1,
    x,
    y,
    text: label.lines.map(escapeMarkup).join("<br>"),
    showarrow: false,
    captureevents: false,
    borderpad: Math.max(0, label.around - 2),
    font: { size: label.fontSize, color: look.text, weight: 600, family: look.family },
  };
}

const LEGEND_LINES = 24;

/**
 * Returns the names without a place as a list of colours under a title, or null without any. A
 * folded one is its title alone.
 */
export function legendOf(names, title, look, folded) {
  const all = names.filter((name) => name.name).slice(0, LEGEND_LINES);
  if (!all.length) return null;
  const heading = title ? [shortened(title)] : [];
  const listed = folded && title ? [] : all;
  const lines = [...heading, ...listed.map((name) => shortened(name.name))];
  const dots = listed.map((name) => look.palette[name.code] ?? look.grey);
  const text = [
    ...heading.map((words) => `<b>${escapeMarkup(words)}</b>`),
    ...dots.map(
      (colour, i) =>
        `<span style="color:${colour};font-size:12px">●</span> ${escapeMarkup(lines[heading.length + i])}`,
    ),
  ];
  // And dots no taller: the points around it are to stay in sight.
  return { text, lines, fontSize: 11, family: look.family };
}

/** Returns a legend as an annotation in a corner; at the top it begins below the tools. */
export function legendAnnotation(legend, corner, tools, look) {
  return {
    xref: "paper",
    yref: "paper",
    x: corner.right ? 1 : 0,
    y: corner.top ? 1 : 0,
    xshift: corner.right ? -8 : 8,
    yshift: corner.top ? -tools - 4 : 8,
    xanchor: corner.right ? "right" : "left",
    yanchor: corner.top ? "top" : "bottom",
    align: "left",
    text: legend.text.join("<br>"),
    // Points below it are seen faintly: they are not to be read as its dots.
    bgcolor: look.background,
    opacity: 0.85,
    showarrow: false,
    captureevents: false,
    font: { size: legend.fontSize, color: look.text, family: legend.family },
  };
}

function shortened(text) {
  return text.length > 32 ? `${text.slice(0, 31)}…` : text;
}

/** Plotly reads some tags in a text; a name has none. */
function escapeMarkup(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Returns the corners of a shape that was drawn: the points of a path, or of a rectangle. */
export function shapeCorners(shape) {
  if (shape.type === "path") {
    const pairs = [...shape.path.matchAll(/[ML]\s*([-+\d.eE]+)\s*,\s*([-+\d.eE]+)/g)];
    return pairs.map((pair) => [Number(pair[1]), Number(pair[2])]);
  }
  const { x0, x1, y0, y1 } = shape;
  return [[x0, y0], [x1, y0], [x1, y1], [x0, y1]];
}

/** Returns the corners that lie a few pixels apart: a hand's tremble is no part of a selection. */
export function thinCorners(corners, place) {
  const kept = [];
  let last = null;
  for (const corner of corners) {
    const at = place(...corner);
    if (last && Math.hypot(at[0] - last[0], at[1] - last[1]) < 3) continue;
    kept.push(corner);
    last = at;
  }
  return kept;
}
