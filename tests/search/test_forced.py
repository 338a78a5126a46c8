"""An output that is given has the score that the model gives it, and the attention it pays."""

import pytest
from tests.laws.batches import LENGTHS, pairs_of
from tests.laws.variants import ATTENTIVE, model_of

from seqloom.models.stepper import ModelStepper
from seqloom.search.forced import forced

SOME = dict(sorted(ATTENTIVE.items())[::25])


@pytest.mark.parametrize("recipe", SOME.values(), ids=SOME)
def test_a_given_output_is_scored_as_under_teacher_forcing(recipe) -> None:
    model, pairs = model_of(recipe), pairs_of()
    sources = [row[:s].tolist() for row, (s, _) in zip(pairs.source, LENGTHS, strict=True)]
    targets = [row[:t].tolist() for row, (_, t) in zip(pairs.target, LENGTHS, strict=True)]
    expected = model.score(pairs)
    for row, found in enumerate(forced(ModelStepper(model), sources, targets)):
        length = len(targets[row])
        assert found.token_log_probs == pytest.approx(expected[row, :length].tolist(), abs=1e-5)
        assert found.weights is not None
        assert found.weights.shape == (length, len(sources[row]))
        assert found.weights.sum(axis=1) == pytest.approx(1, abs=1e-5)
        assert found.finished
        assert [*found.tokens] == targets[row][:-1]
