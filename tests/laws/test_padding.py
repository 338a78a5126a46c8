"""Laws 1 and 2: an answer depends on its own source alone, not on its neighbours in the batch, on
the padding that they bring, or on their order."""

import pytest
import torch
from tests.laws.batches import LENGTHS, alone, pairs_of, reordered, with_more_padding
from tests.laws.variants import VARIANTS, model_of

ROWS = range(len(LENGTHS))
each_variant = pytest.mark.parametrize("recipe", VARIANTS.values(), ids=VARIANTS)


def close(actual: torch.Tensor, expected: torch.Tensor) -> None:
    torch.testing.assert_close(actual, expected, rtol=0, atol=1e-9)


@each_variant
def test_neighbours_never_change_a_score(recipe):
    model, pairs = model_of(recipe), pairs_of()
    scores = model.score(pairs)
    for row in ROWS:
        [expected] = model.score(alone(pairs, row))
        close(scores[row, : len(expected)], expected)


@each_variant
def test_padding_has_no_score(recipe):
    scores = model_of(recipe).score(pairs_of())
    for row, (_, length) in enumerate(LENGTHS):
        assert scores[row, length:].count_nonzero() == 0


@each_variant
def test_wider_padding_never_changes_a_score_or_the_loss(recipe):
    model, pairs = model_of(recipe), pairs_of()
    wider = with_more_padding(pairs, 3)
    close(model.score(wider)[:, :-3], model.score(pairs))
    close(model.loss(wider, 0.1).smoothed, model.loss(pairs, 0.1).smoothed)
    assert model.loss(wider, 0.1).tokens == sum(target for _, target in LENGTHS)


@each_variant
def test_neighbours_never_change_what_the_encoder_reads(recipe):
    encoder, pairs = model_of(recipe).encoder, pairs_of()
    states, last, _ = encoder(pairs.source, pairs.source_lengths)
    for row in ROWS:
        one = alone(pairs, row)
        [expected], expected_last, _ = encoder(one.source, one.source_lengths)
        close(states[row, : len(expected)], expected)
        for layer, expected_layer in zip(last, expected_last, strict=True):
            for part, expected_part in zip(layer, expected_layer, strict=True):
                close(part[row], expected_part[0])


@each_variant
def test_neighbours_never_change_a_step(recipe):
    model, pairs = model_of(recipe), pairs_of()
    log_probs, _, state = model.step(pairs.target[:, 0], *model.read(*pairs[:2]))
    for row in ROWS:
        one = alone(pairs, row)
        [expected], _, expected_state = model.step(one.target[:, 0], *model.read(*one[:2]))
        close(log_probs[row], expected)
        for part, expected_part in zip(state, expected_state, strict=True):
            [own] = expected_part
            close(part[row][tuple(map(slice, own.shape))], own)  # what stands over is padding's


@each_variant
def test_the_order_of_a_batch_never_changes_an_answer(recipe):
    model, pairs = model_of(recipe), pairs_of()
    order = [2, 0, 3, 1]
    close(model.score(reordered(pairs, order)), model.score(pairs)[order])
