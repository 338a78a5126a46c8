"""Law 10: every decoder learns its toy from files, through the same door as a user.

The toy is to write a string of letters backwards. What is judged are strings that were never seen:
the model has to have found the rule.
"""

import random
from pathlib import Path
from typing import get_args

import pytest

from seqloom.config import (
    Adam,
    Constant,
    Data,
    Decoder,
    Encoder,
    Recipe,
    RecurrentEncoder,
    Search,
    Training,
    TransformerDecoder,
    TransformerEncoder,
)
from seqloom.config.network import RecurrentDecoder
from seqloom.data.example import Example
from seqloom.models.artifact import load_run
from seqloom.models.stepper import ModelStepper
from seqloom.predict import Predictor
from seqloom.training.run import training

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("unchecked_shapes")]

RECURRENT = get_args(RecurrentDecoder)
ATTENTIVE = [decoder for decoder in RECURRENT if "attention" in decoder.model_fields]
PLAIN = [decoder for decoder in RECURRENT if decoder not in ATTENTIVE]
by_name = {"ids": lambda decoder: decoder.__name__}


def strings(letters: str, shortest: int, longest: int, count: int) -> list[str]:
    """Different strings, in an order of no meaning."""
    draw = random.Random(5)
    found: dict[str, None] = {}
    while len(found) < count:
        length = draw.randint(shortest, longest)
        found["".join(draw.choices(letters, k=length))] = None
    return list(found)


def written(path: Path, words: list[str]) -> str:
    path.write_text("".join(f"{word}\t{word[::-1]}\n" for word in words), encoding="utf-8")
    return str(path)


def share_reversed(
    folder: Path, decoder: Decoder, words: list[str], updates: int, encoder: Encoder | None = None
) -> float:
    """Train on most of the words; the share of the others that comes out backwards."""
    unseen, dev, train = words[:100], words[100:150], words[150:]
    recipe = Recipe(
        data=Data(train=(written(folder / "t.tsv", train),), dev=(written(folder / "d.tsv", dev),)),
        encoder=encoder or RecurrentEncoder(hidden=48, embedding=24, cell=decoder.cell),
        decoder=decoder,
        training=Training(
            optimizer=Adam(rate=0.005),
            schedule=Constant(warmup=20),
            max_updates=updates,
            max_epochs=1000,
            batch_size=64,
            validate_every=updates // 4,
        ),
    )
    for _ in training(recipe, folder / "run"):
        pass
    run = load_run(folder / "run")
    predictor = Predictor(run.codec, ModelStepper(run.model), Search())
    found = [result.text for result in predictor.predict(map(Example, unseen))]
    return sum(text == word[::-1] for text, word in zip(found, unseen, strict=True)) / len(unseen)


@pytest.mark.parametrize("decoder", ATTENTIVE, **by_name)
def test_with_attention_strings_of_any_letters_are_reversed(tmp_path, decoder):
    words = strings("abcdefghij", 2, 9, 3000)
    settings = decoder(hidden=64, embedding=24)
    assert share_reversed(tmp_path, settings, words, updates=600) >= 0.95


def test_a_transformer_reverses_strings_of_any_letters(tmp_path):
    words = strings("abcdefghij", 2, 9, 3000)
    sizes = {"layers": 2, "hidden": 64, "heads": 4, "feedforward": 128, "dropout": 0.0}
    share = share_reversed(
        tmp_path, TransformerDecoder(**sizes), words, 1200, TransformerEncoder(**sizes)
    )
    assert share >= 0.95


@pytest.mark.parametrize("decoder", PLAIN, **by_name)
def test_without_attention_short_strings_are_reversed(tmp_path, decoder):
    words = strings("abcdef", 2, 5, 2500)
    settings = decoder(hidden=96, embedding=24)
    assert share_reversed(tmp_path, settings, words, updates=800) >= 0.9
