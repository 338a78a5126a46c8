// A drawing, replayed stroke by stroke; for handwriting with the letter that the window is on.
//
//   {kind: "strokes", result: {
//     text: "the letters that were asked for" or null,
//     points: [[dx, dy, end], ...],         offsets of the pen, y downwards; end is 1 where it lifts after it
//     window: [[phi(t, u), ...], ...]       for each point the weight of each letter of `text`; or null
//   }}

import { el, svg } from "./dom.js";
import { say } from "./strings.js";

const EDGE = 8;
const SPEED = 90; // points a second

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
  const edge = EDGE * Math.max(1, (most(xs) - least(xs)) / 400);
  return `${least(xs) - edge} ${least(ys) - edge} ${most(xs) - least(xs) + 2 * edge} ${most(ys) - least(ys) + 2 * edge}`;
};

export const strokesView = ({ text, points, window: weights }) => {
  const strokes = placed(points);
  const paths = strokes.map(() => svg("polyline", { "vector-effect": "non-scaling-stroke" }));
  const picture = svg("svg", { class: "drawing", viewBox: box(strokes), role: "img", "aria-label": text ?? say("drawing") }, ...paths);
  const letters = text && weights ? [...text].map((letter) => el("span", { class: "token" }, el("bdi", {}, letter === " " ? "␣" : letter))) : [];
  const slider = el("input", { type: "range", min: "0", max: String(points.length), value: String(points.length), "aria-label": say("progress") });
  const button = el("button", { type: "button", class: "quiet" }, say("replay"));
  const show = (drawn) => {
    strokes.forEach(({ first, line }, at) =>
      paths[at].setAttribute("points", line.slice(0, Math.max(0, drawn - first)).map((point) => point.join()).join(" ")));
    const seen = weights?.[Math.min(Math.max(drawn - 1, 0), weights.length - 1)] ?? [];
    letters.forEach((letter, u) => letter.style.setProperty("--share", Math.min(1, seen[u] ?? 0).toFixed(3)));
    slider.value = String(drawn);
  };
  replayed(button, points.length, show, slider);
  show(points.length);
  return el("div", { class: "strokes" }, picture,
    letters.length ? el("p", { class: "letters", "aria-label": say("seenWindow") }, letters) : null,
    el("div", { class: "head" }, button, slider));
};

/** The button starts and stops; who wants less motion moves the slider. */
const replayed = (button, last, show, slider) => {
  let running = 0, at = last;
  const stop = () => {
    cancelAnimationFrame(running);
    running = 0;
    button.textContent = say("replay");
  };
  const play = () => {
    const begun = performance.now(), from = at;
    const frame = (now) => {
      at = Math.min(last, from + Math.round(((now - begun) / 1000) * SPEED));
      show(at);
      if (at < last) running = requestAnimationFrame(frame);
      else stop();
    };
    running = requestAnimationFrame(frame);
    button.textContent = say("pause");
  };
  button.addEventListener("click", () => {
    if (running) return stop();
    if (at >= last) at = 0;
    play();
  });
  slider.addEventListener("input", () => {
    stop();
    at = Number(slider.value);
    show(at);
  });
};
