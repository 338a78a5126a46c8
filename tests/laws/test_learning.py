"""Laws 5 and 6: gradients reach every parameter, and a batch can be learnt by heart."""

import pytest
import torch
from tests.laws.batches import pairs_of
from tests.laws.variants import VARIANTS, built, model_of

from seqloom.config import Recipe, TransformerDecoder
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
    # Not the weights' gradient: they may be the target's too.
    model, embedded = model_of(recipe), list[torch.Tensor]()
    watch = model.encoder.embedding.register_forward_hook(
        lambda module, ids, vectors: embedded.append(vectors)
    )
    first = model.score(pairs_of([(5, 2)]))[0, 0]
    watch.remove()
    [slope] = torch.autograd.grad(first, embedded[:1])
    assert slope.flatten(0, 1).shape[0] == 5
    assert (slope.flatten(0, 1).abs().sum(1) > 0).all()


def roomy(recipe: Recipe, wide: int = 12) -> Recipe:
    """The same variant with sizes to learn something in, and nothing dropped."""
    if isinstance(recipe.decoder, TransformerDecoder):
        return roomy_transformer(recipe)
    memory = recipe.encoder.model_copy(update={"hidden": wide}).features
    hidden = memory if recipe.decoder.hidden % recipe.encoder.hidden == 0 else wide
    embedding = hidden if recipe.decoder.embedding == recipe.decoder.hidden else wide
    read = embedding if recipe.encoder.tied else wide
    encoder = {"hidden": wide, "embedding": read, "dropout": 0.0, "zoneout": 0.0}
    decoder = {"hidden": hidden, "embedding": embedding, "dropout": 0.0, "zoneout": 0.0}
    return recipe.model_copy(
        update={
            "encoder": recipe.encoder.model_copy(update=encoder),
            "decoder": recipe.decoder.model_copy(update=decoder),
        }
    )


def roomy_transformer(recipe: Recipe) -> Recipe:
    """One in which as many heads share more features."""
    wide = 20 if recipe.encoder.tied else 12
    encoder = recipe.encoder.model_copy(update={"hidden": wide, "dropout": 0.0})
    decoder = recipe.decoder.model_copy(update={"hidden": 20, "dropout": 0.0})
    return recipe.model_copy(update={"encoder": encoder, "decoder": decoder})


def learnt_by_heart(model: EncoderDecoder, pairs: Pairs, updates: int, rate: float) -> float:
    """The loss per token that is reached, in nats; stops early once it is small."""
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
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
    model = built(roomy(recipe))
    # Norms after the sums ask for small steps.
    rate = 0.01 if isinstance(recipe.decoder, TransformerDecoder) else 0.03
    assert learnt_by_heart(model, pairs_of([(3, 3), (2, 4), (4, 2)]), 150, rate) < 0.1
