// A text that a model went on with, after what it was given.
//
//   {kind: "text", result: {text: "Once upon", given: 4, ended: "end" or "length", unknown: ["☃"]}}

import { el } from "./dom.js";
import { say } from "./strings.js";

export const writtenView = ({ text, given, ended }) => {
  const letters = [...text]; // `given` counts letters, of which some are two units of a string
  const [before, own] = [letters.slice(0, given).join(""), letters.slice(given).join("")];
  return el("div", { class: "written" },
    el("p", { class: `output${text ? "" : " nothing"}`, dir: "auto" },
      given ? el("span", { class: "given" }, before) : null, text ? own : say("empty")),
    ended === "length" ? el("p", { class: "facts" }, say("unfinished")) : null);
};
