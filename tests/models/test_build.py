"""From settings to weights: how they are first filled, and what is shared."""

from math import sqrt

import pytest
import torch
from tests.laws.variants import VARIANTS, built
from torch import nn

from seqloom.config import (
    Decoder,
    Encoder,
    Luong,
    Recipe,
    RecurrentEncoder,
    Sutskever,
    Training,
    TransformerDecoder,
    TransformerEncoder,
    read_recipe,
    recipe_names,
)
from seqloom.models.encoder_decoder import EncoderDecoder
from seqloom.nn.cells.layer_norm import LayerNormLSTM
from seqloom.nn.cells.lstm import LSTM
from seqloom.nn.decoders.bridge import Bridge, Carry
from seqloom.symbols import PAD

each_init = pytest.mark.parametrize("init", ["xavier", "uniform"])


@each_init
def test_padding_is_embedded_as_nothing(init):
    model = built(Recipe(training=Training(init=init)))
    for embedding in (model.encoder.embedding, model.embedding):
        assert embedding.weight[PAD].count_nonzero() == 0
        assert embedding.weight[PAD + 1 :].count_nonzero() > 0


@each_init
def test_the_forget_gate_starts_open(init):
    model = built(
        Recipe(encoder=RecurrentEncoder(hidden=3), training=Training(init=init, forget_bias=1.5))
    )
    biases = [module.b for module in model.modules() if isinstance(module, LSTM)]
    assert len(biases) == 3
    assert all((b[module_size(b) : 2 * module_size(b)] == 1.5).all() for b in biases)


def module_size(bias: torch.Tensor) -> int:
    return len(bias) // LSTM.gates


def test_uniform_weights_stay_within_their_scale():
    training = Training(init="uniform", init_scale=0.05, forget_bias=0.0)
    weights = list(built(Recipe(training=training)).parameters())
    assert max(weight.abs().max().item() for weight in weights) <= 0.05 + 1e-6
    assert all(weight.std() > 0.02 for weight in weights if len(weight) > 100)


def forget_biases(init: str, norm: bool = False) -> list[torch.Tensor]:
    """Of encoder and decoder, where the setting leaves them to the initialisation."""
    training = Training(init=init, init_scale=0.05, forget_bias=None)
    both = {"layer_norm": norm, "hidden": 64}
    model = built(
        Recipe(encoder=RecurrentEncoder(**both), decoder=Luong(**both), training=training)
    )
    biases = [m.b for m in model.modules() if isinstance(m, LSTM | LayerNormLSTM)]
    assert len(biases) == 3
    return [b[module_size(b) : 2 * module_size(b)] for b in biases]


@pytest.mark.parametrize("norm", [False, True])
def test_a_forget_gate_that_is_left_to_a_uniform_start_is_drawn_like_all_else(norm):
    for bias in forget_biases("uniform", norm):
        assert 0.04 < bias.abs().max().item() <= 0.05
        # 0.05 / sqrt(3), give or take what 64 draws may
        assert 0.02 < bias.std().item() < 0.04


def test_a_forget_gate_that_is_left_to_xavier_starts_open():
    assert all((bias == 1.0).all() for bias in forget_biases("xavier"))


def test_recipes_of_papers_that_draw_all_weights_alike_set_none_apart():
    recipes = [recipe for name in recipe_names() if isinstance(recipe := read_recipe(name), Recipe)]
    uniform = [recipe for recipe in recipes if recipe.training.init == "uniform"]
    assert {"sutskever2014", "gnmt2016", "luong2015-dot"} <= {recipe.name for recipe in uniform}
    assert [recipe.name for recipe in uniform if recipe.training.forget_bias is not None] == []


def test_recurrent_blocks_start_orthogonal():
    model = built(Recipe(encoder=RecurrentEncoder(hidden=8, cell="gru")))
    for block in model.encoder.stack.forwards[0].R.split(8):
        torch.testing.assert_close(block @ block.t(), torch.eye(8), atol=1e-5, rtol=0)


def transformer(init: str) -> EncoderDecoder:
    """The scale of a uniform start is 0.05."""
    training = Training(init=init, init_scale=0.05)
    parts = {"encoder": TransformerEncoder(layers=1), "decoder": TransformerDecoder(layers=1)}
    return built(Recipe(training=training, **parts))


def test_queries_keys_and_values_start_as_maps_of_their_own():
    # Xavier's bound is sqrt(6 / (256 + 256)); as one map of 768 features it would be smaller.
    attentions = [
        m for m in transformer("xavier").modules() if isinstance(m, nn.MultiheadAttention)
    ]
    assert len(attentions) == 3
    for attention in attentions:
        for block in attention.in_proj_weight.split(256):
            assert block.abs().max().item() == pytest.approx(sqrt(6 / 512), rel=0.01)
        assert attention.in_proj_bias.count_nonzero() == 0


@each_init
def test_a_transformer_starts_with_norms_that_change_no_scale(init):
    norms = [m for m in transformer(init).modules() if isinstance(m, nn.LayerNorm)]
    assert len(norms) == 2 + 3 + 2
    for norm in norms:
        assert (norm.weight == 1).all()
        assert (norm.bias == 0).all()


@pytest.mark.parametrize(
    ("encoder", "kind"),
    [
        (RecurrentEncoder(hidden=5, bidirectional=False), Carry),
        (RecurrentEncoder(hidden=5, bidirectional=True), Bridge),
        (RecurrentEncoder(hidden=7, bidirectional=False), Bridge),
        (RecurrentEncoder(hidden=5, bidirectional=False, cell="gru"), Bridge),
        (RecurrentEncoder(hidden=5, bidirectional=False, layers=2), Bridge),
    ],
)
@pytest.mark.parametrize("decoder", [Sutskever(hidden=5), Luong(hidden=5)])
def test_states_are_carried_only_where_they_fit(encoder: Encoder, kind: type, decoder: Decoder):
    assert type(built(Recipe(encoder=encoder, decoder=decoder)).decoder.bridge) is kind


@pytest.mark.parametrize("recipe", VARIANTS.values(), ids=VARIANTS)
def test_the_same_seed_gives_the_same_weights(recipe):
    torch.manual_seed(23)
    first = built(recipe)
    torch.manual_seed(23)
    for weight, again in zip(first.parameters(), built(recipe).parameters(), strict=True):
        assert torch.equal(weight, again)
