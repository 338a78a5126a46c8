// How a normalised text is cut into units, and how units are written: what the settings of a side ask for.
//
//   characters   grapheme clusters; code points where the normal form is NFD; jamo on request
//   whitespace   what stands between blanks
//   words        words and punctuation marks, each with the blank before it
//   bytes        the bytes of UTF-8, each as the character of that number
//   bpe, unigram, wordpiece   pieces of words that were learnt in training (pieces.js)

import { PIECES, pieceTokenizer } from "./pieces.js";
import { segmenter } from "./words.js";

// White space as Python's str.split takes it, which is not quite what \s is here.
const BLANKS = /[\t-\r\x1c-\x1f \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/u;
const UNKNOWN = "⁇";

export const split = (text) => text.split(BLANKS).filter(Boolean);

const clusters = new Intl.Segmenter("und", { granularity: "grapheme" });

const graphemes = (text) => Array.from(clusters.segment(text), ({ segment }) => segment);

const HANGUL = /[\u1100-\u11ff\ua960-\ua97f\uac00-\ud7ff]/u;
const SYLLABLE = /[\uac00-\ud7a3]/gu;

const jamo = (text) => graphemes(text).flatMap((cluster) =>
  HANGUL.test(cluster) ? Array.from(cluster.replace(SYLLABLE, (one) => one.normalize("NFD"))) : [cluster]);

const wordUnits = (segments) => (text) => {
  const whole = split(text).join(" ");
  if (!whole) return [];
  const units = [];
  let blank = "";
  for (const segment of segments(` ${whole}`)) {
    if (segment !== " ") units.push(blank + segment);
    blank = segment === " " ? " " : "";
  }
  return units;
};

const latin = (bytes) => Array.from(bytes, (byte) => String.fromCharCode(byte));
const utf8 = (text) => new TextEncoder().encode(text);
const text = (bytes) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(bytes));

const joined = (units) => units.join("");

const KINDS = {
  graphemes: { split: graphemes, join: joined, unknown: UNKNOWN },
  points: { split: (given) => Array.from(given), join: joined, unknown: UNKNOWN },
  jamo: { split: jamo, join: (units) => joined(units).normalize("NFC"), unknown: UNKNOWN },
  whitespace: { split, join: (units) => units.join(" "), unknown: UNKNOWN },
  words: { join: (units) => joined(units).replace(/^ /, ""), unknown: ` ${UNKNOWN}` },
  bytes: {
    split: (given) => latin(utf8(given)),
    join: (units) => text(Array.from(joined(units), (unit) => unit.codePointAt(0))),
    unknown: joined(latin(utf8(UNKNOWN))),
  },
};

const FIRST_BYTE = 0xdc00;
const isByte = (unit) => unit.length === 1 && unit >= "\udc00" && unit <= "\udcff";

export const BYTE_UNITS = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(FIRST_BYTE + byte));

/** Units that are not known are spelled in bytes; `parted` where blanks part the units of a text. */
const spelling = ({ split: cut, join, unknown }, known, parted) => ({
  unknown,
  split: (given) => cut(given).flatMap((unit) =>
    known.has(unit) ? [unit] : Array.from(utf8(parted ? `${unit} ` : unit), (byte) => BYTE_UNITS[byte])),
  join: (units) => {
    const read = [];
    for (let at = 0; at < units.length; at++) {
      if (!isByte(units[at])) {
        read.push(units[at]);
        continue;
      }
      const run = [];
      for (; at < units.length && isByte(units[at]); at++) run.push(units[at].charCodeAt(0) - FIRST_BYTE);
      at--;
      read.push(...(parted ? split(text(run)) : [text(run)]));
    }
    return join(read);
  },
});

/** The tokenizer of these settings.

    tokens   those that were seen in training
    pieces   what was learnt of pieces of words, where those are the units
    tables   which characters part words (`breaks`) and runs (`runs`), where that counts */
export const tokenizer = (settings, tokens, pieces, tables) => {
  const found = cutting(settings, tokens, pieces, tables);
  return settings.byte_fallback ? spelling(found, new Set(tokens), settings.kind === "whitespace") : found;
};

const cutting = ({ kind, normalize, jamo: letters }, tokens, pieces, { breaks, runs }) => {
  if (PIECES.includes(kind)) return pieceTokenizer(kind, tokens, pieces, runs);
  if (kind === "words") return { ...KINDS.words, split: wordUnits(segmenter(breaks)) };
  const characters = normalize === "NFD" ? "points" : letters ? "jamo" : "graphemes";
  return KINDS[kind === "characters" ? characters : kind];
};

/** The text in the normal form and letter case of the settings; half a surrogate pair becomes U+FFFD. */
export const normal = (given, { normalize, lowercase }) => {
  const formed = (each) => (normalize === "none" ? each : each.normalize(normalize));
  const whole = formed(given.replace(/\p{Surrogate}/gu, "\ufffd"));
  return lowercase ? formed(whole.toLowerCase()) : whole;
};
