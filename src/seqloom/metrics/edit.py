"""Edit distance to the nearest reference, over the length of that reference.

    per = 100 * sum_i edits(output_i, reference_i) / sum_i length(reference_i)
    cer = the same

where `per` counts symbols separated by blanks and `cer` counts characters. Edits are insertions,
deletions and substitutions, each costing 1 (Levenshtein). Of several references the nearest counts:
the fewest edits, then the longer one. The sums run over the whole set (micro-average), as in
SIGMORPHON 2020 task 1; its figure for many languages is the plain mean of one `per` for each. Its
script charges only 1 for any number of insertions or deletions at the very start, so its figures
can lie slightly below these.

On pronunciations the symbols of `per` are phones; on text they are words, and `per` is the word
error rate of speech recognition. `cer` counts Unicode code points after NFC, as most published
figures do, not grapheme clusters; a blank is a character.
"""

from collections.abc import Callable, Sequence

import numpy as np
from rapidfuzz.distance import Levenshtein

from seqloom.metrics.pairs import Pair, symbols
from seqloom.metrics.tally import Tally, percent

Cut = Callable[[str], Sequence[str]]


def per(pairs: Sequence[Pair]) -> Tally:
    return _edits(pairs, symbols)


def cer(pairs: Sequence[Pair]) -> Tally:
    return _edits(pairs, str)


def _edits(pairs: Sequence[Pair], cut: Cut) -> Tally:
    return Tally(np.array([_nearest(pair, cut) for pair in pairs], dtype=np.float64), percent)


def _nearest(pair: Pair, cut: Cut) -> tuple[int, int]:
    """Edits to the nearest reference, and its length."""
    output = cut(pair.output)
    references = [cut(reference) for reference in pair.references]
    edits = [(Levenshtein.distance(output, known), len(known)) for known in references]
    return min(edits, key=lambda found: (found[0], -found[1]))
