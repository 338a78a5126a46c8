"""Occlusion and the deletion curve, with a scorer that a reader can redo."""

import numpy as np
import pytest

from seqloom.attribution.erased import FLOOR, Asked, ErasablePair, log_probs, without
from seqloom.attribution.faithfulness import faithfulness
from seqloom.attribution.occlusion import occlusion
from seqloom.data.batching import Batch
from seqloom.symbols import EOS, PAD, UNK

ASKED = Asked([7, 5, 9, EOS], [4, EOS])


def score(batch: Batch) -> np.ndarray:
    """log p(y_t) = the sum of the known ids, times t + 1, over 100."""
    known = np.where(batch.source > UNK, batch.source, 0).sum(axis=1, keepdims=True)
    steps = np.arange(1, batch.target.shape[1] + 1)
    return (known * steps / 100 * (batch.target != PAD)).astype(np.float32)


WHOLE = ErasablePair(score, ASKED)


def test_an_erased_token_is_unknown_or_not_there() -> None:
    assert without([7, 5, EOS], {0}, "unk") == [UNK, 5, EOS]
    assert without([7, 5, EOS], {0}, "remove") == [5, EOS]


@pytest.mark.parametrize("erasing", ["unk", "remove"])
def test_occlusion_is_what_the_token_had_added(erasing) -> None:
    expected = [[0.07, 0.05, 0.09, 0], [0.14, 0.10, 0.18, 0]]
    assert occlusion(ErasablePair(score, ASKED, erasing)) == pytest.approx(
        np.array(expected), abs=1e-6
    )


def test_how_many_are_scored_together_never_matters() -> None:
    sources = [[5, EOS], [7, 5, 9, EOS], [EOS]]
    together = log_probs(score, ASKED, sources)
    assert log_probs(score, ASKED, sources, together=1) == pytest.approx(together)
    assert together[:, 0] == pytest.approx([0.08, 0.24, 0.03])


def test_what_can_no_longer_be_copied_counts_as_the_floor() -> None:
    def never(batch: Batch) -> np.ndarray:
        return np.full(batch.target.shape, -np.inf, dtype=np.float32)

    assert log_probs(never, ASKED, [[EOS]]).tolist() == [[FLOOR, FLOOR]]


def test_the_curve_erases_what_counts_most_first() -> None:
    found = faithfulness(WHOLE, occlusion(WHOLE))
    assert found is not None
    assert found.erased == (0, 1, 2, 3)
    # the whole source is 24 / 100 * (1 + 2); then go 9, 7 and 5
    assert found.ordered == pytest.approx((0.72, 0.45, 0.24, 0.09), abs=1e-6)
    assert found.random[0] == pytest.approx(0.72)
    assert found.random[-1] == pytest.approx(0.09)


def test_the_area_lies_between_the_curves() -> None:
    found = faithfulness(WHOLE, occlusion(WHOLE))
    assert found is not None
    apart = np.array(found.random) - np.array(found.ordered)
    assert found.area == pytest.approx((apart[1] + apart[2]) / 3, abs=1e-6)
    assert found.area > 0


def test_the_opposite_order_has_a_negative_area() -> None:
    found = faithfulness(WHOLE, -occlusion(WHOLE))
    assert found is not None
    assert found.area < 0


def test_a_single_token_has_no_order() -> None:
    assert (
        faithfulness(ErasablePair(score, Asked([7, EOS], [EOS])), np.ones((1, 2), np.float32))
        is None
    )


def test_the_same_orders_are_drawn_every_time() -> None:
    weights = occlusion(WHOLE)
    assert faithfulness(WHOLE, weights) == faithfulness(WHOLE, weights)


def test_a_long_source_is_erased_in_strides() -> None:
    asked = Asked([*range(4, 104), EOS], [EOS])
    found = faithfulness(ErasablePair(score, asked), np.ones((1, 101), np.float32))
    assert found is not None
    assert len(found.erased) == 17
    assert found.erased[0] == 0
    assert found.erased[-1] == 100
