// The map: holds what is shown, answers the hand, and tells Python what was selected.

import { codesInOrder, fetchColumn, preparePoints } from "./columns.js";
import { DIMMED_SAMPLED, SAMPLED, WHOLE_UP_TO, densityPicture, slotsWithin, widen } from "./levels.js";
import { boxOf, placeNames } from "./names.js";
import { rowsInside } from "./outlines.js";
import { indexSlots, nearestSlot } from "./picking.js";
import {
  DIMMED,
  LEFT_OUT,
  configuration,
  graphics,
  layoutOf,
  legendAnnotation,
  legendOf,
  nameAnnotation,
  pointSize,
  pointTraces,
  ringTrace,
  selectionShape,
  shapeCorners,
  thinCorners,
} from "./figure.js";
import { downloadPicture } from "./pictures.js";
import { buildToolbar } from "./toolbar.js";

// Plotly itself waits 50 ms for the next turn of the wheel before it reports the view.
const REFINE_AFTER = 40;
const ASK_TEXT_AFTER = 60;
const REACH = 8;
// Fewer points than this are all drawn in every view; more are cut to what is near the view.
const CUT_FROM = 20_000;
const ENDS = ["pointerup", "pointercancel"];
const WITH_ESCAPE =
  "input, textarea, select, canvas, [contenteditable], [role=dialog], [role=listbox], [aria-expanded=true]";
// What Python passes that the points are drawn from; which of them are lit is seen by itself.
const DRAWN_FROM = ["points", "colours", "palette", "hidden"];
// The first view leaves what is far from all else aside where the rest would else be so much smaller.
const SMALLER = 1.25;
const CORNERS = [
  { right: false, top: false },
  { right: true, top: false },
  { right: false, top: true },
  { right: true, top: true },
];
const COUNTED = 5_000;
const DRAG_MODES = { lasso: "drawclosedpath", box: "drawrect", pan: "pan" };
const THEMES = {
  light: { background: "#ffffff", text: "#1f2430", grey: "#9aa0ab", accent: "#2563eb" },
  dark: { background: "#0e1117", text: "#f2f3f6", grey: "#6b7280", accent: "#7cacf8" },
};

// Where the user was, kept while the page is: going to another page and back finds the same place.
const remembered = new Map();
let legendFolded = false;

let plotlyLoading;
function loadPlotly(url) {
  if (window.Plotly) return Promise.resolve();
  plotlyLoading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = resolve;
    script.onerror = () => {
      plotlyLoading = undefined;
      reject(new Error("plotly"));
    };
    document.head.append(script);
  });
  return plotlyLoading;
}

function element(name, parent, tag = "div") {
  const made = document.createElement(tag);
  made.className = name;
  parent.append(made);
  return made;
}

class TextlodeMap {
  constructor(parent) {
    this.root = element("textlode-map", parent);
    this.root.tabIndex = 0;
    this.root.setAttribute("role", "group");
    this.plot = element("plot", this.root);
    this.bar = element("bar", this.root);
    this.folding = element("fold", this.root, "button");
    this.beyond = element("beyond", this.root, "button");
    this.tip = element("tip", this.root);
    this.tip.setAttribute("role", "tooltip");
    this.tip.hidden = true;
    this.note = element("note", this.root);
    this.note.setAttribute("role", "status");
    this.mode = "lasso";
    this.combining = null;
    this.turn = 0;
    this.drawings = 0;
    this.choices = 0;
    this.number = 0;
    this.selection = { outlines: [], clicked: null };
    this.texts = new Map();
    this.indexes = [];
    this.labels = [];
    this.listen();
  }

  // ---- what Python passes -------------------------------------------------------------------

