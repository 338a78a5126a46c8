"""What is dropped in training: nothing at inference, the same at every step if it is variational."""

import pytest
import torch
from tests.laws.batches import pairs_of
from tests.laws.variants import RECURRENT, VARIANTS, built

from seqloom.config import Recipe
from seqloom.models.encoder_decoder import EncoderDecoder

VARIATIONAL = {name: r for name, r in RECURRENT.items() if r.decoder.variational}
ORDINARY = {name: r for name, r in RECURRENT.items() if name not in VARIATIONAL}


def training_model(recipe: Recipe) -> EncoderDecoder:
    torch.manual_seed(19)
    return built(recipe).train()


def without_zoneout(recipe: Recipe) -> Recipe:
    """Or the zeros before a source may stand still on its first positions; a window of them alone
    has zeros then that no dropout made."""
    return recipe.model_copy(
        update={
            "encoder": recipe.encoder.model_copy(update={"zoneout": 0.0}),
            "decoder": recipe.decoder.model_copy(update={"zoneout": 0.0}),
        }
    )


def dropped(model: EncoderDecoder) -> torch.Tensor:
    """[T, F]: which features of a readout are zero at which step."""
    pairs = pairs_of([(5, 7)])
    memory, state = model.read(*pairs[:2])
    memory, _ = model.parted(memory)
    steps = model.decoder(model.embedding(pairs.target.t()), memory, state)
    return steps.features[:, 0] == 0


@pytest.mark.parametrize("recipe", VARIATIONAL.values(), ids=VARIATIONAL)
def test_variational_dropout_spares_the_same_features_at_every_step(recipe):
    model = training_model(without_zoneout(recipe))
    draws = [dropped(model) for _ in range(8)]
    assert all(torch.equal(draw, draw[:1].expand_as(draw)) for draw in draws)
    assert any(draw.any() for draw in draws)
    assert any(not torch.equal(draw, draws[0]) for draw in draws)


@pytest.mark.parametrize("recipe", ORDINARY.values(), ids=ORDINARY)
def test_ordinary_dropout_is_drawn_anew_at_every_step(recipe):
    model = training_model(recipe)
    draws = [dropped(model) for _ in range(8)]
    assert any(not torch.equal(draw, draw[:1].expand_as(draw)) for draw in draws)


@pytest.mark.parametrize("recipe", VARIANTS.values(), ids=VARIANTS)
def test_nothing_is_dropped_at_inference(recipe):
    model, pairs = training_model(recipe), pairs_of()
    drawn = [model.score(pairs) for _ in range(4)]
    assert any(not torch.equal(scores, drawn[0]) for scores in drawn)
    model.eval()
    assert torch.equal(model.score(pairs), model.score(pairs))
