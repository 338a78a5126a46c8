// What each output token looked at: two rows of tokens with lines between them, or a matrix.
//
//   weights[t][s]   the share of step t that went to source token s; each row adds up to 1
//
// The darker a line, a token or a square, the more weight; one hue, so that it reads without telling
// colours apart, and the strongest shares stand in words below.

import { el, roving, svg } from "./dom.js";
import { percent, say } from "./strings.js";
import { direction, drawn, named, strongest } from "./tokens.js";

const FAINTEST = 0.03;
const ROOM = 76;
const BRIGHT = 0.8; // share above which text is read better in the colour of the page
const TALL = 4; // letters above which the names of columns stand upright

const column = (weights, s) => weights.map((row) => row[s]);

/** What is lit, in words. */
const readout = (source, target, weights, { t, s }) => {
  if (t !== null && s !== null) return `${named(target[t])} ← ${named(source[s])}: ${percent(weights[t][s])}`;
  if (t !== null) return say("lights", { token: named(target[t]), others: strongest(source, weights[t]) });
  if (s !== null) return say("lit", { token: named(source[s]), others: strongest(target, column(weights, s)) });
  return say("attentionHelp");
};

/** A line of text that follows the selection. A square has no label of its own: where the keyboard walks over
    squares, the line is read aloud. */
export const caption = (source, target, weights, selection) => {
  const line = el("p", { class: "readout", "aria-live": "off" }, say("attentionHelp"));
  selection.listen((now) => {
    const walked = selection.pointed === null && now.t !== null && now.s !== null;
    line.setAttribute("aria-live", walked ? "polite" : "off");
    line.textContent = readout(source, target, weights, now);
  });
  return line;
};

const chip = (tokens, place, side, label, held) =>
  el("li", {}, el("button", {
    type: "button", class: `token${held ? " held" : ""}`, "aria-label": label,
    data: { side, place: String(place) },
  }, drawn(tokens[place])));

const row = (tokens, side, labels, held) =>
  el("ol", { class: `row ${side}`, "aria-label": say(`${side}Side`), dir: direction(tokens) },
    tokens.map((_, place) => chip(tokens, place, side, labels[place], side === "target" && place < held)));

/** The lines: rows of tokens above each other, or columns where a row does not fit. */
export const lines = (source, target, weights, selection, held) => {
  const above = row(source, "source", source.map((token, s) =>
    say("lit", { token: named(token), others: strongest(target, column(weights, s)) })), 0);
  const below = row(target, "target", target.map((token, t) =>
    say("lights", { token: named(token), others: strongest(source, weights[t]) })), held);
  const canvas = svg("svg", { class: "strands", "aria-hidden": "true" });
  const box = el("div", { class: "lines" }, above, canvas, below);
  const chips = { s: [...above.querySelectorAll("button")], t: [...below.querySelectorAll("button")] };
  chips.s.forEach((node, s) => selection.attach(node, { t: null, s }));
  chips.t.forEach((node, t) => selection.attach(node, { t, s: null }));
  for (const [list, nodes] of [[above, chips.s], [below, chips.t]]) {
    const onward = list.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
    const back = list.dir === "rtl" ? "ArrowRight" : "ArrowLeft";
    roving(list, nodes, { before: [back, "ArrowUp"], after: [onward, "ArrowDown"] });
  }
  let strands = [];
  const place = () => {
    strands = laid(box, canvas, chips, weights);
    light(chips, strands, weights, selection.now);
  };
  const watcher = new ResizeObserver(place);
  watcher.observe(box);
  selection.listen((now) => light(chips, strands, weights, now));
  return box;
};

/** Put the tokens in rows or in columns, and draw the strands between them. */
const laid = (box, canvas, chips, weights) => {
  box.classList.remove("upright");
  const tooWide = [...box.querySelectorAll("ol")].some((list) => list.scrollWidth > box.clientWidth + 1);
  box.classList.toggle("upright", tooWide);
  const frame = canvas.getBoundingClientRect();
  canvas.setAttribute("viewBox", `0 0 ${frame.width || 1} ${frame.height || ROOM}`);
  const end = (node, side) => {
    const at = node.getBoundingClientRect();
    if (tooWide) return [side === "s" ? 0 : frame.width, at.top + at.height / 2 - frame.top];
    return [at.left + at.width / 2 - frame.left, side === "s" ? 0 : frame.height];
  };
  const from = chips.s.map((node) => end(node, "s")), to = chips.t.map((node) => end(node, "t"));
  const strands = [];
  weights.forEach((shares, t) => shares.forEach((share, s) => {
    if (share < FAINTEST) return;
    const path = svg("path", { d: curve(from[s], to[t], tooWide) });
    path.style.setProperty("--share", share.toFixed(3));
    strands.push({ path, t, s });
  }));
  canvas.replaceChildren(...strands.map(({ path }) => path));
  return strands;
};

