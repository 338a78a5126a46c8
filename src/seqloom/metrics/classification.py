"""How good labels are, each metric as counts that add up (tally.py).

    accuracy   100 * documents whose labels are all right / documents
    macro_f1   100 * mean over labels c of 2 tp_c / (2 tp_c + fp_c + fn_c)
    micro_f1   the same of the sums over all labels; with one label a document it is the accuracy
    ece        100 * sum_b n_b / n * |right_b / n_b - confidence_b / n_b|      (Guo 2017, eq. 3)

A label that neither occurs nor is ever given has no F1 and is left out of the mean. For the expected
calibration error (ece), answers are put into 15 equally wide bins b by their probability: with one
label a document that of the label given, with several every document and label is an answer of its
own, yes or no.

Sizes: I items, C labels, R rows of sums.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqloom.errors import UserError
from seqloom.metrics.bootstrap import intervals
from seqloom.metrics.report import Report, Score
from seqloom.metrics.tally import Counts, Tally, percent

Has = NDArray[np.bool_]
"""[I, C]: which labels a document has."""
Reals = NDArray[np.floating[Any]]

BINS = 15

MEANINGS = {
    "accuracy": "documents whose labels are all right",
    "macro_f1": "mean over labels of F1",
    "micro_f1": "F1 of all labels together",
    "ece": "expected calibration error: how far probabilities are from the share that is right",
}


def evaluate_labels(
    probabilities: Reals,
    truth: Has,
    *,
    multi_label: bool = False,
    bootstrap: int = 1000,
    seed: int = 1,
) -> Report:
    """Accuracy, F1 and calibration of `probabilities` [I, C] against the true labels [I, C]."""
    if bootstrap < 0:
        raise UserError(f"bootstrap must be at least 0 (no intervals), but is {bootstrap}.")
    given = decided(probabilities, multi_label)
    tallies = {"accuracy": accuracy(given, truth), "macro_f1": macro_f1(given, truth)}
    if multi_label:
        tallies["micro_f1"] = micro_f1(given, truth)
    tallies["ece"] = calibration_error(probabilities, truth, multi_label)
    drawn = intervals(list(tallies.values()), bootstrap, seed) if bootstrap else None
    scores = [
        Score(
            name,
            tally.value,
            *(drawn[at] if drawn else (None, None)),
            unit="%",
            description=MEANINGS[name],
        )
        for at, (name, tally) in enumerate(tallies.items())
    ]
    return Report(tuple(scores), len(truth), bootstrap, seed)


def one_hot(labels: Sequence[Sequence[int]], num_labels: int) -> Has:
    """The labels of each document, by number, as a table."""
    has = np.zeros((len(labels), num_labels), dtype=np.bool_)
    for row, numbers in zip(has, labels, strict=True):
        row[list(numbers)] = True
    return has


def decided(probabilities: Reals, multi_label: bool) -> Has:
    """The label of highest probability; where there may be several, all from one half on."""
    if multi_label:
        return probabilities >= 0.5
    return one_hot([(int(best),) for best in probabilities.argmax(axis=1)], probabilities.shape[1])


def accuracy(given: Has, truth: Has) -> Tally:
    right = (given == truth).all(axis=1)
    return Tally(np.stack([right, np.ones(len(right))], axis=1).astype(np.float64), percent)


def macro_f1(given: Has, truth: Has) -> Tally:
    return Tally(_hits_and_misses(given, truth), _macro)


def micro_f1(given: Has, truth: Has) -> Tally:
    by_label = _hits_and_misses(given, truth).reshape(len(truth), 3, -1)
    return Tally(by_label.sum(axis=2), _macro)


def calibration_error(probabilities: Reals, truth: Has, multi_label: bool) -> Tally:
    """Of the label given, or of every label."""
    if multi_label:
        confidence, right = np.maximum(probabilities, 1 - probabilities), None
        right = (probabilities >= 0.5) == truth
    else:
        best = probabilities.argmax(axis=1)[:, None]
        confidence = np.take_along_axis(probabilities, best, axis=1)
        right = np.take_along_axis(truth, best, axis=1)
    # A probability of 1 belongs to the last bin, one on a border to the bin below it.
    bins = np.clip(np.ceil(confidence * BINS).astype(np.int64) - 1, 0, BINS - 1)
    inside = bins[..., None] == np.arange(BINS)
    counts = [
        (inside * part[..., None]).sum(axis=1) for part in (np.ones(bins.shape), right, confidence)
    ]
    return Tally(np.concatenate(counts, axis=1).astype(np.float64), _gap)


def _hits_and_misses(given: Has, truth: Has) -> Counts:
    """tp, fp and fn of each label, [I, 3 C]."""
    parts = [given & truth, given & ~truth, ~given & truth]
    return np.concatenate(parts, axis=1).astype(np.float64)


def _macro(sums: Counts) -> NDArray[np.float64]:
    tp, fp, fn = np.split(sums, 3, axis=1)
    met = 2 * tp + fp + fn
    f1 = 2 * tp / np.maximum(met, 1)
    return 100 * f1.sum(axis=1) / np.maximum((met > 0).sum(axis=1), 1)


def _gap(sums: Counts) -> NDArray[np.float64]:
    answers, right, confidence = np.split(sums, 3, axis=1)
    return 100 * np.abs(right - confidence).sum(axis=1) / np.maximum(answers.sum(axis=1), 1)