  async update(data, send) {
    const turn = ++this.turn;
    this.send = send;
    this.root.style.height = `${data.height}px`;
    this.root.setAttribute("aria-label", data.words.map);
    if (!this.data) this.say(data.points.count ? data.words.waiting : "");
    try {
      if (!data.points.count) return this.showEmpty(data);
      this.drawnBy ??= graphics();
      if (this.drawnBy === "none") return this.say(data.words.no_webgl);
      const columns = await this.load(data);
      // A later call has overtaken this one.
      if (turn !== this.turn || !this.root.isConnected) return;
      this.adopt(data, columns);
      if (!this.points.count) return this.showEmpty(data);
      await this.draw();
      this.say("");
    } catch (error) {
      if (turn === this.turn) this.say(data.words.not_loaded);
      console.error(error);
    }
  }

  async load(data) {
    const Codes = data.colours.bytes === 1 ? Uint8Array : Uint16Array;
    const [pairs, codes, lit] = await Promise.all([
      fetchColumn(data.points.url, Float32Array),
      fetchColumn(data.colours.url, Codes),
      data.lit ? fetchColumn(data.lit.url, Uint32Array) : null,
      loadPlotly(data.plotly),
    ]);
    return { pairs, codes, lit };
  }

  adopt(data, { pairs, codes, lit }) {
    const before = this.data;
    this.data = data;
    this.pairs = pairs;
    this.codes = codes;
    this.found = lit && flags(lit, pairs.length / 2);
    this.points = preparePoints(pairs);
    this.leftOut = data.colours.bytes === 1 ? 255 : 65535;
    // Asked for each of a million rows, so a table and not a set.
    this.shown = new Uint8Array(65536).fill(1);
    for (const code of data.hidden) this.shown[code] = 0;
    this.names = data.names.filter((name) => !data.hidden.includes(name.code));
    this.nameOf = new Map(data.names.map((name) => [name.code, name.name]));
    if (!before || DRAWN_FROM.some((part) => !same(before[part], data[part]))) this.traces = null;
    if (!same(before?.points, data.points)) {
      this.view = remembered.get(data.points.url) ?? null;
      this.texts.clear();
    }
    this.adoptSelection(data.selection);
    this.light();
    // In a file there is nobody to tell of a selection, so the hand moves the map.
    if (!this.send) this.mode = "pan";
    if (!same(before?.words, data.words)) {
      this.showMode = buildToolbar(this.bar, data.words, this.send, (name) => this.act(name));
    }
    this.showTools();
  }

  showTools() {
    const selected = this.selection.outlines.length > 0;
    if (!selected) this.combining = null;
    this.showMode(this.mode, this.combining, selected);
  }

  /** Takes over a selection that Python set, or that this map had before it was taken down. */
  adoptSelection({ kind, number, outlines, clicked }) {
    // What the hand has just drawn may not have reached Python yet; its number is the higher.
    if (number <= this.number) return;
    this.number = number;
    this.selection = { outlines, clicked };
    // With every change on the page the browser sends again what it told last.
    if (this.told) this.send?.({ kind, number, topic: null, outlines, clicked });
  }

  /**
   * Sets which rows are lit, the others being dimmed: those found, those in the outlines, or those
   * in both; null is all. While a name is chosen it is what Python says, whatever is selected.
   */
  light() {
    const { data, points, found } = this;
    const chosen = data.names.some((name) => name.chosen);
    const outlines = chosen ? [] : this.selection.outlines;
    const litFrom = { points: data.points, found: data.lit, outlines, chosen };
    if (same(litFrom, this.litFrom)) return;
    this.litFrom = structuredClone(litFrom);
    this.traces = null;
    this.lit = found;
    if (!outlines.length) return;
    this.lit = rowsInside(points, outlines, this.codes.length);
    if (found) for (let row = 0; row < found.length; row++) this.lit[row] &= found[row];
  }

  showEmpty(data) {
    this.data = null;
    this.traces = null;
    this.bar.replaceChildren();
    this.folding.hidden = this.beyond.hidden = true;
    if (this.started) window.Plotly.purge(this.plot);
    this.started = false;
    this.say(data.words.empty);
  }

  say(words) {
    this.note.textContent = words;
    this.note.hidden = !words;
  }

  // ---- drawing ------------------------------------------------------------------------------

