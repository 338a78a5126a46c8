"""One workload of profiles.py: python -m benchmarks.speed.profile_one NAME DATA MODELS SETTINGS UPDATES"""

import sys
import time
from collections import defaultdict
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from torch.profiler import ProfilerActivity, profile

from benchmarks.speed.drivers.protocol import report
from benchmarks.speed.drivers.ways import EXPORT, opened
from benchmarks.speed.profiles import by_kind, shares
from benchmarks.speed.workload import SHAPES
from seqloom.config import of_pairs, override, read_recipe
from seqloom.config.search import Search
from seqloom.data.batching import Batch
from seqloom.models.build import build
from seqloom.models.tensors import pairs_of
from seqloom.search.decode import search
from seqloom.training.optimizer import make_optimizer
from seqloom.training.pairs.prepare import batches_of, prepare

_TOP = 15


class Clock:
    """Seconds by what was being done."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    @contextmanager
    def __call__(self, name: str) -> Generator[None]:
        started = time.perf_counter()
        yield
        self.seconds[name] += time.perf_counter() - started


class Update:
    """The update of training/loop.py, phase by phase on a clock."""

    def __init__(self, path: Path, feeding: bool, folder: Path) -> None:
        recipe = of_pairs(read_recipe(str(path)), str(path))
        self.recipe = override(recipe, [f"decoder.input_feeding={feeding}".lower()])
        data = prepare(self.recipe, folder)
        torch.manual_seed(1)
        self.model = build(self.recipe, data.codec.source.size, data.codec.target.size).train()
        self.optimizer = make_optimizer(self.recipe.training.optimizer, self.model.parameters())
        self.batches = batches_of(self.recipe, data.train).epoch(0)
        self.clock = Clock()

    def __call__(self) -> None:
        with self.clock("batch"):
            batch: Batch = next(self.batches)
            pairs = pairs_of(batch, self.model)
        self.optimizer.zero_grad(set_to_none=True)
        with self.clock("forward"):
            loss = self.model.loss(pairs, 0.0)
        with self.clock("backward"):
            (loss.smoothed / loss.tokens).backward()
        with self.clock("clip"):
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.recipe.training.clip)
        with self.clock("optimizer"):
            self.optimizer.step()


def work(call: Callable[[], object], times: int) -> dict[str, Any]:
    """Self time of torch's operators in percent, by kind and the longest by name."""
    with profile(activities=[ProfilerActivity.CPU]) as profiled:
        for _ in range(times):
            call()
    spent = {event.key: event.self_cpu_time_total for event in profiled.key_averages()}
    return {"kinds": by_kind(spent), "operators": dict(islice(shares(spent).items(), _TOP))}


def training(path: Path, updates: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, feeding in (("feeding", True), ("no-feeding", False)):
        with TemporaryDirectory() as folder:
            update = Update(path, feeding, Path(folder))
            update()
            update.clock.seconds.clear()
            for _ in range(updates):
                update()
            phases = dict(update.clock.seconds)
            found[name] = {
                "ms": round(1000 * sum(phases.values()) / updates, 2),
                "phases": shares(phases),
                **work(update, max(2, updates // 5)),
            }
    return found


class Timed:
    """A stepper whose calls are on a clock."""

    def __init__(self, stepper: Any, clock: Clock) -> None:
        self.vocabulary_size = stepper.vocabulary_size
        self._stepper, self._clock = stepper, clock

    def start(self, sources: Any) -> Any:
        with self._clock("start: encode"):
            return self._stepper.start(sources)

    def step(self, state: Any, tokens: Any, k: int, wanted: Any = None) -> Any:
        with self._clock("step"):
            return self._stepper.step(state, tokens, k, wanted)

    def select(self, state: Any, sources: Any, parents: Any) -> Any:
        with self._clock("select"):
            return self._stepper.select(state, sources, parents)


def decoding(name: str, data: Path, models: Path, times: int) -> dict[str, Any]:
    lines = (data / "decode.src").read_text("utf-8").splitlines()
    steps = SHAPES[name].steps
    fixed = Search(max_length=steps - 1, min_length=steps - 1)
    found: dict[str, Any] = {}
    for way in ("torch", "kernel", "onnx"):
        folder = models / f"seqloom-{way}"
        try:
            stepper, codec, _ = opened(way, folder if way == "torch" else folder / EXPORT)
        except Exception as error:  # a way that is not there is said, the others are measured
            found[way] = {"failed": f"{type(error).__name__}: {error}"}
            continue
        ids = [codec.source.encode(line) for line in lines]
        found[way] = _of_way(stepper, ids, fixed, times)
        if way == "torch":
            call = partial(search, stepper, ids[:1], fixed)
            found["torch"]["operators at batch 1"] = work(call, times)
    return found


def _of_way(stepper: Any, ids: list[list[int]], fixed: Search, times: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for batch, beam in ((1, 1), (64, 1), (64, 5)):
        settings = fixed.model_copy(update={"beam": beam})
        sources = (ids * (batch // len(ids) + 1))[:batch]
        found[f"batch {batch}, beam {beam}"] = _cut(stepper, sources, settings, times)
    return found


def _cut(stepper: Any, sources: list[list[int]], settings: Search, times: int) -> dict[str, Any]:
    """Time inside the stepper, and the rest, which is the search around it; where the stepper goes
    through such a search by itself, how long that takes for the same."""
    clock = Clock()
    timed = Timed(stepper, clock)
    search(stepper, sources, settings)
    started = time.perf_counter()
    for _ in range(times):
        search(timed, sources, settings)
    total = time.perf_counter() - started
    inside = dict(clock.seconds)
    inside["search"] = total - sum(inside.values())
    cut: dict[str, Any] = {"ms": round(1000 * total / times, 3), "shares": shares(inside)}
    if hasattr(stepper, "greedy" if settings.beam == 1 else "beam"):
        started = time.perf_counter()
        for _ in range(times):
            search(stepper, sources, settings)
        cut["itself_ms"] = round(1000 * (time.perf_counter() - started) / times, 3)
    return cut


def main() -> None:
    name, data, models, settings = sys.argv[1], *map(Path, sys.argv[2:5])
    updates = int(sys.argv[5])
    torch.set_flush_denormal(True)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "recipe.yaml"
        path.write_text(
            settings.read_text("utf-8").replace("{data}", str(data.absolute())), "utf-8"
        )
        report(training=training(path, updates))
    report(decoding=decoding(name, data, models, updates))


if __name__ == "__main__":
    main()
