"""The Python interface on one page.

model = seqloom.train("g2p", data=["words.tsv"], out="runs/mine")
model = seqloom.load("runs/mine")
model.predict("가감").text
model.predict("가감", beam=5, constraints=["ɡ a m"])
model.score([("가감", "k a ɡ a m")])
model.evaluate(["test.tsv"])
model.explain("가감").png("map.png")
model.export("g2p")          # ONNX graphs, which seqloom.load("g2p") answers with as well
seqloom.load(["runs/mine", "runs/other"])   # several that answer as one

What needs torch is imported by those who need it: an exported model is loaded and asked without.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from seqloom.config import Recipe, override, read_recipe, with_files
from seqloom.ensemble import Ensemble, Member
from seqloom.errors import UserError
from seqloom.extras import needs
from seqloom.model import Model

if TYPE_CHECKING:
    from seqloom.classifier import Classifier
    from seqloom.config import AnyRecipe
    from seqloom.converter import Converter
    from seqloom.generator import Generator

    AnyModel = Model | Classifier | Generator | Converter


def load(folder: str | Path | Sequence[str | Path], device: str = "auto") -> "AnyModel":
    """The model in a run folder, or in one that was exported from it; of several folders all of
    their models as one, whose probabilities are averaged.

    device  where a run's arithmetic is done; graphs run on the CPU

    What it is goes by the family of its recipe: a Model of pairs (model.py), a Classifier of documents,
    a Generator of what comes next, or a Converter of frames.

    Raises UserError if a folder is not one of ours, or not whole, and if the models do not read and
    write the same tokens.
    """
    folders = [folder] if isinstance(folder, str | Path) else folder
    if len(folders) == 1:
        return _load(Path(folders[0]), device)
    models = [as_pairs(_load(Path(each), device), "several models as one") for each in folders]
    members = [Member(str(model.folders[0]), model.answering) for model in models]
    return Model(
        Ensemble(members),
        [path for model in models for path in model.folders],
        [run for model in models for run in model.trained],
        models,
    )


def load_pairs(folder: str | Path | Sequence[str | Path], what: str, device: str = "auto") -> Model:
    """As `load`, for what only models of pairs can do. Raises UserError, saying what asks for one, for
    any other."""
    return as_pairs(load(folder, device), what)


def as_pairs(model: "AnyModel", what: str) -> Model:
    """The model, if it is of pairs. Raises UserError, saying what asks for one, if it is not."""
    if isinstance(model, Model):
        return model
    raise UserError(
        f"{model.folder}: {what} is for models of pairs, but this one is of the family "
        f"{model.recipe.family}."
    )


def _load(folder: Path, device: str) -> "AnyModel":
    if (folder / "export.json").is_file():
        return _load_export(folder, device)
    with needs("train", f"{folder}: a run that was not exported"):
        from seqloom.config import DocumentRecipe, FramesRecipe, NextStepRecipe
        from seqloom.models.folder import load_recipe
        from seqloom.training.device import choose_device
    recipe, place = load_recipe(folder), choose_device(device)
    match recipe:
        case Recipe():
            from seqloom.models.artifact import load_run

            run = load_run(folder, place)
            return Model(run, [folder], [run])
        case DocumentRecipe():
            from seqloom.classifier import Classifier
            from seqloom.models.document_run import load_document_run

            return Classifier(load_document_run(folder, place), folder)
        case NextStepRecipe():
            from seqloom.generator import Generator
            from seqloom.models.next_step_run import load_next_step

            return Generator(load_next_step(folder, place), folder)
        case FramesRecipe():
            from seqloom.converter import Converter
            from seqloom.models.frames_run import load_frames_run

            return Converter(load_frames_run(folder, place), folder)
        case _:
            assert_never(recipe)


def _load_export(folder: Path, device: str) -> Model:
    if device not in ("auto", "cpu"):
        raise UserError(
            f"{folder}: exported models run on the CPU, but device is {device}. Leave it."
        )
    with needs("runtime", f"{folder}: an exported model"):
        from seqloom.runtime import load_export

        return Model(load_export(folder), [folder])


def train(
    recipe: "str | Path | AnyRecipe",
    data: Sequence[str | Path] = (),
    *,
    dev: Sequence[str | Path] = (),
    out: str | Path | None = None,
    set: Sequence[str] = (),
    resume: bool = False,
    quiet: bool = False,
) -> "AnyModel":
    """Train a recipe, by name, file or object, and return the model; progress shows on stderr.

    data, dev  files that take the place of the recipe's own
    out        the run folder; runs/NAME if not given
    set        settings to change, as on the command line: 'decoder.layers=2'

    Ctrl-C saves and raises console.session.Stopped, a KeyboardInterrupt; resume=True goes on.
    """
    chosen = prepare_recipe(recipe, data, dev, set)
    folder = Path(out) if out else Path("runs") / chosen.name
    arguments = f"{chosen.name!r}, data={[*map(str, data)]}, set={[*set]}, out={str(folder)!r}"
    command = f"seqloom.train({arguments})"
    with needs("train", "seqloom.train"):
        return fitted(chosen, folder, resume=resume, command=command, quiet=quiet)


def fitted(
    recipe: "AnyRecipe", folder: Path, *, resume: bool, command: str, quiet: bool
) -> "AnyModel":
    """Train a recipe into a folder, draw its curve, write its card, and load it.

    command  what started this, for the card
    """
    from seqloom.console.session import sitting
    from seqloom.training.card import write_card

    ready, finished = sitting(recipe, folder, resume=resume, command=command, quiet=quiet)
    model = finish(folder)
    write_card(folder, recipe, ready, finished)
    return model


def prepare_recipe(
    recipe: "str | Path | AnyRecipe",
    data: Sequence[str | Path] = (),
    dev: Sequence[str | Path] = (),
    changes: Sequence[str] = (),
) -> "AnyRecipe":
    """A recipe with other data and some settings changed."""
    chosen = read_recipe(recipe) if isinstance(recipe, str | Path) else recipe
    chosen = with_files(chosen, [*map(str, data)], [*map(str, dev)])
    return override(chosen, changes)


def finish(folder: Path) -> "AnyModel":
    """Draw the training curve of a run and load what it came to."""
    from seqloom.explain import training_curve
    from seqloom.training.journal import read_journal

    model = load(folder)
    metric = model.recipe.training.metric
    training_curve(
        read_journal(folder / "metrics.jsonl"),
        folder / "curve.png",
        "" if metric == "loss" else metric,
    )
    return model