  async draw() {
    if (!this.data) return;
    // A drag in progress would lose its footing; what it ends in is drawn with the rest.
    if (this.pressed) {
      this.postponed = true;
      return;
    }
    this.measure();
    if (!this.width || !this.height) return;
    this.view ??= this.homeView();
    this.look = this.currentLook();
    const drawnWith = JSON.stringify({ ...this.look, size: 0 });
    if (drawnWith !== this.drawnWith) this.traces = null;
    this.drawnWith = drawnWith;
    this.choosePoints();
    const legend = this.placedLegend();
    this.showBeyond();
    this.labels = placeNames(
      this.names.filter((name) => name.places.length),
      (x, y) => this.toPixels(x, y),
      this.width,
      this.height,
      this.look.family,
      [
        boxAround(this.bar),
        ...(this.beyond.hidden ? [] : [boxAround(this.beyond)]),
        ...(legend ? [legend.box] : []),
      ],
    );
    const traces = [...this.traces];
    const rings = this.ringed();
    if (rings.length) traces.push(ringTrace(rings, this.look));
    const layout = layoutOf({
      view: this.view,
      width: this.width,
      height: this.height,
      dragmode: DRAG_MODES[this.mode],
      look: this.look,
      shapes: this.selection.outlines.map((outline) => selectionShape(outline, this.look)),
      images: this.density ? [this.density] : [],
      annotations: [
        ...this.labels.map((label) =>
          nameAnnotation(label, (x, y) => this.toPlace(x, y), this.look),
        ),
        ...(legend ? [legend.annotation] : []),
      ],
    });
    await window.Plotly.react(this.plot, traces, layout, configuration(this.drawnBy));
    if (!this.started) {
      this.started = true;
      this.plot.on("plotly_relayout", (changes) => this.moved(changes));
      this.plot.on("plotly_relayouting", () => this.hideTip());
      this.plot.on("plotly_doubleclick", () => this.act("reset"));
      this.plot.on("plotly_webglcontextlost", () => this.restart());
    }
    this.placeFolding(legend);
    remembered.set(this.data.points.url, this.view);
    this.root.dataset.drawings = ++this.drawings;
    this.root.dataset.drawn = this.slots.length;
    this.root.dataset.view = JSON.stringify(this.view);
  }

  /** The browser takes the graphics away when a machine sleeps or too many pages draw. */
  restart() {
    window.Plotly.purge(this.plot);
    this.started = false;
    this.traces = null;
    this.refineSoon();
  }

  /** Sets traces, density and the index of what is drawn, where the present ones do not serve. */
  choosePoints() {
    const { points, view, look } = this;
    const whole = points.count <= WHOLE_UP_TO;
    const box = points.count <= CUT_FROM ? points.box : widen(view, 0.3);
    const { shown, codes } = this;
    const accepts = (row) => shown[codes[row]] === 1;
    if (this.traces && this.serves(view, whole)) return;
    this.slots = this.lit && !whole
      ? joined(
          slotsWithin(points, box, (row) => accepts(row) && !this.lit[row], DIMMED_SAMPLED),
          slotsWithin(points, box, (row) => accepts(row) && this.lit[row], SAMPLED),
        )
      : slotsWithin(points, box, accepts, whole ? points.count : SAMPLED);
    this.drawnBox = box;
    this.drawnView = view;
    this.root.dataset.choices = ++this.choices;
    this.size = this.sizeFor(this.slots.length);
    look.size = this.size;
    this.traces = pointTraces(points, this.slots, (row) => this.kindOf(row), look);
    // What is lit is found before what is dimmed beside it.
    const lit = this.lit ? [this.slots.filter((slot) => this.lit[points.ids[slot]])] : [];
    this.indexes = [...lit, this.slots].map((slots) => indexSlots(points, slots));
    const all = this.slots.length < (this.lit ? DIMMED_SAMPLED : SAMPLED);
    this.density = whole || all ? null : this.densityImage(box);
  }

