// Where words end, by Unicode's default rules (annex 29, section 4.1) as the library `regex` reads them.
// Browsers have rules of their own for some languages, and a model's vocabulary was cut by these.
//
//   table   Word_Break property -> [gap, length, ...], runs of characters (as exported)

/** A function that cuts a text into the segments between word boundaries. */
export const segmenter = (table) => {
  const starts = [], ends = [], names = [];
  const runs = Object.entries(table).flatMap(([name, numbers]) => {
    const found = [];
    for (let at = 0, place = 0; at < numbers.length; at += 2) {
      const first = place + numbers[at];
      place = first + numbers[at + 1];
      found.push([first, place, name]);
    }
    return found;
  });
  for (const [first, end, name] of runs.sort((a, b) => a[0] - b[0])) {
    starts.push(first);
    ends.push(end);
    names.push(name);
  }
  const property = (point) => {
    let [low, high] = [0, starts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (starts[middle] <= point) low = middle + 1;
      else high = middle;
    }
    return low && point < ends[low - 1] ? names[low - 1] : "Other";
  };
  return (text) => segments(Array.from(text), property);
};

const LINE = new Set(["CR", "LF", "Newline"]);
const IGNORED = new Set(["Extend", "Format", "ZWJ"]);
const LETTER = new Set(["ALetter", "Hebrew_Letter"]);
const INSIDE_WORD = new Set(["MidLetter", "MidNumLet", "Single_Quote"]);
const INSIDE_NUMBER = new Set(["MidNum", "MidNumLet", "Single_Quote"]);
// Elisions of French and Italian: an apostrophe stays with the vowel after it.
const APOSTROPHES = new Set("'\u2019");
const VOWELS = new Set("AEIOUaeiouÀÁÂÈÉÊÌÍÎÒÓÔÙÚÛàáâèéêìíîòóôùúûİ");
const LINKED = new Set(["ALetter", "Hebrew_Letter", "Numeric", "Katakana", "ExtendNumLet"]);

const segments = (points, property) => {
  const kinds = points.map((point) => property(point.codePointAt(0)));
  const found = [];
  let word = "";
  points.forEach((point, at) => {
    if (at && parted(points, kinds, at)) {
      found.push(word);
      word = "";
    }
    word += point;
  });
  return word ? [...found, word] : found;
};

/** Whether there is a boundary before place `at`. The numbers are those of the rules. */
const parted = (points, kinds, at) => {
  const [last, next] = [kinds[at - 1], kinds[at]];
  if (last === "CR" && next === "LF") return false; // WB3
  if (LINE.has(last) || LINE.has(next)) return true; // WB3a, WB3b
  if (last === "ZWJ" && /\p{Extended_Pictographic}/u.test(points[at])) return false; // WB3c
  if (last === "WSegSpace" && next === "WSegSpace") return false; // WB3d
  if (IGNORED.has(next)) return false; // WB4
  const before = earlier(kinds, at), left = kinds[before];
  if (APOSTROPHES.has(points[before]) && VOWELS.has(points[at])) return false;
  return !joined(left, next, kinds[before - 1], kinds[at + 1]) && !flags(kinds, before);
};

/** The place before `at` that counts. */
const earlier = (kinds, at) => {
  let place = at - 1;
  while (place > 0 && IGNORED.has(kinds[place])) place--;
  return place;
};

const joined = (left, next, beforeLeft, afterNext) => {
  if (LETTER.has(left) && LETTER.has(next)) return true; // WB5
  if (LETTER.has(left) && INSIDE_WORD.has(next) && LETTER.has(afterNext)) return true; // WB6
  if (LETTER.has(beforeLeft) && INSIDE_WORD.has(left) && LETTER.has(next)) return true; // WB7
  if (left === "Hebrew_Letter" && next === "Single_Quote") return true; // WB7a
  if (left === "Hebrew_Letter" && next === "Double_Quote" && afterNext === "Hebrew_Letter") return true; // WB7b
  if (beforeLeft === "Hebrew_Letter" && left === "Double_Quote" && next === "Hebrew_Letter") return true; // WB7c
  if (left === "Numeric" && (next === "Numeric" || LETTER.has(next))) return true; // WB8, WB10
  if (LETTER.has(left) && next === "Numeric") return true; // WB9
  if (beforeLeft === "Numeric" && INSIDE_NUMBER.has(left) && next === "Numeric") return true; // WB11
  if (left === "Numeric" && INSIDE_NUMBER.has(next) && afterNext === "Numeric") return true; // WB12
  if (left === "Katakana" && next === "Katakana") return true; // WB13
  return (LINKED.has(left) && next === "ExtendNumLet") || (left === "ExtendNumLet" && LINKED.has(next)); // WB13a, WB13b
};

/** Regional indicators go in pairs (WB15, WB16); one that is left over takes what follows. */
const flags = (kinds, before) => {
  let count = 0;
  for (let place = before; kinds[place] === "Regional_Indicator"; place--) count++;
  return count % 2 === 1;
};
