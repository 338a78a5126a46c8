"""Laws 5 and 6: gradients reach every parameter, and a batch can be learnt by heart."""

import pytest
import torch
from tests.laws.batches import pairs_of
from tests.laws.variants import SOURCE_VOCABULARY, TARGET_VOCABULARY, VARIANTS, model_of

from seqloom.config import Recipe
from seqloom.models.build import build
from seqloom.models.encoder_decoder import EncoderDecoder, Pairs

each_variant = pytest.mark.parametrize("recipe", VARIANTS.values(), ids=VARIANTS)


@each_variant
def test_gradients_reach_every_parameter(recipe):
    model = model_of(recipe)
    model.zero_grad()
    model.loss(pairs_of(), 0.1).smoothed.backward()
    for name, weight in model.named_parameters():
        assert weight.grad is not None, name
        assert weight.grad.isfinite().all(), name
        assert weight.grad.count_nonzero() > 0, name


@each_variant
def test_every_real_source_token_has_a_say_in_the_first_step(recipe):
    model, pairs = model_of(recipe), pairs_of([(5, 2)])
    model.zero_grad()
    model.score(pairs)[0, 0].backward()
    touched = model.encoder.embedding.weight.grad.abs().sum(1) > 0
    assert set(touched.nonzero().flatten().tolist()) == set(pairs.source[0].tolist())


def roomy(recipe: Recipe) -> Recipe:
    """The same variant with sizes to learn something in, and nothing dropped."""
    wide = 12
    memory = wide * (1 + recipe.encoder.bidirectional)
    hidden = memory if recipe.decoder.hidden % recipe.encoder.hidden == 0 else wide
    embedding = hidden if recipe.decoder.embedding == recipe.decoder.hidden else wide
    encoder = {"hidden": wide, "embedding": wide, "dropout": 0.0}
    decoder = {"hidden": hidden, "embedding": embedding, "dropout": 0.0}
    return recipe.model_copy(
        update={
            "encoder": recipe.encoder.model_copy(update=encoder),
            "decoder": recipe.decoder.model_copy(update=decoder),
        }
    )


def learnt_by_heart(model: EncoderDecoder, pairs: Pairs, updates: int) -> float:
    """The loss per token that is reached, in nats; stops early once it is small."""
    optimizer = torch.optim.Adam(model.parameters(), lr=0.03)
    for _ in range(updates):
        optimizer.zero_grad()
        loss = model.loss(pairs, 0.0)
        mean = loss.smoothed / loss.tokens
        if mean < 0.1:
            break
        mean.backward()
        optimizer.step()
    return mean.item()


@each_variant
@pytest.mark.usefixtures("unchecked_shapes")
def test_one_batch_can_be_overfitted(recipe):
    torch.manual_seed(5)
    model = build(roomy(recipe), SOURCE_VOCABULARY, TARGET_VOCABULARY)
    assert learnt_by_heart(model, pairs_of([(3, 3), (2, 4), (4, 2)]), updates=150) < 0.1
