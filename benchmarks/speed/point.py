"""One point of growth.py: python -m benchmarks.speed.point SIZES SECONDS FOLDER

Random pairs of one length, or a corpus of random pairs on disk. Decoding, by torch, comes first, with
weights as they are drawn, because training takes more memory. The weights are left in FOLDER for the
kernel (point_kernel.py).
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
from benchmarks.speed.growth import (
    SOURCE_UNITS,
    SPECIAL,
    WEIGHTS,
    Point,
    fixed,
    recipe_of,
    sources_of,
)
from benchmarks.speed.repeated import per_call_ms
from seqloom.config import Recipe, override
from seqloom.models.build import build
from seqloom.models.encoder_decoder import EncoderDecoder, Pairs
from seqloom.models.folder import save_weights
from seqloom.models.stepper import ModelStepper
from seqloom.search.decode import search
from seqloom.symbols import EOS
from seqloom.training.loop import Step
from seqloom.training.optimizer import make_optimizer
from seqloom.training.run import Ready, training


def decoding(model: EncoderDecoder, sizes: Point, seconds: float) -> None:
    stepper, settings, ids = ModelStepper(model), fixed(sizes), sources_of(sizes)
    took = per_call_ms(lambda: search(stepper, ids, settings), seconds)
    report(decode_ms=took, decode_mb=peak_mb())


def updating(model: EncoderDecoder, recipe: Recipe, sizes: Point, seconds: float) -> None:
    optimizer = make_optimizer(recipe.training.optimizer, model.parameters())
    shape = (sizes.batch, sizes.length)
    lengths = torch.full((sizes.batch,), sizes.length)
    source = torch.randint(SPECIAL, SOURCE_UNITS + SPECIAL, shape)
    target = torch.randint(SPECIAL, sizes.vocabulary + SPECIAL, shape)
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
    model = build(recipe, SOURCE_UNITS + SPECIAL, sizes.vocabulary + SPECIAL)
    decoding(model, sizes, seconds)
    updating(model, recipe, sizes, seconds)
    folder.mkdir(parents=True, exist_ok=True)
    save_weights(folder / WEIGHTS, {n: w.detach() for n, w in model.named_parameters()})


if __name__ == "__main__":
    main()
