"""Weights that several parts share are one: one net that reads and writes, embeddings tied three ways."""

import pytest
import torch
from torch import Tensor

from seqloom.config import Recipe, RecurrentEncoder, Sutskever, override, read_recipe
from seqloom.data.example import Example
from seqloom.models.artifact import load_run, save_setting
from seqloom.models.build import build
from seqloom.models.encoder_decoder import EncoderDecoder, Pairs
from seqloom.models.folder import WEIGHTS, load_weights, save_weights
from seqloom.text.pair import PairCodec
from seqloom.training.average import MovingAverage, weights_of

IDS, FEATURES, LAYERS = 11, 3, 2


def one_net(tied: bool = False, one: bool = True, cell: str = "lstm") -> Recipe:
    """The same sizes on both sides; `tied` is all that an embedding can be tied to."""
    both = {"cell": cell, "hidden": FEATURES, "embedding": FEATURES, "layers": LAYERS, "tied": tied}
    return Recipe(
        encoder=RecurrentEncoder(bidirectional=False, **both),  # type: ignore[arg-type]
        decoder=Sutskever(one_net=one, **both),  # type: ignore[arg-type]
        shared_vocabulary=tied,
    )


def built(recipe: Recipe) -> EncoderDecoder:
    torch.manual_seed(29)
    return build(recipe, IDS, IDS).double().eval()


def size(model: EncoderDecoder) -> int:
    return sum(weight.numel() for weight in model.parameters())


def pairs() -> Pairs:
    source, target = torch.tensor([[5, 9, 4, 3]]), torch.tensor([[7, 8, 3]])
    return Pairs(source, torch.tensor([4]), target, torch.tensor([3]))


def read_on(model: EncoderDecoder, embedded: Tensor) -> Tensor:
    """The outputs of the last cell over one long sequence, cell by cell."""
    for cell in model.encoder.stack.cells:
        embedded = cell.scan(cell.project(embedded), cell.start(1))[0]
    return embedded


@pytest.mark.parametrize("cell", ["lstm", "gru", "elman"])
def test_one_net_reads_the_source_and_goes_on_to_write(cell):
    model, fed = built(one_net(cell=cell)), torch.tensor([[2], [7], [8]])
    source = model.encoder.embedding(pairs().source.t())
    whole = read_on(model, torch.cat([source, model.embedding(fed)]))
    steps = model.decoder(model.embedding(fed), *model.read(*pairs()[:2]))
    torch.testing.assert_close(steps.features, whole[4:])


def test_one_net_has_one_set_of_cells():
    model = built(one_net())
    cells = sum(weight.numel() for weight in model.encoder.stack.parameters())
    assert list(model.decoder.parameters()) == list(model.encoder.stack.parameters())
    assert size(built(one_net(one=False))) - size(model) == cells


def test_the_recipe_that_is_one_net_has_one_set_of_weights():
    small = (
        f"{side}.{size}=3" for side in ("encoder", "decoder") for size in ("hidden", "embedding")
    )
    model = build(override(read_recipe("sutskever2014-onenet"), [*small]), IDS, IDS)
    cells = {id(weight) for weight in model.encoder.stack.parameters()}
    assert {id(weight) for weight in model.decoder.parameters()} == cells
    assert model.encoder.embedding.weight is model.embedding.weight
    # Beside what reads there is the readout alone.
    read = {id(weight) for weight in model.encoder.parameters()}
    written = {id(weight) for weight in model.readout.parameters()}
    assert {id(weight) for weight in model.parameters()} == read | written


def test_embeddings_tied_three_ways_are_one():
    model = built(one_net(tied=True, one=False))
    assert model.encoder.embedding.weight is model.embedding.weight
    assert model.readout.output.weight is model.embedding.weight
    assert size(built(one_net(one=False))) - size(model) == 2 * IDS * FEATURES


@pytest.mark.parametrize("tied", [False, True])
def test_a_shared_weight_moves_once_with_the_gradients_of_all_its_uses(tied):
    model, recipe = built(one_net(tied)), one_net(tied)
    apart = built(recipe.model_copy(update={"decoder": Sutskever(**_two_nets(recipe))}))
    names = dict(model.named_parameters())
    _same_weights(model, apart)
    for each in (model, apart):
        each.loss(pairs(), 0.0).smoothed.backward()
    read, written = apart.encoder.stack.cells[0].W.grad, apart.decoder.layers.first.W.grad
    assert written is not None
    torch.testing.assert_close(names["encoder.stack.forwards.0.W"].grad, read + written)
    before = {name: weight.detach().clone() for name, weight in names.items()}
    torch.optim.SGD(model.parameters(), lr=0.5).step()
    for name, weight in names.items():
        torch.testing.assert_close(weight, before[name] - 0.5 * weight.grad)


def _two_nets(recipe: Recipe) -> dict[str, object]:
    return {**recipe.decoder.model_dump(), "one_net": False}


def _same_weights(one: EncoderDecoder, other: EncoderDecoder) -> None:
    """Where one net has one weight, two nets get it twice."""
    with torch.no_grad():
        found = dict(one.named_parameters(remove_duplicate=False))
        for name, weight in other.named_parameters(remove_duplicate=False):
            weight.copy_(found[name])


@pytest.mark.parametrize("tied", [False, True])
def test_a_run_folder_and_an_average_hold_what_is_shared_once(tied, tmp_path):
    recipe = one_net(tied)
    codec = PairCodec.train(recipe, lambda: [Example("abc", "cde")])
    model = build(recipe, codec.source.size, codec.target.size).eval()
    average = MovingAverage(model, 0.5)
    average.follow(model, 1)
    save_setting(tmp_path, recipe, codec)
    save_weights(tmp_path / WEIGHTS, dict(average.weights))
    kept = load_weights(tmp_path / WEIGHTS)
    assert sum(weight.numel() for weight in kept.values()) == size(model)
    for name, weight in weights_of(load_run(tmp_path).model).items():
        torch.testing.assert_close(weight, weights_of(model)[name])
