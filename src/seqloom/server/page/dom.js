// Elements, made in one call. Text only ever enters as text: nothing here reads a string as HTML.

const SVG = "http://www.w3.org/2000/svg";

const set = (node, about) => {
  for (const [name, value] of Object.entries(about)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "on") for (const [event, act] of Object.entries(value)) node.addEventListener(event, act);
    else if (name === "vars") for (const [key, v] of Object.entries(value)) node.style.setProperty(`--${key}`, v);
    else if (name === "data") Object.assign(node.dataset, value);
    else node.setAttribute(name, value === true ? "" : value);
  }
};

/** An element with attributes and children; strings become text. */
export const el = (tag, about = {}, ...children) => {
  const node = document.createElement(tag);
  set(node, about);
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
};

/** The same for a drawing. */
export const svg = (tag, about = {}, ...children) => {
  const node = document.createElementNS(SVG, tag);
  set(node, about);
  node.append(...children);
  return node;
};

/** A checkbox with its label. */
export const checkbox = (text, checked, act) => {
  const box = el("input", { type: "checkbox" });
  box.checked = checked;
  box.addEventListener("change", () => act(box.checked));
  return el("label", { class: "check" }, box, " ", text);
};

/** One choice among a few: radio buttons in a row. `choices` are [value, text]. */
export const segments = (name, legend, choices, chosen, act) =>
  el("fieldset", { class: "segments" }, el("legend", { class: "hidden" }, legend),
    choices.map(([value, text]) => {
      const input = el("input", { type: "radio", name, value });
      input.checked = value === chosen;
      input.addEventListener("change", () => act(value));
      return el("label", {}, input, el("span", {}, text));
    }));

/** Arrow keys among `items`, of which one at a time can be reached by Tab. */
export const roving = (container, items, { before, after }) => {
  items.forEach((item, place) => (item.tabIndex = place ? -1 : 0));
  const go = (place) => {
    const goal = items[Math.max(0, Math.min(place, items.length - 1))];
    for (const item of items) item.tabIndex = item === goal ? 0 : -1;
    goal.focus();
  };
  container.addEventListener("keydown", (event) => {
    const here = items.indexOf(event.target);
    if (here < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const goals = { Home: 0, End: items.length - 1 };
    for (const key of before) goals[key] = here - 1;
    for (const key of after) goals[key] = here + 1;
    if (!(event.key in goals)) return;
    event.preventDefault();
    go(goals[event.key]);
  });
};
