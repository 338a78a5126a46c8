"""seqloom, driven in its own environment: `option` says which way of decoding, or how it
trains: `no-feeding`, `bfloat16`."""

import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from protocol import Answer, Curve, Enough, Laps, Sentence, Task, measure_decoding, task

import seqloom.tuning
from seqloom.config import Recipe, Search, of_pairs, override, read_recipe
from seqloom.text.pair import PairCodec


def recipe(given: Task) -> Recipe:
    path = Path(given.model).with_suffix(".yaml")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(given.filled(), "utf-8")
    chosen = of_pairs(read_recipe(str(path)), str(path))
    changes = [f"training.threads={given.threads}"]
    if given.option == "no-feeding":
        changes.append("decoder.input_feeding=false")
    if given.option == "bfloat16":
        changes.append("training.precision=bfloat16")
    if given.action == "make":
        changes.append(f"training.max_updates={given.updates}")
    return override(chosen, changes)


def train(given: Task) -> None:
    from seqloom.training.loop import Step
    from seqloom.training.run import training

    laps = Laps(given)
    with closing(training(recipe(given), Path(given.model))) as events:
        try:
            for event in events:
                if given.action == "make":
                    continue
                if isinstance(event, Step) and event.validation is None:
                    laps.update(event.tokens)
                else:
                    laps.paused()
        except Enough:
            laps.report()


def fixed(given: Task, beam: int) -> Search:
    """Every output takes `steps` steps: one token fewer, and <eos> at the last."""
    return Search(beam=beam, max_length=given.steps - 1, min_length=given.steps - 1)


def answering(given: Task, stepper: Any, codec: PairCodec) -> Answer:
    from seqloom.search.decode import search

    def answer(batch: list[Sentence], beam: int) -> int:
        ids = [codec.source.encode(" ".join(source)) for source in batch]
        settings = fixed(given, beam)
        found = stepper.greedy(ids, settings) if beam == 1 and greedy else None
        outputs = search(stepper, ids, settings) if found is None else found
        return len(outputs[0][0].tokens) + outputs[0][0].finished

    greedy = hasattr(stepper, "greedy")
    return answer


def decode(given: Task) -> None:
    """From the folder to the answer as a user goes it; those that need no torch must not import it."""
    from ways import EXPORT, opened

    folder = Path(given.model)
    way = opened(given.option, folder if given.option == "torch" else folder / EXPORT)
    assert given.option == "torch" or "torch" not in sys.modules, "torch was imported"
    measure_decoding(given, answering(given, way.stepper, way.codec))


def export(given: Task) -> None:
    """The run in its folder as graphs, checked on some of the sources."""
    from ways import EXPORT

    from seqloom.data.example import Example
    from seqloom.export import Questions, export
    from seqloom.models.artifact import load_run
    from seqloom.training.device import choose_device

    run = load_run(Path(given.model), choose_device("cpu"))
    examples = [Example(" ".join(source)) for source in given.sources()[:32]]
    export(run, Questions("some sources", examples, None, []), Path(given.model) / EXPORT)


def make(given: Task) -> None:
    train(given)
    if given.option in ("kernel", "onnx"):
        export(given)


def learn(given: Task) -> None:
    """Our recipe g2p; judged are the weights that the run would leave if it stopped now."""
    from seqloom.api import prepare_recipe
    from seqloom.data.example import Example
    from seqloom.models.artifact import load_run
    from seqloom.models.stepper import ModelStepper
    from seqloom.predict import Predictor
    from seqloom.training.device import choose_device
    from seqloom.training.loop import Step
    from seqloom.training.run import training

    folder, curve = Path(given.model), Curve(given)
    files = [Path(given.data) / f"{part}.words.tsv" for part in ("train", "dev")]
    threads = f"training.threads={given.threads}"
    chosen = prepare_recipe(given.settings, files[:1], files[1:], [threads])

    def decode(sources: list[Sentence]) -> list[Sentence]:
        run = load_run(folder, choose_device("cpu"))
        predictor = Predictor(run.codec, ModelStepper(run.model), Search(beam=1))
        results = predictor.predict(Example("".join(source)) for source in sources)
        return [result.text.split() for result in results]

    with closing(training(chosen, folder)) as events:
        try:
            for event in events:
                if isinstance(event, Step) and event.validation is not None:
                    curve.epoch(decode)
        except Enough:
            pass


def main() -> None:
    given = task()
    seqloom.tuning.tune()
    {"make": make, "train": train, "decode": decode, "learn": learn}[given.action](given)


if __name__ == "__main__":
    main()
