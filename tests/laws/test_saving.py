"""Law 7: a model that was saved and loaded gives the same bits."""

import pytest
import torch
from tests.laws.batches import pairs_of
from tests.laws.variants import VARIANTS

from seqloom.data.example import Example
from seqloom.models.artifact import load_run, save_setting
from seqloom.models.build import build
from seqloom.models.folder import WEIGHTS, save_weights
from seqloom.text.pair import PairCodec

PAIRS = [Example("abcdefg", "hijklmnop")]
"""With the four specials as many ids as the batch has."""


@pytest.mark.usefixtures("unchecked_shapes")
@pytest.mark.parametrize("recipe", VARIANTS.values(), ids=VARIANTS)
def test_save_load_same_bits(recipe, tmp_path):
    codec = PairCodec.train(recipe, lambda: PAIRS)
    model = build(recipe, codec.source.size, codec.target.size).eval()
    save_setting(tmp_path, recipe, codec)
    save_weights(tmp_path / WEIGHTS, dict(model.named_parameters()))
    run = load_run(tmp_path)
    assert run.recipe == recipe
    for text in ("", "gfedcba", "a?"):
        assert run.codec.source.encode(text) == codec.source.encode(text)
    assert not run.model.training
    assert torch.equal(run.model.score(pairs_of()), model.score(pairs_of()))
