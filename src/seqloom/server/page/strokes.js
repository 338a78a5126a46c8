// A drawing, replayed stroke by stroke; for handwriting with the letter that the window is on.
//
//   {kind: "strokes", result: {
//     text: "the letters that were asked for" or null,
//     letters: ["t", "h", ...],             as the model reads them; those of `text` if not there
//     points: [[dx, dy, end], ...],         offsets of the pen, y downwards; end is 1 where it lifts after it
//     window: [[phi(t, u), ...], ...],      for each point the weight of each letter of `text`; or null
//     ended: "end", "window" or "length"    why it is over
//   }}

import { el, svg } from "./dom.js";
import { say } from "./strings.js";

const EDGE = 0.02; // around a drawing, of its greater side
const SPEED = 90; // points a second
const BRIGHT = 0.8;

/** Offsets as places, a list of lines each with the number of its first point. */
const placed = (points) => {
  const strokes = [];
  let [x, y, lifted] = [0, 0, true];
  points.forEach(([dx, dy, end], at) => {
    [x, y] = [x + dx, y + dy];
    if (lifted) strokes.push({ first: at, line: [] });
    strokes.at(-1).line.push([x, y]);
    lifted = Boolean(end);
  });
  return strokes;
};

const box = (strokes) => {
  const all = strokes.flatMap(({ line }) => line);
  const [xs, ys] = [all.map(([x]) => x), all.map(([, y]) => y)];
  const least = (values) => values.reduce((a, b) => Math.min(a, b), Infinity);
  const most = (values) => values.reduce((a, b) => Math.max(a, b), -Infinity);
  if (!all.length) return "0 0 1 1";
  const [left, top, width, height] = [least(xs), least(ys), most(xs) - least(xs), most(ys) - least(ys)];
  const edge = EDGE * Math.max(width, height) || 1;
  return [left - edge, top - edge, width + 2 * edge, height + 2 * edge].join(" ");
};

/** As a polyline has it; a single point goes to itself, as a dot. */
const drawnLine = (line) => (line.length === 1 ? [...line, ...line] : line).map((point) => point.join()).join(" ");

const letterChip = (letter) => el("span", { class: "token" }, el("bdi", {}, letter === " " ? "␣" : letter));

export const strokesView = ({ text, letters, points, window: weights, ended }) => {
  const strokes = placed(points);
  const paths = strokes.map(() => svg("polyline", { "vector-effect": "non-scaling-stroke" }));
  const picture = svg("svg", { class: "drawing", viewBox: box(strokes), role: "img", "aria-label": text ?? say("drawing") }, ...paths);
  const names = text && weights ? letters ?? [...text] : [];
  const chips = names.map(letterChip);
  const slider = el("input", { type: "range", min: "0", max: String(points.length), value: String(points.length),
    "aria-label": say("progress"), data: { key: "progress" } });
  const button = el("button", { type: "button", class: "quiet", data: { key: "replay" } });
  const show = (drawn) => {
    strokes.forEach(({ first, line }, at) => paths[at].setAttribute("points", drawnLine(line.slice(0, Math.max(0, drawn - first)))));
    const seen = weights?.[Math.min(Math.max(drawn - 1, 0), weights.length - 1)] ?? [];
    chips.forEach((chip, u) => shade(chip, Math.min(1, seen[u] ?? 0)));
    slider.value = String(drawn);
    slider.setAttribute("aria-valuetext", told(drawn, points.length, names[seen.indexOf(Math.max(...seen))]));
  };
  const starts = [...strokes.slice(1).map(({ first }) => first), points.length];
  replayed(button, slider, points.length, starts, show);
  show(points.length);
  return el("div", { class: "strokes" }, picture,
    chips.length ? el("p", { class: "letters", role: "group", "aria-label": say("seenWindow") }, chips) : null,
    el("div", { class: "head" }, button, slider),
    ended === "length" ? el("p", { class: "facts" }, say("unfinished")) : null);
};

const shade = (chip, share) => {
  chip.style.setProperty("--share", share.toFixed(3));
  chip.classList.toggle("bright", share > BRIGHT);
};

/** Where the pen is, for a reader who listens. */
const told = (point, points, letter) =>
  letter === undefined ? say("pointOf", { point, points })
    : say("pointAt", { point, points, letter: letter === " " ? say("blank") : letter });

/** The button starts and stops. Who asked for less motion gets a stroke for each press. `ends` are the points
    at which strokes are whole. */
const replayed = (button, slider, last, ends, show) => {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const idle = say(still ? "nextStroke" : "replay");
  let running = 0, at = last;
  const move = (to) => show((at = to));
  const stop = () => {
    cancelAnimationFrame(running);
    running = 0;
    button.textContent = idle;
  };
  const play = () => {
    const begun = performance.now(), from = at;
    const frame = (now) => {
      move(Math.min(last, from + Math.max(0, Math.round(((now - begun) / 1000) * SPEED))));
      if (at < last && button.isConnected) running = requestAnimationFrame(frame);
      else stop();
    };
    running = requestAnimationFrame(frame);
    button.textContent = say("pause");
  };
  button.textContent = idle;
  button.addEventListener("click", () => {
    if (running) return stop();
    const from = at >= last ? 0 : at;
    if (still) return move(ends.find((end) => end > from) ?? last);
    at = from;
    play();
  });
  slider.addEventListener("input", () => {
    stop();
    move(Number(slider.value));
  });
};