const curve = ([x, y], [u, v], upright) => {
  const middle = upright ? (x + u) / 2 : (y + v) / 2;
  const bends = upright ? `${middle} ${y} ${middle} ${v}` : `${x} ${middle} ${u} ${middle}`;
  return `M${x} ${y}C${bends} ${u} ${v}`;
};

const light = (chips, strands, weights, { t, s }) => {
  const any = t !== null || s !== null;
  for (const strand of strands) {
    const lit = (t === null || strand.t === t) && (s === null || strand.s === s);
    strand.path.classList.toggle("lit", any && lit);
    strand.path.classList.toggle("quiet", any && !lit);
  }
  const shade = (node, share, chosen) => {
    node.style.setProperty("--share", share.toFixed(3));
    node.classList.toggle("bright", share > BRIGHT);
    node.classList.toggle("chosen", chosen);
  };
  chips.s.forEach((node, place) => shade(node, t === null || place === s ? 0 : weights[t][place], place === s));
  chips.t.forEach((node, place) => shade(node, s === null || place === t ? 0 : weights[place][s], place === t));
};

/** The matrix: a row for each output token, a column for each source token. */
export const matrix = (source, target, weights, selection, numbers) => {
  const tall = source.some((token) => named(token).length > TALL);
  const head = el("tr", {}, el("td"), source.map((token, s) => {
    const cell = el("th", { scope: "col" }, drawn(token));
    selection.attach(cell, { t: null, s });
    return cell;
  }));
  const cells = [];
  const body = target.map((token, t) => {
    const name = el("th", { scope: "row" }, drawn(token));
    selection.attach(name, { t, s: null });
    cells.push(weights[t].map((share, s) => {
      const cell = el("td", { vars: { share: share.toFixed(3) }, class: share > BRIGHT ? "bright" : share < 0.005 ? "zero" : "" },
        el("span", {}, String(Math.round(100 * share))));
      selection.attach(cell, { t, s });
      return cell;
    }));
    return el("tr", {}, name, cells[t]);
  });
  const table = el("table", {
    class: `matrix${numbers ? " numbers" : ""}${tall ? " tall" : ""}`, tabindex: "0", dir: direction(source),
  }, el("caption", { class: "hidden" }, say("attention")), el("thead", {}, head), el("tbody", {}, body));
  selection.listen(({ t, s }) => {
    head.querySelectorAll("th").forEach((cell, place) => cell.classList.toggle("lit", place === s));
    cells.forEach((row, place) => {
      row[0]?.parentNode.firstChild.classList.toggle("lit", place === t);
      row.forEach((cell, at) => cell.classList.toggle("lit", lies(place, at, t, s)));
    });
  });
  walkable(table, selection, target.length, source.length);
  return el("div", { class: "scroll" }, table);
};

const lies = (row, at, t, s) =>
  t !== null && s !== null ? row === t && at === s : row === t || at === s;

/** Arrow keys walk over the squares. */
const walkable = (table, selection, rows, columns) => {
  let [t, s] = [0, 0];
  const go = (down, along) => {
    [t, s] = [Math.max(0, Math.min(t + down, rows - 1)), Math.max(0, Math.min(s + along, columns - 1))];
    selection.focus({ t, s });
    const cell = table.rows[t + 1].cells[s + 1];
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  const onward = table.dir === "rtl" ? -1 : 1;
  const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowRight: [0, onward], ArrowLeft: [0, -onward] };
  table.addEventListener("keydown", (event) => {
    if (!(event.key in moves)) return;
    event.preventDefault();
    go(...moves[event.key]);
  });
  table.addEventListener("focus", () => go(0, 0));
  table.addEventListener("blur", () => selection.focus(null));
};
