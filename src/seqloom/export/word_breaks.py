"""Which characters count as what where words end (Unicode annex 29), for programs that lack the table.

    Word_Break property -> [gap, length, gap, length, ...]    runs of characters, each gap from the end
                                                              of the run before

Browsers know these properties but do not tell them; what they tell, where words end, differs from
Unicode's own rules by language. A vocabulary was cut by the rules, so its sources must be too.
"""

import sys
from collections.abc import Iterator

import regex

PROPERTIES = (
    *("CR", "LF", "Newline", "Extend", "ZWJ", "Regional_Indicator", "Format", "Katakana"),
    *("Hebrew_Letter", "ALetter", "Single_Quote", "Double_Quote", "MidNumLet", "MidLetter"),
    *("MidNum", "Numeric", "ExtendNumLet", "WSegSpace"),
)
SURROGATES = range(0xD800, 0xE000)


def word_breaks() -> dict[str, list[int]]:
    """The table, as the tokenizer of words has it."""
    points = (point for point in range(sys.maxunicode + 1) if point not in SURROGATES)
    everything = "".join(map(chr, points))
    return {name: list(_runs(name, everything)) for name in PROPERTIES}


def _runs(name: str, everything: str) -> Iterator[int]:
    end = 0
    for found in regex.finditer(rf"\p{{WB={name}}}+", everything):
        first, last = ord(found[0][0]), ord(found[0][-1])
        yield from (first - end, last + 1 - first)
        end = last + 1
