// The buttons in the corner of the map.

const ICONS = {
  lasso: "M12 4c5 0 8 2.4 8 5.5S17 15 12 15c-1.6 0-3-.2-4.2-.7M12 4C7 4 4 6.4 4 9.5c0 1.9 1.1 3.5 3 4.5m.8.3a2 2 0 1 1-2.3 2.7c-.3-1.2.5-2.5 2.3-2.7zm.2 3.7c.2 1.5-.5 2.5-2 3",
  box: "M5 8V5h3M16 5h3v3M19 16v3h-3M8 19H5v-3M11 5h2M11 19h2M5 11v2M19 11v2",
  pan: "M12 3v18M3 12h18M12 3l-2.5 2.5M12 3l2.5 2.5M12 21l-2.5-2.5M12 21l2.5-2.5M3 12l2.5-2.5M3 12l2.5 2.5M21 12l-2.5-2.5M21 12l-2.5 2.5",
  add: "M4 4h10v10H4zM19 14v7M15.5 17.5h7",
  take: "M4 4h10v10H4zM15.5 17.5h7",
  closer: "M12 5v14M5 12h14",
  wider: "M5 12h14",
  reset: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5M9.5 9.5h5v5h-5z",
  clear: "M6 6l12 12M18 6L6 18",
  png: "M12 4v10M8 10.5l4 4 4-4M5 19h14",
  svg: "M12 4v10M8 10.5l4 4 4-4M5 19h14",
};
const MODES = ["lasso", "box", "pan"];
const COMBINE = ["add", "take"];
const VIEW = ["closer", "wider", "reset"];
const PICTURES = ["png", "svg"];

/**
 * Fills the bar with buttons that call `act(name)`; the words are their tooltips and what a screen
 * reader says. Without `selects` there are no modes. Returns a function that shows which mode is on,
 * how the next outline goes together with the selection, and whether there is one.
 */
export function buildToolbar(bar, words, selects, act) {
  const buttons = new Map();
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", words.toolbar);
  const groups = selects ? [MODES, COMBINE, VIEW, PICTURES] : [VIEW, PICTURES];
  bar.replaceChildren(
    ...groups.map((names) => {
      const group = document.createElement("div");
      for (const name of names) {
        const button = buildButton(name, words[name]);
        button.addEventListener("click", () => act(name));
        buttons.set(name, button);
        group.append(button);
      }
      return group;
    }),
  );
  return (mode, combining, selected) => {
    for (const name of [...MODES, ...COMBINE]) {
      buttons.get(name)?.setAttribute("aria-pressed", String(name === mode || name === combining));
    }
    for (const name of selects ? COMBINE : []) buttons.get(name).disabled = !selected;
  };
}

function buildButton(name, word) {
  const button = document.createElement("button");
  button.type = "button";
  button.title = word;
  button.dataset.act = name;
  button.setAttribute("aria-label", word);
  const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  icon.setAttribute("viewBox", "0 0 24 24");
  icon.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  icon.append(path);
  button.append(icon);
  if (name === "png" || name === "svg") button.append(name.toUpperCase());
  return button;
}
