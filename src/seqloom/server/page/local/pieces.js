// How words are cut into the pieces that were learnt in training, as the library `tokenizers` cuts them.
//
//   bpe         neighbours are merged, of all pairs the one that was learnt first, again and again
//   unigram     the pieces whose scores add up to most
//   wordpiece   the longest piece that fits, from the left; a run with a rest is unknown as a whole
//
// No piece crosses the border of a run: letters and digits, or other marks, each with the blank before it.

import { alternatives } from "./runs.js";

const UNKNOWN = "⁇";

/** `pieces` as exported: merges or scores. `runs`: the table of characters. */
export const pieceTokenizer = (kind, tokens, pieces, runs) => {
  const pattern = alternatives(runs);
  const cut = CUTS[kind](tokens, pieces);
  return {
    unknown: UNKNOWN,
    // As if a blank stood before the text: a word is the same word at its beginning.
    split: (text) => (text ? ` ${text}`.match(pattern).flatMap(cut) : []),
    join: (units) => units.join("").replace(/^ /, ""),
  };
};

const bpe = (_, { merges }) => {
  const ranks = new Map();
  merges.forEach(([left, right], rank) => {
    if (!ranks.has(left)) ranks.set(left, new Map());
    ranks.get(left).set(right, rank);
  });
  const rankAt = (units, at) => ranks.get(units[at])?.get(units[at + 1]) ?? Infinity;
  return (run) => {
    const units = Array.from(run);
    for (;;) {
      let first = 0;
      for (let at = 1; at < units.length - 1; at++) if (rankAt(units, at) < rankAt(units, first)) first = at;
      if (rankAt(units, first) === Infinity) return units;
      units.splice(first, 2, units[first] + units[first + 1]);
    }
  };
};

const unigram = (tokens, { scores, unknown }) => {
  const scoreOf = new Map(tokens.map((token, place) => [token, scores[place]]));
  const longest = Math.max(...tokens.map((token) => Array.from(token).length));
  return (run) => {
    const points = Array.from(run);
    const best = [{ total: 0 }]; // of the cuts that end at each place
    for (let from = 0; from < points.length; from++) {
      let piece = "";
      for (let end = from + 1; end <= Math.min(from + longest, points.length); end++) {
        piece += points[end - 1];
        const known = scoreOf.has(piece);
        if (!known && end > from + 1) continue;
        const total = best[from].total + (known ? scoreOf.get(piece) : unknown);
        if (!best[end] || total > best[end].total) best[end] = { total, from, known, piece };
      }
    }
    return wayTo(best);
  };
};

/** The pieces of the best cut; unknown neighbours are one. */
const wayTo = (best) => {
  const units = [];
  for (let end = best.length - 1, joins = false; end > 0; end = best[end].from) {
    const { known, piece } = best[end];
    if (joins && !known) units.unshift(piece + units.shift());
    else units.unshift(piece);
    joins = !known;
  }
  return units;
};

const wordpiece = (tokens) => {
  const known = new Set(tokens);
  return (run) => {
    const points = Array.from(run), units = [];
    for (let from = 0; from < points.length; ) {
      let end = points.length;
      while (end > from && !known.has(points.slice(from, end).join(""))) end--;
      if (end === from) return [run];
      units.push(points.slice(from, end).join(""));
      from = end;
    }
    return units;
  };
};

const CUTS = { bpe, unigram, wordpiece };
export const PIECES = Object.keys(CUTS);
