"""BLEU (Papineni et al. 2002) and chrF (Popović 2015), counted by sacreBLEU (Post 2018).

    BLEU = BP * exp(mean over n = 1..4 of log p_n)
    BP   = min(1, exp(1 - reference length / output length))
    chrF = 5 P R / (4 P + R)

with p_n the share of the outputs' n-grams (of words) that a reference has too, and P and R the mean
precision and recall of 1- to 6-grams of characters, blanks left out. Both are points from 0 to 100
over the whole set and come with the signature that says how they were counted; scores of unlike
signatures do not compare.

`tokenize` says how BLEU finds words: '13a', sacreBLEU's default, in plain (detokenised) text;
'none' in text that is tokenised already. Lower-cased tokenised BLEU is tokenize='none',
lowercase=True. If all outputs are shorter than four words, BLEU is 0 however right they are: ask
for chrF or exact.
"""

from collections.abc import Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from seqloom.metrics.pairs import Pair
from seqloom.metrics.tally import Counts, Tally

if TYPE_CHECKING:
    from sacrebleu.metrics.base import Metric

Tokenize = Literal["13a", "none", "intl", "char", "zh"]


def bleu(pairs: Sequence[Pair], tokenize: Tokenize = "13a", lowercase: bool = False) -> Tally:
    from sacrebleu.metrics.bleu import BLEU  # slow, and who only answers needs none

    # force: no log lines about options that only sacreBLEU's own command has.
    return _tally(pairs, BLEU(lowercase=lowercase, tokenize=tokenize, force=True))


def chrf(pairs: Sequence[Pair], lowercase: bool = False) -> Tally:
    from sacrebleu.metrics.chrf import CHRF

    return _tally(pairs, CHRF(lowercase=lowercase))


def _tally(pairs: Sequence[Pair], metric: "Metric") -> Tally:
    """The statistics that sacreBLEU itself adds up, one row per item; it has no public name for
    them, so a test holds the outcome against its public scores."""
    outputs = [pair.output for pair in pairs]
    counts = metric._extract_corpus_statistics(  # pyright: ignore[reportPrivateUsage]
        outputs,
        _streams(pairs),  # pyright: ignore[reportArgumentType]  # None is allowed, if not declared
    )

    def score(sums: list[float]) -> float:
        return metric._compute_score_from_stats(sums).score  # pyright: ignore[reportPrivateUsage]

    def rate(sums: Counts) -> NDArray[np.float64]:
        return np.array([score(row) for row in sums.tolist()])

    return Tally(np.array(counts, dtype=np.float64), rate, str(metric.get_signature()))


def _streams(pairs: Sequence[Pair]) -> list[tuple[str | None, ...]]:
    """All first references, then all second ones, and so on; None where an item has no more."""
    return list(zip_longest(*(pair.references for pair in pairs)))