  /** Whether what is drawn will do for a view: all of it is there, and not far more. */
  serves(view, whole) {
    if (sameView(this.drawnView, view)) return true;
    if (!whole || this.size !== this.sizeFor(this.slots.length)) return false;
    if (this.points.count <= CUT_FROM) return true;
    const wide = (this.drawnBox.x1 - this.drawnBox.x0) / (view.x1 - view.x0);
    return contains(this.drawnBox, view) && wide < 4;
  }

  sizeFor(drawn) {
    const zoom = (this.home.x1 - this.home.x0) / (this.view.x1 - this.view.x0);
    return pointSize(drawn, this.points.count <= CUT_FROM ? zoom : 1);
  }

  kindOf(row) {
    if (this.lit && !this.lit[row]) return DIMMED;
    return this.codes[row] === this.leftOut ? LEFT_OUT : this.codes[row];
  }

  densityImage(box) {
    const { points, codes, shown, look } = this;
    const palette = this.lit ? [] : look.palette;
    const size = [Math.round(this.width / 2), Math.round(this.height / 2)];
    const source = densityPicture(
      points,
      codesInOrder(points, codes),
      box,
      shown,
      colourTable(palette, look.grey, shown.length),
      ...size,
    );
    return {
      source,
      xref: "x",
      yref: "y",
      x: box.x0,
      y: box.y1,
      sizex: box.x1 - box.x0,
      sizey: box.y1 - box.y0,
      sizing: "stretch",
      layer: "below",
    };
  }

  /** Returns the legend in the corner where it lies over the fewest points; there it stays. */
  placedLegend() {
    const names = this.names.filter((name) => !name.places.length);
    const whole = legendOf(names, this.data.legend, this.look, false);
    if (!whole) return null;
    const tools = this.bar.offsetTop + this.bar.offsetHeight;
    const boxIn = (legend, corner) => boxOf(legend, corner, this.width, this.height, tools);
    const told = whole.lines.join("\n");
    if (told !== this.legendTold) {
      const covered = CORNERS.map((corner) => this.pointsIn(boxIn(whole, corner)));
      this.corner = CORNERS[covered.indexOf(Math.min(...covered))];
      this.legendTold = told;
    }
    const legend = legendOf(names, this.data.legend, this.look, legendFolded);
    const annotation = legendAnnotation(legend, this.corner, tools, this.look);
    return { annotation, box: boxIn(legend, this.corner) };
  }

  /** Counts in a sample of the drawn points those in a box of pixels. */
  pointsIn({ left, right, top, bottom }) {
    const { xs, ys } = this.points;
    const step = Math.max(1, Math.ceil(this.slots.length / COUNTED));
    let found = 0;
    for (let i = 0; i < this.slots.length; i += step) {
      const [across, down] = this.toPixels(xs[this.slots[i]], ys[this.slots[i]]);
      if (across > left && across < right && down > top && down < bottom) found++;
    }
    return found;
  }

  /** Puts the button that folds the legend behind the legend's title. */
  placeFolding(legend) {
    const { folding, root, data } = this;
    folding.hidden = !legend || !data.legend;
    if (folding.hidden) return;
    const title = [...this.plot.querySelectorAll(".annotation-text")].at(-1);
    const line = (title.querySelector("tspan.line") ?? title).getBoundingClientRect();
    const frame = root.getBoundingClientRect();
    const word = data.words[legendFolded ? "unfold" : "fold"];
    folding.textContent = legendFolded ? "▸" : "▾";
    folding.title = word;
    folding.setAttribute("aria-label", word);
    folding.setAttribute("aria-expanded", String(!legendFolded));
    folding.style.transform = `translate(${line.right - frame.left + 2}px, ${line.top - frame.top - 3}px)`;
  }

  /** Says how many points the first view leaves aside, while it is that view. */
  showBeyond() {
    const { beyond, view, points, shown, codes } = this;
    beyond.hidden = true;
    if (!sameView(view, this.home) || sameView(this.home, this.wholeView())) return;
    const within = slotsWithin(points, view, (row) => shown[codes[row]] === 1, points.count).length;
    const all = slotsWithin(points, points.box, (row) => shown[codes[row]] === 1, points.count).length;
    if (all === within) return;
    beyond.textContent = this.data.words.beyond.replace("{n}", (all - within).toLocaleString("en"));
    beyond.hidden = false;
  }

