"""How like each other texts are, two by two: 1 for the same text, 0 for nothing in common.

    edit(h, r) = 1 - d / max(|h|, |r|)            d edits of characters (Levenshtein)
    chrf(h, r) = 5 P R / (4 P + R)                Popović 2015: h judged by r as its reference

with P and R the mean precision and recall of the runs of 1 to 6 characters, blanks left out, over
those lengths of which both texts have any: sacreBLEU's sentence chrF, without the factor 100. Every
run is counted once per text, not once per pair, which is what ranking many samples asks for.

Sizes: D texts, G different runs of one length.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

Scores = NDArray[np.float64]

_LONGEST = 6
"""Characters of the longest run."""


def edit(texts: Sequence[str]) -> Scores:
    """[D, D], the same both ways round."""
    return np.array([[Levenshtein.normalized_similarity(h, r) for r in texts] for h in texts])


def chrf(texts: Sequence[str]) -> Scores:
    """[D, D]: the row judged by the column."""
    bare = ["".join(text.split()) for text in texts]
    precision = np.zeros((len(texts), len(texts)))
    recall, lengths = np.zeros_like(precision), np.zeros_like(precision)
    for n in range(1, _LONGEST + 1):
        counts = _run_counts(bare, n)
        totals = counts.sum(axis=1)
        both = (totals[:, None] > 0) & (totals[None] > 0)
        matches = np.array([np.minimum(own, counts).sum(axis=1) for own in counts])
        # Where a text has none there are no matches either, whatever they are divided by.
        precision += matches / np.maximum(totals[:, None], 1)
        recall += matches / np.maximum(totals[None], 1)
        lengths += both
    precision, recall = (part / np.maximum(lengths, 1) for part in (precision, recall))
    weight = 4 * precision + recall
    similarity = 5 * precision * recall / np.where(weight > 0, weight, 1.0)
    np.fill_diagonal(similarity, 1.0)
    return similarity


def _run_counts(texts: Sequence[str], n: int) -> Scores:
    """[D, G]: how often each text has each run of n characters."""
    runs = [Counter(text[i : i + n] for i in range(len(text) - n + 1)) for text in texts]
    columns = {run: column for column, run in enumerate(set().union(*runs))}
    counts = np.zeros((len(texts), len(columns)))
    for row, own in zip(counts, runs, strict=True):
        row[[columns[run] for run in own]] = list(own.values())
    return counts
