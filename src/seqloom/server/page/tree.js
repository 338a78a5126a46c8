// The search as a tree that grows to the side: each node is a token that continues the one before it.
//
//   nodes   [{parent, token, log_prob, score, kept, output}], parents first; `score` is the sum of log
//           probabilities up to there, `output` the place in the n-best list where the node ends one
//
// The first child stands on the line of its parent, so the best output is the straight line on top. How much
// of the search is shown is for the reader to say:
//
//   outputs   what led to one of the outputs
//   kept      all that the beam went on with
//   all       and what it gave up, faintly

import { el, svg } from "./dom.js";
import { percent, real, say } from "./strings.js";
import { drawn, named } from "./tokens.js";

const [ROW, GAP, PAD] = [30, 26, 10];
const FEW = 30;
const [SHARE, RANK] = [70, 74]; // room for a probability, and for the place of an output with its score

/** `hold(tokens)` is called with the path to the node that was chosen. */
export const tree = (nodes, selected, extent, hold) => {
  const best = leading(nodes);
  const shown = nodes.map((node, number) => extent === "all" || best[number] < Infinity || (extent === "kept" && node.kept));
  const kids = children(nodes, shown, best);
  const places = placed(kids);
  const marked = new Set(selected === null ? [] : path(nodes, selected));
  const kind = (number) => {
    if (marked.has(number)) return "marked";
    if (best[number] < Infinity) return "leading";
    return nodes[number].kept ? "kept" : "dropped";
  };
  const items = new Map();
  const box = el("div", { class: "tree", role: "tree", "aria-label": say("tree") });
  const columns = columnStarts(nodes, places);
  const [width, height] = [columns.at(-1) ?? 0, (1 + Math.max(0, ...[...places.values()].map((p) => p.row))) * ROW];
  const edges = svg("svg", { class: "edges", "aria-hidden": "true", width, height });
  for (const [number, { depth, row }] of places) {
    const node = nodes[number];
    const item = treeItem(nodes, number, kids, depth, kind(number), hold);
    item.style.setProperty("--x", `${columns[depth]}px`);
    item.style.setProperty("--y", `${row * ROW}px`);
    item.style.setProperty("--w", `${columns[depth + 1] - columns[depth] - GAP}px`);
    items.set(number, item);
    if (node.parent === null) continue;
    const from = places.get(node.parent);
    edges.append(svg("path", {
      d: edge(columns[depth] - GAP, from.row, columns[depth], row),
      class: kind(number),
    }));
  }
  box.append(edges, ...items.values());
  box.style.setProperty("--height", `${height}px`);
  box.style.setProperty("--width", `${width}px`);
  keys(box, nodes, kids, places, items);
  return el("div", { class: "scroll searched" }, box);
};

/** How much is shown to a reader who has not said. */
export const fitting = (nodes) => (nodes.filter(({ kept }) => kept).length > FEW ? "outputs" : "kept");

export const path = (nodes, number) => {
  const found = [];
  for (let at = number; at !== null; at = nodes[at].parent) found.unshift(at);
  return found;
};

/** The place in the n-best list of the best output that each node leads to; Infinity if it leads to none. */
const leading = (nodes) => {
  const best = nodes.map(({ output }) => output ?? Infinity);
  for (let number = nodes.length - 1; number >= 0; number--) {
    const { parent } = nodes[number];
    if (parent !== null) best[parent] = Math.min(best[parent], best[number]);
  }
  return best;
};

/** The children of each node, the one that leads to the best output first; those of the start under -1. */
const children = (nodes, shown, best) => {
  const kids = new Map();
  nodes.forEach((node, number) => {
    if (!shown[number]) return;
    const key = node.parent ?? -1;
    if (!kids.has(key)) kids.set(key, []);
    kids.get(key).push(number);
  });
  const order = (a, b) => {
    if (best[a] !== best[b]) return best[a] - best[b];
    return Number(nodes[b].kept) - Number(nodes[a].kept) || nodes[b].score - nodes[a].score;
  };
  for (const list of kids.values()) list.sort(order);
  return kids;
};