  ringed() {
    const rows = [...this.data.marked];
    if (this.selection.clicked != null) rows.push(this.selection.clicked);
    const places = rows.map((row) => [this.pairs[2 * row], this.pairs[2 * row + 1]]);
    return places.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
  }

  currentLook() {
    const style = getComputedStyle(this.root);
    const told = (name) => style.getPropertyValue(`--st-${name}`).trim();
    const { theme } = this.data;
    const preset = THEMES[theme ?? "light"];
    const own = theme
      ? {}
      : Object.fromEntries(
          [["background", "background-color"], ["text", "text-color"], ["accent", "primary-color"]]
            .map(([name, variable]) => [name, told(variable)])
            .filter(([, value]) => value),
        );
    const look = { ...preset, ...own, palette: this.data.palette, family: style.fontFamily };
    look.size = this.size ?? 3;
    look.searching = Boolean(this.found) && !this.litFrom.chosen;
    look.choosing = this.litFrom.chosen;
    look.opacity = this.points.count > 5_000 ? 0.7 : 0.85;
    this.root.style.setProperty("--halo", look.background);
    this.root.style.setProperty("--ink", look.text);
    this.root.style.setProperty("--accent", look.accent);
    return look;
  }

  // ---- the view -----------------------------------------------------------------------------

  measure() {
    const width = this.root.clientWidth;
    const height = this.root.clientHeight;
    this.width = width;
    this.height = height;
    if (!width || !height) return;
    const atHome = this.home && this.view && sameView(this.view, this.home);
    this.home = this.homeView();
    // One unit is as long across as it is up, whatever the shape of the picture.
    if (atHome) this.view = this.home;
    else if (this.view) this.view = squared(this.view, width / height);
  }

  /** Returns the view to begin with: where the texts are, without what lies far from them all. */
  homeView() {
    const whole = this.wholeView();
    const middle = this.viewOf(this.points.middle);
    return whole.x1 - whole.x0 > SMALLER * (middle.x1 - middle.x0) ? middle : whole;
  }

  wholeView() {
    return this.viewOf(this.points.box);
  }

  viewOf(box) {
    const margin = 48;
    const unit = Math.max(
      (box.x1 - box.x0) / Math.max(this.width - 2 * margin, 50),
      (box.y1 - box.y0) / Math.max(this.height - 2 * margin, 50),
    ) || 1 / 100;
    const centre = { x: (box.x0 + box.x1) / 2, y: (box.y0 + box.y1) / 2 };
    return around(centre, unit * this.width, unit * this.height);
  }

  toPixels(x, y) {
    const { view, width, height } = this;
    return [
      ((x - view.x0) / (view.x1 - view.x0)) * width,
      ((view.y1 - y) / (view.y1 - view.y0)) * height,
    ];
  }

  toPlace(left, top) {
    const { view, width, height } = this;
    return [
      view.x0 + (left / width) * (view.x1 - view.x0),
      view.y1 - (top / height) * (view.y1 - view.y0),
    ];
  }

  /** Plotly reports a new view or a finished outline. */
  moved(changes) {
    if (changes.shapes || Object.keys(changes).some((name) => name.startsWith("shapes"))) {
      return this.outlined(this.plot.layout.shapes);
    }
    const [x0, x1] = this.plot.layout.xaxis.range;
    const [y0, y1] = this.plot.layout.yaxis.range;
    const view = { x0, x1, y0, y1 };
    if (sameView(view, this.view)) return;
    this.view = view;
    this.refineSoon();
  }

  refineSoon() {
    clearTimeout(this.refining);
    this.refining = setTimeout(() => this.draw(), REFINE_AFTER);
  }

  zoom(factor) {
    const { x0, x1, y0, y1 } = this.view;
    const centre = { x: (x0 + x1) / 2, y: (y0 + y1) / 2 };
    this.view = around(centre, (x1 - x0) * factor, (y1 - y0) * factor);
    return this.draw();
  }

