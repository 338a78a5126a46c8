"""Minimum Bayes risk: the output that is most like whatever else the model might have said.

    U(y) = 1/N sum_j u(y, y_j)             y_1 .. y_N samples of the model, y one of them

The likeliest output can be an odd one out; the output of highest expected utility U is at home among
the samples (Eikema & Aziz 2020). u is likeness as text, see similarity. Every sample counts as
evidence as often as it was drawn, and is ranked once.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, assert_never

import numpy as np

from seqloom.predict import similarity
from seqloom.predict.result import Output


def minimum_risk(samples: Sequence[Output], utility: Literal["chrf", "edit"]) -> list[Output]:
    """Each different text once, by falling expected utility, which becomes its score.

    Of samples that read the same the first drawn stands for all; equals are in the order of draws.
    """
    drawn = Counter(sample.text for sample in samples)
    texts = list(drawn)
    shares = np.array([drawn[text] / len(samples) for text in texts])
    expected = _similarity(texts, utility) @ shares
    first = {sample.text: sample for sample in reversed(samples)}
    return [
        replace(first[texts[i]], score=float(expected[i]))
        for i in np.argsort(-expected, kind="stable").tolist()
    ]


def _similarity(texts: Sequence[str], utility: Literal["chrf", "edit"]) -> similarity.Scores:
    match utility:
        case "chrf":
            return similarity.chrf(texts)
        case "edit":
            return similarity.edit(texts)
        case _:
            assert_never(utility)