/** Row and depth of every node: first children share the row of their parents, and a branch stands in the
    first row that is free as far as it goes. Branches are placed from the far end, so no two cross. */
const placed = (kids) => {
  const places = new Map();
  const free = [];
  const waiting = [...(kids.get(-1) ?? [])].reverse().map((number) => ({ number, depth: 0 }));
  while (waiting.length) {
    const { number, depth } = waiting.pop();
    const chain = [];
    for (let at = number; at !== undefined; at = kids.get(at)?.[0]) chain.push(at);
    const columns = chain.map((_, along) => depth + along);
    const row = Math.max(...columns.map((at) => free[at] ?? 0));
    chain.forEach((at, along) => {
      places.set(at, { depth: depth + along, row });
      free[depth + along] = row + 1;
      for (const branch of [...(kids.get(at) ?? [])].slice(1).reverse()) waiting.push({ number: branch, depth: depth + along + 1 });
    });
  }
  return places;
};

/** Where each column begins: as wide as its widest token. */
const columnStarts = (nodes, places) => {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `15px ${getComputedStyle(document.body).fontFamily}`;
  const widths = [];
  for (const [number, { depth }] of places) {
    const wide = pen.measureText(named(nodes[number].token)).width + (nodes[number].output === null ? SHARE : SHARE + RANK);
    widths[depth] = Math.max(widths[depth] ?? 0, Math.min(wide, 240));
  }
  const starts = [0];
  for (const width of widths) starts.push(starts.at(-1) + Math.ceil(width) + GAP);
  return starts;
};

const edge = (x, fromRow, u, toRow) => {
  const [y, v] = [fromRow * ROW + ROW / 2, toRow * ROW + ROW / 2];
  if (y === v) return `M${x} ${y}H${u}`;
  const middle = x + GAP / 2;
  return `M${x} ${y}C${middle} ${y} ${x + 2} ${v} ${middle + PAD / 2} ${v}H${u}`;
};

const treeItem = (nodes, number, kids, depth, kind, hold) => {
  const { token, log_prob: logProb, score, kept, output } = nodes[number];
  const ends = output !== null && output !== undefined;
  const fate = ends ? say("isOutput", { rank: output + 1 }) : say(kept ? "kept" : "dropped");
  const share = percent(Math.exp(logProb));
  const label = say("treeLabel", { token: named(token), share, score: real(score), fate });
  const tokens = path(nodes, number).map((at) => nodes[at].token);
  return el("button", {
    type: "button", role: "treeitem", tabindex: "-1", "aria-level": depth + 1, "aria-label": label, title: label,
    "aria-expanded": kids.has(number) ? "true" : null,
    class: `node ${kind}`,
    data: { number: String(number) }, on: { click: () => hold(tokens) },
  }, drawn(token), el("span", { class: "share" }, share), ...(ends ? [el("b", { class: "rank" }, String(output + 1)), el("span", { class: "share" }, real(score))] : []));
};

/** Right to the first continuation, left to what is continued, up and down among the nodes of a step. */
const keys = (box, nodes, kids, places, items) => {
  const first = (kids.get(-1) ?? [])[0];
  if (first === undefined) return;
  items.get(first).tabIndex = 0;
  const peers = (number) => [...places].filter(([, p]) => p.depth === places.get(number).depth)
    .sort((a, b) => a[1].row - b[1].row).map(([other]) => other);
  const goal = (number, key) => {
    if (key === "ArrowRight") return kids.get(number)?.[0];
    if (key === "ArrowLeft") return nodes[number].parent;
    if (key === "Home") return first;
    const list = peers(number), step = { ArrowUp: -1, ArrowDown: 1 }[key];
    return step === undefined ? undefined : list[list.indexOf(number) + step];
  };
  box.addEventListener("keydown", (event) => {
    const item = event.target.closest("[role=treeitem]");
    const next = item && items.get(goal(Number(item.dataset.number), event.key));
    if (!item || !["ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown", "Home"].includes(event.key)) return;
    event.preventDefault();
    if (!next) return;
    item.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
};