  shift(across, up) {
    const dx = (this.view.x1 - this.view.x0) * across;
    const dy = (this.view.y1 - this.view.y0) * up;
    const { x0, x1, y0, y1 } = this.view;
    this.view = { x0: x0 + dx, x1: x1 + dx, y0: y0 + dy, y1: y1 + dy };
    return this.draw();
  }

  // ---- the hand -----------------------------------------------------------------------------

  act(name) {
    if (!this.data) return undefined;
    if (name in DRAG_MODES) {
      this.mode = name;
      this.showTools();
      return this.draw();
    }
    if (name === "add" || name === "take") {
      this.combining = this.combining === name ? null : name;
      return this.showTools();
    }
    if (name === "closer") return this.zoom(1 / 1.5);
    if (name === "wider") return this.zoom(1.5);
    if (name === "reset") {
      this.view = sameView(this.view, this.home) ? this.wholeView() : this.home;
      return this.draw();
    }
    if (name === "fold") {
      legendFolded = !legendFolded;
      return this.draw();
    }
    return downloadPicture(this.plot, this.look, name, this.data.file || this.data.words.file);
  }

  outlined(shapes) {
    const corners = shapes.length ? shapeCorners(shapes[shapes.length - 1]) : [];
    const polygon = thinCorners(corners, (x, y) => this.toPixels(x, y)).map(([x, y]) => [
      Number(x.toPrecision(7)),
      Number(y.toPrecision(7)),
    ]);
    if (polygon.length < 3) return this.draw();
    const outline = { corners: polygon, takes: this.drawnAs === "take" };
    const { outlines } = this.selection;
    this.selection.outlines = this.drawnAs && outlines.length ? [...outlines, outline] : [outline];
    if (!outlines.length) outline.takes = false;
    this.showTools();
    this.light();
    this.tell("selected");
    return this.draw();
  }

  /** Tells Python the selection as it stands. */
  tell(kind, topic = null) {
    this.number = Math.max(this.number + 1, Date.now());
    this.told = true;
    this.send?.({ kind, number: this.number, topic, ...this.selection });
  }

  clear() {
    const { outlines, clicked } = this.selection;
    // Python knows which names are chosen, and lets them go.
    if (!outlines.length && clicked == null && !this.litFrom.chosen) return;
    this.selection = { outlines: [], clicked: null };
    this.showTools();
    this.light();
    this.tell("cleared");
    this.draw();
  }

  /** Returns the name and the slot of the point at a place in pixels: undefined and -1 where none is. */
  under(left, top) {
    const label = this.labels.find(
      ({ box }) => left > box.left && left < box.right && top > box.top && top < box.bottom,
    );
    // On a name only the point under the very pointer is meant, and not one that is near.
    return { label, slot: this.slotAt(left, top, label ? 1 : REACH) };
  }

  clickedAt(left, top) {
    const { label, slot } = this.under(left, top);
    if (slot >= 0) {
      this.selection.clicked = this.points.ids[slot];
      this.tell("clicked");
      return this.draw();
    }
    if (label) this.tell("named", label.name.code);
    return undefined;
  }

  slotAt(left, top, near = REACH) {
    const [x, y] = this.toPlace(left, top);
    const reach = ((near + this.size / 2) * (this.view.x1 - this.view.x0)) / this.width;
    for (const index of this.indexes) {
      const slot = nearestSlot(index, x, y, reach);
      if (slot >= 0) return slot;
    }
    return -1;
  }

