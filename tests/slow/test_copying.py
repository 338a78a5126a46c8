"""A pointer learns where to copy from, and so writes characters that it never saw."""

import random
from pathlib import Path

import pytest

from seqloom.config import (
    Adam,
    Characters,
    Constant,
    Data,
    Luong,
    Recipe,
    RecurrentEncoder,
    Search,
    Training,
)
from seqloom.data.example import Example
from seqloom.errors import UserError
from seqloom.models.artifact import load_run
from seqloom.models.stepper import ModelStepper
from seqloom.predict import Predictor
from seqloom.training.run import training

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("unchecked_shapes")]

SEEN = [chr(code) for code in range(0x4E00, 0x4E00 + 300)]
UNSEEN = [chr(code) for code in range(0xAC00, 0xAC00 + 300)]


def words(symbols: list[str], count: int) -> list[str]:
    draw = random.Random(11)
    return ["".join(draw.sample(symbols, draw.randint(2, 6))) for _ in range(count)]


def written(path: Path, sources: list[str], symbols: dict[int, str] | None = None) -> str:
    lines = (f"{s}\t{s[::-1].translate(symbols or {})}\n" for s in sources)
    path.write_text("".join(lines), encoding="utf-8")
    return str(path)


def recipe_of(train: str, dev: str) -> Recipe:
    few = Characters(max_size=20)
    return Recipe(
        data=Data(train=(train,), dev=(dev,)),
        source=few,
        target=few,
        encoder=RecurrentEncoder(hidden=32, embedding=16),
        decoder=Luong(hidden=64, embedding=16, copying=True),
        training=Training(
            optimizer=Adam(rate=0.005),
            schedule=Constant(warmup=20),
            max_updates=400,
            max_epochs=1000,
            batch_size=64,
            validate_every=200,
        ),
    )


def test_strings_of_characters_never_seen_are_reversed(tmp_path):
    train = written(tmp_path / "t.tsv", words(SEEN, 2000))
    dev = written(tmp_path / "d.tsv", words(UNSEEN, 50))
    for _ in training(recipe_of(train, dev), tmp_path / "run"):
        pass
    run = load_run(tmp_path / "run")
    asked = words(UNSEEN, 100)
    predictor = Predictor(run.codec, ModelStepper(run.model), Search(beam=2))
    found = [result.text for result in predictor.predict(map(Example, asked))]
    right = sum(text == word[::-1] for text, word in zip(found, asked, strict=True))
    assert right >= 90


def test_scripts_that_share_nothing_are_refused_when_training_starts(tmp_path):
    other = {ord(seen): unseen for seen, unseen in zip(SEEN, UNSEEN, strict=True)}
    train = written(tmp_path / "t.tsv", words(SEEN, 50), other)
    with pytest.raises(UserError, match="none stands in a source"):
        next(training(recipe_of(train, train), tmp_path / "run"))
    assert not (tmp_path / "run" / "cache").exists()
