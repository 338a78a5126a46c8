"""Laws 3 and 4: going step by step says what teacher forcing says, and what a step attends to is a
distribution over the real positions of its source."""

import pytest
import torch
from tests.laws.batches import LENGTHS, pairs_of
from tests.laws.variants import ATTENTIVE, INATTENTIVE, VARIANTS, attention_of, model_of

from seqloom.config import LocalM, LocalP
from seqloom.models.encoder_decoder import EncoderDecoder, Pairs
from seqloom.symbols import SOS

LOCAL = {name: r for name, r in ATTENTIVE.items() if isinstance(attention_of(r), LocalM | LocalP)}
GLOBAL = {name: r for name, r in ATTENTIVE.items() if name not in LOCAL}
each_attentive = pytest.mark.parametrize("recipe", ATTENTIVE.values(), ids=ATTENTIVE)


def fed_step_by_step(
    model: EncoderDecoder, pairs: Pairs, width: int = 1
) -> tuple[torch.Tensor, list[torch.Tensor | None]]:
    """log p of every target token [B * width, T], and the attention of every step; with `width`
    equal hypotheses of each source."""
    memory, state = model.read(pairs.source, pairs.source_lengths)
    state = tuple(part.repeat_interleave(width, 0) for part in state)
    target = pairs.target.repeat_interleave(width, 0)
    tokens, scores, paid = torch.full_like(target[:, 0], SOS), [], []
    for following in target.unbind(1):
        log_probs, weights, state = model.step(tokens, memory, state)
        scores.append(log_probs.gather(1, following.unsqueeze(1)).squeeze(1))
        paid.append(weights)
        tokens = following
    return torch.stack(scores, 1), paid


@pytest.mark.parametrize("width", [1, 3])
@pytest.mark.parametrize("recipe", VARIANTS.values(), ids=VARIANTS)
def test_stepping_is_teacher_forcing(recipe, width):
    model, pairs = model_of(recipe), pairs_of()
    scores, _ = fed_step_by_step(model, pairs, width)
    valid = (pairs.target != 0).repeat_interleave(width, 0)
    expected = model.score(pairs).repeat_interleave(width, 0)
    torch.testing.assert_close(scores[valid], expected[valid], rtol=0, atol=1e-9)


@pytest.mark.parametrize("recipe", VARIANTS.values(), ids=VARIANTS)
def test_the_loss_is_the_sum_of_the_scores(recipe):
    model, pairs = model_of(recipe), pairs_of()
    torch.testing.assert_close(model.loss(pairs, 0.0).nll, -model.score(pairs).sum())


@each_attentive
def test_attention_is_a_distribution_over_real_positions(recipe):
    _, paid = fed_step_by_step(model_of(recipe), pairs_of())
    for weights in paid:
        torch.testing.assert_close(weights.sum(1), torch.ones(len(LENGTHS)).double())
        assert (weights >= 0).all()
        for row, (length, _) in enumerate(LENGTHS):
            assert weights[row, length:].count_nonzero() == 0


@pytest.mark.parametrize("recipe", GLOBAL.values(), ids=GLOBAL)
def test_every_real_position_has_some_weight(recipe):
    _, paid = fed_step_by_step(model_of(recipe), pairs_of())
    for weights in paid:
        for row, (length, _) in enumerate(LENGTHS):
            assert (weights[row, :length] > 0).all()


@pytest.mark.parametrize("recipe", LOCAL.values(), ids=LOCAL)
def test_local_attention_weighs_neighbours_that_fit_into_its_window(recipe):
    _, paid = fed_step_by_step(model_of(recipe), pairs_of())
    for weights in paid:
        for row in weights:
            looked_at = row.nonzero().flatten().tolist()
            first = looked_at[0]
            assert looked_at == list(range(first, first + len(looked_at)))
            assert len(looked_at) <= 2 * attention_of(recipe).window + 1


@each_attentive
def test_attention_depends_on_the_step_and_on_the_source(recipe):
    _, paid = fed_step_by_step(model_of(recipe), pairs_of())
    assert not torch.allclose(paid[0][0], paid[1][0])
    assert not torch.allclose(paid[0][0, :2], paid[0][1, :2])


@pytest.mark.parametrize("recipe", INATTENTIVE.values(), ids=INATTENTIVE)
def test_without_attention_there_are_no_weights(recipe):
    _, paid = fed_step_by_step(model_of(recipe), pairs_of())
    assert paid == [None] * len(paid)
