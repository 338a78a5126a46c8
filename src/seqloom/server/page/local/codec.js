// One side of the pairs: text to ids and back, by what was seen in training.
//
//   ids   0..3 <pad> <unk> <sos> <eos>, then features, then tokens; from `size` on the units of one source
//         that may be copied (`open`)

import { BYTE_UNITS, normal, tokenizer } from "./cut.js";
import { refused } from "./refused.js";

export const [PAD, UNK, SOS, EOS] = [0, 1, 2, 3];
const SPECIALS = 4;
const JOINING = /[\p{M}\u200c\u200d\u{e0020}-\u{e007f}]/u; // what works on its neighbours, and is left to it

export class Codec {
  /** As exported: settings, features, tokens, `shown`, every id as people see it, and what was learnt of
      pieces of words. `tables` tell what browsers do not, or not all alike, of characters. */
  constructor({ settings, features, tokens, shown, pieces }, tables = {}) {
    this.settings = settings;
    this.tokenizer = tokenizer(settings, tokens, pieces, tables);
    this.tokens = settings.byte_fallback ? [...tokens, ...BYTE_UNITS] : tokens;
    this.shown = shown;
    this.letters = tables.letters ?? {};
    this.first = SPECIALS + features.length;
    this.size = this.first + this.tokens.length;
    this.ids = new Map(this.tokens.map((token, place) => [token, this.first + place]));
    this.features = new Map(features.map((feature, place) => [feature, SPECIALS + place]));
  }

  units(text) {
    return this.tokenizer.split(normal(text, this.settings));
  }

  /** The ids of features, text and <eos>. */
  encode(text, features = []) {
    const own = features.map((feature) => this.features.get(feature) ?? UNK);
    return [...own, ...this.units(text).map((unit) => this.ids.get(unit) ?? UNK), EOS];
  }

  decode(ids, open = []) {
    const units = ids.filter((id) => id >= this.first || id === UNK).map((id) => this.unit(id, open));
    const text = this.tokenizer.join(units);
    return this.settings.normalize === "NFD" ? text.normalize("NFC") : text;
  }

  unit(id, open) {
    if (id === UNK) return this.tokenizer.unknown;
    return id >= this.size ? open[id - this.size] : this.tokens[id - this.first];
  }

  /** Ids as people see them. */
  show(ids, open = []) {
    return ids.map((id) => (id < this.size ? this.shown[id] : this.visible(open[id - this.size])));
  }

  unknown(text) {
    return [...new Set(this.units(text))].filter((unit) => !this.ids.has(unit));
  }

  /** The ids of tokens as they are shown; the first of those that look alike. */
  find(tokens, open) {
    this.known ??= new Map(this.shown.map((token, id) => [token, id]).filter(([, id]) => id !== PAD && id !== SOS).reverse());
    const copies = new Map(open.map((unit, place) => [this.visible(unit), this.size + place]));
    return tokens.map((token) => {
      const id = this.known.get(token) ?? copies.get(token);
      if (id === undefined) throw refused("refused", `The model writes no token '${token}'.`);
      return id;
    });
  }

  /** A unit of the source as it can be seen: no blank, no control character, no lone mark is invisible. */
  visible(unit) {
    const bare = this.settings.kind === "words" ? unit.replace(/^ /, "") : unit;
    const points = Array.from(bare);
    return points.map((point, place) => (place && JOINING.test(point) ? point : this.seen(point))).join("");
  }

  seen(point) {
    if (point === " ") return "␣";
    if (point < " ") return String.fromCodePoint(0x2400 + point.codePointAt(0));
    if (/[\p{C}\p{Z}]/u.test(point)) return `<U+${point.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}>`;
    return /\p{M}/u.test(point) ? `◌${point}` : (this.letters[point] ?? point);
  }
}

/** A source as numbers; what may be copied is numbered too (units without a target id are `open`). */
export const read = ({ source, target, copying }, text, features) => {
  const plain = source.encode(text, features);
  if (!copying) return { ids: plain, plain, open: [] };
  const units = source.units(text);
  const open = [...new Set(units.filter((unit) => !target.ids.has(unit)))];
  const first = plain.length - units.length - 1;
  const copy = (unit) => target.ids.get(unit) ?? target.size + open.indexOf(unit);
  const ids = plain.map((id, place) =>
    (place < first || place === plain.length - 1 ? id : id + source.size * (copy(units[place - first]) + 1)));
  return { ids, plain, open };
};
