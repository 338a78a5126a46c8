"""Export a run: write the graphs, check that they answer as the model does, save the folder.

The folder appears when it is whole and checked, in the place of an older export or of nothing.
"""

import shutil
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, NamedTuple

from numpy.typing import NDArray

from seqloom.atomic import writing
from seqloom.config import Recipe, write_recipe
from seqloom.config.attention import Location
from seqloom.data.example import Example
from seqloom.errors import UserError
from seqloom.export.card import card
from seqloom.export.graph import to_numpy
from seqloom.export.parity import answers, check_parity, same_share
from seqloom.export.weights import move_weights
from seqloom.export.write import Graphs, write_graphs
from seqloom.kernel import all_rounded, to_arrays, why_not
from seqloom.metrics import evaluate
from seqloom.models.artifact import Run
from seqloom.models.stepper import ModelStepper
from seqloom.predict import Result
from seqloom.runtime import (
    DESCRIPTION,
    ENCODER,
    FORMAT,
    GREEDY,
    STEP,
    WEIGHTS,
    Checked,
    Description,
    OnnxStepper,
    compiled,
    is_export,
)


class Questions(NamedTuple):
    """What the graphs are checked on.

    name        what it is, for the card
    examples    the sources
    references  the targets of each, in the form that outputs are in; None if there are none
    metrics     by which answers are scored
    """

    name: str
    examples: Sequence[Example]
    references: Sequence[Sequence[str]] | None
    metrics: Sequence[str]


def export(run: Run, questions: Questions, folder: Path, *, int8: bool = False) -> Description:
    """Raises UserError for a model that cannot be exported, or whose graphs say something else."""
    _check_free(folder)
    graphs = write_graphs(run.model)
    with _appearing(folder) as part:
        exact = _written(part, run, graphs, int8=False)
        checked = _checked(run, questions, part, exact)
        about = exact.model_copy(update={"checked": checked})
        if int8:
            graphs = write_graphs(run.model, int8=True)
            rounded = _written(part, run, graphs, int8=True)
            compared = _compared(run, questions, part, rounded)
            checked = checked.model_copy(update=compared)
            about = rounded.model_copy(update={"checked": checked})
        _check_kernel(run, questions, part, about)
        _finish(part, run, about, graphs, folder.name)
    return about


def _written(folder: Path, run: Run, graphs: Graphs, *, int8: bool) -> Description:
    """The graphs and their weights as files, and what has to be known of them."""
    files = {ENCODER: graphs.encoder, STEP: graphs.step, GREEDY: graphs.greedy}
    move_weights(files.values(), _own(run, int8=int8), folder / WEIGHTS)
    for name, model in files.items():
        (folder / name).write_bytes(model.SerializeToString())
    return Description(
        format=FORMAT,
        seqloom=version("seqloom"),
        int8=int8,
        source_vocabulary=run.codec.source.size,
        target_vocabulary=run.codec.target.size,
        memory=graphs.memory,
        state=graphs.state,
        attends=graphs.attends,
        max_source=_max_source(run.recipe),
        sizes={name: (folder / name).stat().st_size for name in (*files, WEIGHTS)},
        checked=Checked(on="nothing yet", sources=0, ties=0, largest=0.0),
    )


def _own(run: Run, *, int8: bool) -> dict[str, NDArray[Any]]:
    """The model's weights by name. In 8 bits, only for the kernel: graphs may have parts of them."""
    weights = {name: to_numpy(weight) for name, weight in run.model.named_parameters()}
    if not int8:
        return weights
    return {} if why_not(run.recipe) else to_arrays(all_rounded(weights))


def _max_source(recipe: Recipe) -> int | None:
    attention = getattr(recipe.decoder, "attention", None)
    return attention.max_source if isinstance(attention, Location) else None


def _checked(run: Run, questions: Questions, folder: Path, about: Description) -> Checked:
    parity = check_parity(
        run.codec,
        ModelStepper(run.model),
        OnnxStepper(folder, about),
        run.recipe.search,
        questions.examples,
    )
    number = len(questions.examples)
    return Checked(on=questions.name, sources=number, ties=parity.ties, largest=parity.largest)


def _check_kernel(run: Run, questions: Questions, folder: Path, about: Description) -> None:
    """Where it was built it answers for the folder, so it has to say what the graphs say."""
    kernel = compiled(folder, about, run.recipe)
    if kernel is not None:
        check_parity(
            run.codec,
            OnnxStepper(folder, about),
            kernel,
            run.recipe.search,
            questions.examples,
            ("the graphs", "the kernel"),
        )


def _compared(
    run: Run, questions: Questions, folder: Path, about: Description
) -> dict[str, object]:
    """What rounding to 8 bits costs."""
    settings = run.recipe.search
    steppers = ModelStepper(run.model), OnnxStepper(folder, about)
    exact, rounded = (answers(run.codec, s, settings, questions.examples) for s in steppers)
    return {
        "same": same_share(exact, rounded),
        "scores": _scores(exact, questions),
        "int8_scores": _scores(rounded, questions),
    }


def _scores(results: Sequence[Result], questions: Questions) -> dict[str, float]:
    names = [name for name in questions.metrics if name != "perplexity"]
    if questions.references is None or not names:
        return {}
    texts = [result.text for result in results]
    report = evaluate(texts, questions.references, names, bootstrap=0)
    return {score.name: score.value for score in report.scores}


def _finish(folder: Path, run: Run, about: Description, graphs: Graphs, name: str) -> None:
    run.codec.save(folder)
    write_recipe(run.recipe, folder / "config.yaml")
    (folder / "README.md").write_text(card(name, run, about, graphs), encoding="utf-8")
    text = about.model_dump_json(indent=2, exclude_none=True)
    (folder / DESCRIPTION).write_text(text + "\n", encoding="utf-8")


def _check_free(folder: Path) -> None:
    if folder.exists() and not (folder.is_dir() and (is_export(folder) or _empty(folder))):
        raise UserError(
            f"{folder}: something else is there, and an export replaces only an older export. "
            "Choose another folder with --out."
        )


def _empty(folder: Path) -> bool:
    return next(folder.iterdir(), None) is None


@contextmanager
def _appearing(folder: Path) -> Generator[Path]:
    """A folder to write to that takes the place of `folder` when the block ends well."""
    with writing(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            part = aside / "new"
            part.mkdir()
            yield part
            if folder.exists():
                folder.rename(aside / "old")
            part.rename(folder)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
