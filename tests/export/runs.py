"""A small run with random weights, as if it had been trained."""

from pathlib import Path

import torch

from seqloom.config import Data, Luong, Recipe, RecurrentEncoder, Search, Training, Whitespace
from seqloom.data.example import Example
from seqloom.models.artifact import Run, load_run, save_setting
from seqloom.models.build import build
from seqloom.models.folder import WEIGHTS, save_weights
from seqloom.text.pair import PairCodec

PAIRS = [("abc", "x y"), ("ca", "y"), ("b", "x x y"), ("cabba", "y x"), ("aacb", "x")]


def saved(folder: Path, *, hidden: int = 6, decoder=None, longest: int = 1000, **settings) -> Run:
    """A run in `folder`, its test set beside it."""
    test = folder.parent / "test.tsv"
    test.write_text("".join(f"{s}\t{t}\n" for s, t in PAIRS), encoding="utf-8")
    recipe = Recipe(
        data=Data(test=(str(test),), max_source=longest),
        target=Whitespace(),
        metrics=("wer", "per"),
        encoder=RecurrentEncoder(hidden=hidden, embedding=5),
        decoder=decoder or Luong(hidden=hidden, embedding=7),
        training=Training(init="uniform", init_scale=0.5),
        search=Search(beam=3, nbest=2, length_penalty=0.5, max_length=6),
    ).model_copy(update=settings)
    codec = PairCodec.train(recipe, lambda: [Example(s, t) for s, t in PAIRS])
    save_setting(folder, recipe, codec)
    torch.manual_seed(5)
    model = build(recipe, codec.source.size, codec.target.size)
    save_weights(folder / WEIGHTS, dict(model.named_parameters()))
    return load_run(folder)