  listen() {
    const { root } = this;
    const at = (event) => {
      const frame = root.getBoundingClientRect();
      return [event.clientX - frame.left, event.clientY - frame.top];
    };
    const onMap = (event) => this.data && this.plot.contains(event.target);
    this.folding.type = this.beyond.type = "button";
    this.folding.hidden = this.beyond.hidden = true;
    this.folding.addEventListener("click", () => this.act("fold"));
    this.beyond.addEventListener("click", () => this.act("reset"));
    root.addEventListener("mousedown", (event) => this.combine(event), true);
    root.addEventListener("pointerdown", (event) => {
      this.hideTip();
      if (!onMap(event) || event.button !== 0) return;
      this.pressed = at(event);
      this.dragged = false;
      // Plotly keeps the click from giving the focus, which the keys below need.
      root.focus({ preventScroll: true });
    });
    // The ring is for those who came by keyboard; the hand knows where it is.
    root.addEventListener("focus", () => root.classList.toggle("ringed", !this.pressed));
    root.addEventListener("blur", () => root.classList.remove("ringed"));
    // While a button is down Plotly lies over the whole page, so the end is heard at the window.
    // An outline that ends where it began is no click.
    this.strays = (event) => {
      if (!this.pressed) return;
      const [left, top] = at(event);
      this.dragged ||= Math.hypot(left - this.pressed[0], top - this.pressed[1]) >= 4;
    };
    this.released = (event) => {
      if (!this.pressed) return;
      const [left, top] = at(event);
      this.strays(event);
      this.pressed = null;
      if (this.postponed) this.refineSoon();
      this.postponed = false;
      if (!this.dragged && event.type === "pointerup") this.clickedAt(left, top);
    };
    window.addEventListener("pointermove", this.strays, true);
    for (const end of ENDS) window.addEventListener(end, this.released, true);
    // Wherever the focus is after a click, but where Escape has a meaning of its own.
    this.escaped = (event) => {
      const other = document.activeElement?.closest(WITH_ESCAPE) || root.contains(event.target);
      if (event.key === "Escape" && !event.defaultPrevented && !other) this.keyed(event);
    };
    window.addEventListener("keydown", this.escaped);
    root.addEventListener("pointermove", (event) => {
      if (event.buttons || !onMap(event)) return this.hideTip();
      return this.hover(...at(event));
    });
    root.addEventListener("pointerleave", () => this.hideTip());
    root.addEventListener("wheel", () => this.hideTip(), { passive: true });
    root.addEventListener("keydown", (event) => this.keyed(event));
    this.resizing = new ResizeObserver(() => {
      if (!this.data) return;
      if (root.clientWidth !== this.width || root.clientHeight !== this.height) this.refineSoon();
    });
    this.resizing.observe(root);
  }

  /** With Shift the outline to be drawn adds to the selection, with Alt it takes from it. */
  combine(event) {
    if (this.mode === "pan") return;
    this.drawnAs = event.shiftKey ? "add" : event.altKey ? "take" : this.combining;
    // Plotly would move the map.
    if (event.shiftKey) Object.defineProperty(event, "shiftKey", { value: false });
  }

  keyed(event) {
    if (!this.data || event.ctrlKey || event.metaKey || event.altKey) return;
    const keys = {
      Escape: () => this.clear(),
      "+": () => this.zoom(1 / 1.5),
      "=": () => this.zoom(1 / 1.5),
      "-": () => this.zoom(1.5),
      0: () => this.act("reset"),
      ArrowLeft: () => this.shift(-0.15, 0),
      ArrowRight: () => this.shift(0.15, 0),
      ArrowUp: () => this.shift(0, 0.15),
      ArrowDown: () => this.shift(0, -0.15),
    };
    if (!(event.key in keys)) return;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
  }

  // ---- the text under the pointer -----------------------------------------------------------

  hover(left, top) {
    const { label, slot } = this.under(left, top);
    this.root.classList.toggle("pointing", slot < 0 && Boolean(label));
    if (slot < 0) return this.hideTip();
    const row = this.points.ids[slot];
    if (row === this.hovered) return undefined;
    this.hideTip();
    this.hovered = row;
    this.asking = setTimeout(async () => {
      const text = await this.textOf(row);
      if (row === this.hovered) this.showTip(slot, text);
    }, ASK_TEXT_AFTER);
    return undefined;
  }

  async textOf(row) {
    const { texts } = this.data;
    if (!texts) return "";
    if (Array.isArray(texts)) return texts[row];
    if (!this.texts.has(row)) {
      // A tooltip without its text is better than none when the server does not answer.
      const answer = await fetch(`${texts}?id=${row}`).catch(() => null);
      if (!answer?.ok) return "";
      if (this.texts.size > 500) this.texts.clear();
      this.texts.set(row, await answer.text());
    }
    return this.texts.get(row);
  }

