// What else the model might have written at every step, with probabilities. Each is a button that holds the
// output up to there.
//
//   alternatives[t]   [{token, text, log_prob, taken}], best first; `taken` is what the output has at step t

import { el } from "./dom.js";
import { percent, say } from "./strings.js";
import { drawn, named } from "./tokens.js";

/** `hold(t, token)` is called with what was chosen. */
export const steps = (alternatives, selection, held, hold) => {
  const columns = alternatives.map((step, t) => el("li", { class: t < held ? "held" : "" },
    el("h4", {}, el("span", { class: "number", "aria-hidden": "true" }, String(t + 1)),
      el("span", { class: "hidden" }, say("step", { number: t + 1 }))),
    el("ul", {}, options(step, (token) => hold(t, token)))));
  columns.forEach((node, t) => {
    node.addEventListener("pointerenter", () => selection.point({ t, s: null }));
    node.addEventListener("pointerleave", () => selection.point(null));
    node.addEventListener("focusin", () => selection.focus({ t, s: null }));
    node.addEventListener("focusout", () => selection.focus(null));
  });
  selection.listen(({ t }) => columns.forEach((node, place) => node.classList.toggle("lit", place === t)));
  return el("div", { class: "scroll", tabindex: "-1" }, el("ol", { class: "steps" }, columns));
};

const options = (step, hold) =>
  step.map(({ token, log_prob: logProb, taken }) => {
    const share = Math.exp(logProb);
    const label = say(taken ? "chosen" : "hold", { token: named(token), share: percent(share) });
    return el("li", {}, el("button", {
      type: "button", class: "option", "aria-label": label, "aria-current": taken ? "true" : null,
      vars: { share: share.toFixed(4) }, on: { click: () => hold(token) },
    }, drawn(token), el("span", { class: "share" }, percent(share))));
  });
