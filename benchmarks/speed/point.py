"""One point of growth.py: python -m benchmarks.speed.point SIZES SECONDS FOLDER

Random pairs of one length, or a corpus of random pairs on disk. Decoding comes first, with weights as
they are drawn, because training takes more memory.
"""

import json
import random
import shutil
import sys
import time
from contextlib import closing
from pathlib import Path

import torch

from benchmarks.speed.drivers.protocol import peak_mb, report
from benchmarks.speed.growth import Point
from seqloom.config import Recipe, override
from seqloom.config.search import Search
from seqloom.models.build import build
from seqloom.models.encoder_decoder import EncoderDecoder, Pairs
from seqloom.models.stepper import ModelStepper
from seqloom.search.decode import search
from seqloom.symbols import EOS
from seqloom.training.loop import Step
from seqloom.training.optimizer import make_optimizer
from seqloom.training.run import Ready, training

_SOURCE_UNITS = 64
_SPECIAL = 4


def recipe_of(sizes: Point) -> Recipe:
    """The `pron` architecture with some sizes changed."""
    changes = {
        "source.kind": "whitespace",
        "target.kind": "whitespace",
        "encoder.embedding": 128,
        "encoder.hidden": sizes.hidden,
        "decoder.embedding": 128,
        "decoder.hidden": 2 * sizes.hidden,
        "training.label_smoothing": 0,
        "training.clip": 5,
        "training.batch_size": sizes.batch,
        "training.batch_tokens": 10_000_000,
        "training.max_epochs": 1,
        "training.patience": "null",
    }
    return override(Recipe(), [f"{name}={value}" for name, value in changes.items()])


def per_call_ms(call, seconds: float) -> float:
    """Milliseconds of a call: the first is not counted, then as many as fit, at least two."""
    call()
    started, calls = time.perf_counter(), 0
    while calls < 2 or time.perf_counter() - started < seconds:
        call()
        calls += 1
    return 1000 * (time.perf_counter() - started) / calls


def decoding(model: EncoderDecoder, sizes: Point, seconds: float) -> None:
    stepper = ModelStepper(model)
    fixed = Search(max_length=sizes.length - 1, min_length=sizes.length - 1)
    ids = torch.randint(_SPECIAL, _SOURCE_UNITS, (sizes.batch, sizes.length)).tolist()
    report(decode_ms=per_call_ms(lambda: search(stepper, ids, fixed), seconds), decode_mb=peak_mb())


def updating(model: EncoderDecoder, recipe: Recipe, sizes: Point, seconds: float) -> None:
    optimizer = make_optimizer(recipe.training.optimizer, model.parameters())
    shape = (sizes.batch, sizes.length)
    lengths = torch.full((sizes.batch,), sizes.length)
    source = torch.randint(_SPECIAL, _SOURCE_UNITS, shape)
    target = torch.randint(_SPECIAL, sizes.vocabulary + _SPECIAL, shape)
    source[:, -1] = target[:, -1] = EOS
    pairs = Pairs(source, lengths, target, lengths)

    def update() -> None:
        optimizer.zero_grad(set_to_none=True)
        loss = model.loss(pairs, 0.0)
        (loss.smoothed / loss.tokens).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), recipe.training.clip)
        optimizer.step()

    model.train()
    report(train_ms=per_call_ms(update, seconds), train_mb=peak_mb())


def corpus(sizes: Point, folder: Path) -> None:
    """Seconds for one epoch over random pairs from a file, and from the file to the first batch."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "pairs.tsv"
    draw = random.Random(1)
    with path.open("w", encoding="utf-8") as file:
        for _ in range(sizes.pairs):
            ids = [draw.choices(range(40), k=draw.randint(4, 12)) for _ in range(2)]
            file.write("\t".join(" ".join(map(str, side)) for side in ids) + "\n")
    files = [f'data.train=["{path}"]', "data.dev_size=100"]
    started = ready = time.perf_counter()
    with closing(training(override(recipe_of(sizes), files), folder / "run")) as events:
        for event in events:
            if isinstance(event, Ready):
                ready = time.perf_counter()
            if isinstance(event, Step) and event.validation is not None:
                break
    ended = time.perf_counter()
    report(seconds=ended - started, epoch_seconds=ended - ready, train_mb=peak_mb())
    shutil.rmtree(folder)


def main() -> None:
    sizes = Point(**json.loads(sys.argv[1]))
    seconds, folder = float(sys.argv[2]), Path(sys.argv[3])
    torch.manual_seed(1)
    torch.set_flush_denormal(True)
    if sizes.pairs:
        shutil.rmtree(folder, ignore_errors=True)
        corpus(sizes, folder)
        return
    recipe = recipe_of(sizes)
    model = build(recipe, _SOURCE_UNITS + _SPECIAL, sizes.vocabulary + _SPECIAL)
    decoding(model, sizes, seconds)
    updating(model, recipe, sizes, seconds)


if __name__ == "__main__":
    main()