  showTip(slot, text) {
    const { points, tip } = this;
    const code = this.codes[points.ids[slot]];
    const title = document.createElement("strong");
    const otherwise = code === this.leftOut ? this.data.words.left_out : "";
    title.textContent = this.nameOf.get(code) ?? otherwise;
    title.style.setProperty("--dot", this.data.palette[code] ?? this.look.grey);
    const body = document.createElement("span");
    body.textContent = text;
    tip.replaceChildren(...[title, body].filter((part) => part.textContent));
    if (!tip.childElementCount) return;
    tip.hidden = false;
    const [left, top] = this.toPixels(points.xs[slot], points.ys[slot]);
    const { offsetWidth, offsetHeight } = tip;
    const side = left + 14 + offsetWidth > this.width ? left - 14 - offsetWidth : left + 14;
    const level = Math.min(Math.max(top - offsetHeight / 2, 4), this.height - offsetHeight - 4);
    tip.style.transform = `translate(${Math.max(4, side)}px, ${Math.max(4, level)}px)`;
  }

  hideTip() {
    clearTimeout(this.asking);
    this.hovered = null;
    this.tip.hidden = true;
  }

  remove() {
    this.turn++;
    clearTimeout(this.refining);
    clearTimeout(this.asking);
    this.resizing.disconnect();
    for (const end of ENDS) window.removeEventListener(end, this.released, true);
    window.removeEventListener("pointermove", this.strays, true);
    window.removeEventListener("keydown", this.escaped);
    if (this.started) window.Plotly.purge(this.plot);
    this.root.remove();
  }
}

function boxAround({ offsetLeft, offsetTop, offsetWidth, offsetHeight }) {
  return {
    left: offsetLeft,
    right: offsetLeft + offsetWidth,
    top: offsetTop,
    bottom: offsetTop + offsetHeight,
  };
}

function flags(rows, count) {
  const lit = new Uint8Array(count);
  for (const row of rows) lit[row] = 1;
  return lit;
}

function joined(first, second) {
  const all = new Uint32Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

/** Returns red, green and blue of so many codes one after the other; those beyond the palette are grey. */
function colourTable(palette, grey, codes) {
  const table = new Uint8Array(3 * codes);
  const beyond = channels(grey);
  for (let code = 0; code < codes; code++) {
    table.set(code < palette.length ? channels(palette[code]) : beyond, 3 * code);
  }
  return table;
}

function channels(hex) {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

function around(centre, width, height) {
  return {
    x0: centre.x - width / 2,
    x1: centre.x + width / 2,
    y0: centre.y - height / 2,
    y1: centre.y + height / 2,
  };
}

function squared(view, aspect) {
  const height = view.y1 - view.y0;
  if (Math.abs((view.x1 - view.x0) / height / aspect - 1) < 1e-6) return view;
  const centre = { x: (view.x0 + view.x1) / 2, y: (view.y0 + view.y1) / 2 };
  return around(centre, height * aspect, height);
}

function same(a, b) {
  return JSON.stringify(a) === JSON.stringify(b);
}

function contains(box, view) {
  return box.x0 <= view.x0 && box.x1 >= view.x1 && box.y0 <= view.y0 && box.y1 >= view.y1;
}

function sameView(a, b) {
  const least = 1e-6 * (b.x1 - b.x0);
  return ["x0", "x1", "y0", "y1"].every((side) => Math.abs(a[side] - b[side]) < least);
}

/** Shows the map in an element, or shows it anew; `send(event)` reaches Python. */
export function showMap(parent, data, send) {
  parent.textlodeMap ??= new TextlodeMap(parent);
  const drawn = parent.textlodeMap.update(data, send);
  const remove = () => {
    parent.textlodeMap?.remove();
    delete parent.textlodeMap;
  };
  return { drawn, remove };
}
