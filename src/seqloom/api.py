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

from seqloom import explain as pictures
from seqloom.config import AnyRecipe, override, read_recipe, with_files
from seqloom.console.session import sitting
from seqloom.ensemble import Ensemble, Member
from seqloom.errors import UserError
from seqloom.extras import needs
from seqloom.model import Model


def load(folder: str | Path | Sequence[str | Path], device: str = "auto") -> Model:
    """The model in a run folder, or in one that was exported from it; of several folders all of
    their models as one, whose probabilities are averaged.

    device  where a run's arithmetic is done; graphs run on the CPU

    Raises UserError if a folder is not one of ours, or not whole, and if the models do not read and
    write the same tokens.
    """
    if isinstance(folder, str | Path):
        return _load(Path(folder), device)
    models = [_load(Path(each), device) for each in folder]
    if len(models) == 1:
        return models[0]
    folders = [path for model in models for path in model.folders]
    members = [Member(str(model.folders[0]), model.answering) for model in models]
    return Model(Ensemble(members), folders)


def _load(folder: Path, device: str) -> Model:
    if (folder / "export.json").is_file():
        return _load_export(folder, device)
    with needs("train", f"{folder}: a run that was not exported"):
        from seqloom.models.artifact import load_run
        from seqloom.training.device import choose_device
    run = load_run(folder, choose_device(device))
    return Model(run, [folder], run)


def _load_export(folder: Path, device: str) -> Model:
    if device not in ("auto", "cpu"):
        raise UserError(
            f"{folder}: exported models run on the CPU, but device is {device}. Leave it."
        )
    with needs("runtime", f"{folder}: an exported model"):
        from seqloom.runtime import load_export

        return Model(load_export(folder), [folder])


def train(
    recipe: str | Path | AnyRecipe,
    data: Sequence[str | Path] = (),
    *,
    dev: Sequence[str | Path] = (),
    out: str | Path | None = None,
    set: Sequence[str] = (),
    resume: bool = False,
    quiet: bool = False,
) -> Model:
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


def fitted(recipe: AnyRecipe, folder: Path, *, resume: bool, command: str, quiet: bool) -> Model:
    """Train a recipe into a folder, draw its curve, write its card, and load it.

    command  what started this, for the card
    """
    from seqloom.training.card import write_card

    ready, finished = sitting(recipe, folder, resume=resume, command=command, quiet=quiet)
    model = finish(folder)
    write_card(folder, recipe, ready, finished)
    return model


def prepare_recipe(
    recipe: str | Path | AnyRecipe,
    data: Sequence[str | Path] = (),
    dev: Sequence[str | Path] = (),
    changes: Sequence[str] = (),
) -> AnyRecipe:
    """A recipe with other data and some settings changed."""
    chosen = read_recipe(recipe) if isinstance(recipe, str | Path) else recipe
    chosen = with_files(chosen, [*map(str, data)], [*map(str, dev)])
    return override(chosen, changes)


def finish(folder: Path) -> Model:
    """Draw the training curve of a run and load what it came to."""
    from seqloom.training.journal import read_journal

    model = load(folder)
    metric = model.recipe.training.metric
    pictures.training_curve(
        read_journal(folder / "metrics.jsonl"),
        folder / "curve.png",
        "" if metric == "loss" else metric,
    )
    return model
