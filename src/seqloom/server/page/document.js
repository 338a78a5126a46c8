// A document as a classifier saw it: the weight of each sentence in the margin, that of each word as shading.
//
//   {kind: "documents", result: {
//     labels: ["5"],                             what was decided
//     probabilities: {"1": 0.01, "5": 0.9, ...},
//     sentences: [{text, weight, words: [...], weights: [...]}],   weights of the words in the sentence
//     notes: ["..."]}}                           such as that sentences were left out

import { el, roving } from "./dom.js";
import { percent, say } from "./strings.js";
import { strongest } from "./tokens.js";

const BRIGHT = 0.8;

/** The square root of a sentence's weight times the word's own, the strongest of the document 1. */
const shades = (sentences) => {
  const raw = sentences.map(({ weight, weights }) => weights.map((own) => Math.sqrt(weight) * own));
  const most = Math.max(...raw.flat(), 0) || 1;
  return raw.map((row) => row.map((shade) => shade / most));
};

export const documentView = ({ labels, probabilities, sentences, notes }) => {
  const shading = shades(sentences);
  const heaviest = Math.max(...sentences.map(({ weight }) => weight), 0) || 1;
  const ranked = Object.entries(probabilities).sort((a, b) => b[1] - a[1]);
  const line = el("p", { class: "readout" }, say("documentHelp"));
  const rows = sentences.map((sentence, at) => drawnSentence(sentence, sentence.weight / heaviest, shading[at], line, at));
  const list = el("ol", { class: "sentences" }, rows);
  roving(list, rows, { before: ["ArrowUp"], after: ["ArrowDown"] });
  return el("div", { class: "document" },
    el("p", { class: "output", dir: "auto" }, labels.join(", ")),
    el("h3", {}, say("labels")),
    el("ol", { class: "labels" }, ranked.map(([label, share]) => el("li", { vars: { share: share.toFixed(4) } },
      el("bdi", {}, label), el("span", { class: "share" }, percent(share))))),
    el("h3", {}, say("document")),
    list, line,
    notes.map((note) => el("p", { class: "help" }, note)));
};

/** A sentence that says, once it is reached by pointer or keyboard, which of its words counted most. */
const drawnSentence = ({ weight, words, weights }, shade, shading, line, at) => {
  const said = say("sentence", { number: at + 1, share: percent(weight), words: strongest(words, weights) });
  const tell = () => (line.textContent = said);
  return el("li", { vars: { share: shade.toFixed(4) }, "aria-label": `${said}. ${words.join(" ")}`, on: { focus: tell, pointerenter: tell } },
    el("span", { class: "weight" }, percent(weight)),
    el("p", { dir: "auto" }, words.flatMap((word, place) => [el("span", {
      class: `word${shading[place] > BRIGHT ? " bright" : ""}`, title: percent(weights[place]),
      vars: { share: shading[place].toFixed(3) },
    }, word), " "])));
};
