"""Products in bfloat16 change nothing but the last digits of a loss and of its gradients."""

import pytest
import torch
from tests.laws.batches import pairs_of
from tests.laws.test_learning import roomy
from tests.laws.variants import RECURRENT, built

from seqloom.config import Recipe
from seqloom.models.encoder_decoder import EncoderDecoder
from seqloom.nn.products import products_in

WIDE = 64
"""The least that is rounded at all."""


def settled(recipe: Recipe) -> Recipe:
    """Without weights so large that gates are saturated and windows jump."""
    training = recipe.training.model_copy(update={"init": "xavier"})
    return recipe.model_copy(update={"training": training})


def loss_and_gradients(model: EncoderDecoder, precision: torch.dtype) -> tuple[float, torch.Tensor]:
    model.zero_grad()
    with products_in(precision):
        loss = model.loss(pairs_of(), 0.1)
    loss.smoothed.backward()
    gradients = [weight.grad.flatten() for weight in model.parameters() if weight.grad is not None]
    return float(loss.nll), torch.cat(gradients)


@pytest.mark.parametrize("recipe", RECURRENT.values(), ids=RECURRENT)
@pytest.mark.usefixtures("unchecked_shapes")
def test_rounded_products_lead_the_same_way(recipe: Recipe):
    torch.manual_seed(7)
    model = built(settled(roomy(recipe, WIDE)))
    exact, way = loss_and_gradients(model, torch.float32)
    near, nearly = loss_and_gradients(model, torch.bfloat16)
    assert near != exact
    # Elman nets and layer normalisation magnify: most others stay below a tenth of this.
    assert near == pytest.approx(exact, rel=0.05)
    assert torch.nn.functional.cosine_similarity(way, nearly, dim=0) > 0.9
