// Where a text is cut before its words are: runs of letters, digits and marks; of other marks; blanks. A
// run begins with the blank before it, and ends after 40 characters.
//
//   table   letters and blanks -> [gap, length, ...], stretches of characters (as exported)
//
// Browsers know letters of their own (\p{L}), each by its version of Unicode; a vocabulary was cut by these.

const LONGEST = 40;

const escaped = (point) => `\\u{${point.toString(16)}}`;

/** The stretches as what stands between the brackets of a regular expression. */
const inside = (numbers) => {
  let found = "";
  for (let at = 0, place = 0; at < numbers.length; at += 2) {
    const first = place + numbers[at];
    place = first + numbers[at + 1];
    found += `${escaped(first)}-${escaped(place - 1)}`;
  }
  return found;
};

/** A regular expression of which every character of a text is part of a match. */
export const alternatives = (table) => {
  const letters = inside(table.letters), blanks = inside(table.blanks);
  const run = (what) => ` ?[${what}]{1,${LONGEST}}`;
  return new RegExp(`${run(letters)}|${run(`^${letters}${blanks}`)}|[${blanks}]`, "gu");
};
