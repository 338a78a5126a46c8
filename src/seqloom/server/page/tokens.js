// Tokens as the page shows and names them.

import { el } from "./dom.js";
import { percent, say } from "./strings.js";

const RTL = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const STRONG = /\p{L}/u;

/** Whether tokens run from right to left: their first letter says so. */
export const direction = (tokens) => {
  for (const token of tokens) {
    const letter = STRONG.exec(token)?.[0];
    if (letter && !/^<.*>$/.test(token)) return RTL.test(letter) ? "rtl" : "ltr";
  }
  return "ltr";
};

export const isEnd = (token) => token === "<eos>";

/** The token in words, for a label. */
export const named = (token) => (isEnd(token) ? say("end") : token);

/** The token as an element of its own direction. */
export const drawn = (token) => {
  if (isEnd(token)) return el("i", { class: "end" }, say("end"));
  const [blank, rest] = token.startsWith("␣") && token.length > 1 ? ["␣", token.slice(1)] : ["", token];
  return el("bdi", {}, blank ? el("span", { class: "blank" }, blank) : null, rest);
};

const MENTIONED = 3;
const FAINT = 0.05;

/** The largest shares in words: 'ㄱ 81%, ㅏ 12%'. */
export const strongest = (tokens, shares) => {
  const order = shares.map((share, place) => ({ share, place })).sort((a, b) => b.share - a.share);
  const told = order.slice(0, MENTIONED).filter(({ share }) => share >= FAINT);
  const words = told.map(({ share, place }) => say("share", { token: named(tokens[place]), share: percent(share) }));
  return words.join(", ") || say("nobody");
};
