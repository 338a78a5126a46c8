"""A training run from recipe to run folder.

`training` is a generator of events. It may be closed between any two of them: it then saves the
state of the run, and `resume=True` goes on exactly there.

    Note       something the user should know
    Ready      sizes and budget, once everything is set up
    Step       after every update (loop.py)
    Finished   the final weights are in place
"""

import copy
import math
import shutil
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import torch

from seqloom.config import Recipe
from seqloom.errors import UserError
from seqloom.models.artifact import WEIGHTS, load_setting, save_setting, save_weights
from seqloom.models.build import build
from seqloom.training.average import MovingAverage, put, weights_of
from seqloom.training.checkpoint import load_checkpoint
from seqloom.training.device import choose_device
from seqloom.training.journal import Journal, Record
from seqloom.training.keeper import LAST, Keeper
from seqloom.training.loop import Fit, Step, fit, judge
from seqloom.training.optimizer import make_optimizer
from seqloom.training.prepare import Prepared, batches_of, prepare
from seqloom.training.progress import Progress
from seqloom.training.resume import refuse_other
from seqloom.training.validation import Validation, Validator


@dataclass(frozen=True, slots=True)
class Note:
    """One sentence for the user."""

    text: str


@dataclass(frozen=True, slots=True)
class Ready:
    """What is about to be trained."""

    folder: Path
    parameters: int
    train_pairs: int
    dev_pairs: int
    source_vocabulary: int
    target_vocabulary: int
    total_updates: int | None
    progress: Progress


@dataclass(frozen=True, slots=True)
class Finished:
    """Why training ended, and the dev scores of the final weights."""

    reason: str
    validation: Validation
    progress: Progress


Event = Note | Ready | Step | Finished


def training(recipe: Recipe, folder: Path, *, resume: bool = False) -> Generator[Event]:
    """Train a recipe into a run folder. Raises UserError for anything the user can mend; a run that
    was in the folder is then as it was."""
    _check_folder(folder, resume)
    last = folder / "checkpoints" / LAST
    going_on = resume and last.exists()
    device = choose_device(recipe.training.device)
    if going_on:
        refuse_other(recipe, load_setting(folder)[0], folder)
    elif resume:
        yield Note("there is no checkpoint to go on from, so this starts at the beginning")
    if recipe.training.threads:
        torch.set_num_threads(recipe.training.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(recipe.seed)
    data = _prepared(recipe, folder, going_on)
    yield from (Note(text) for text in data.notes)
    run, validator = _fit(recipe, data, device)
    if going_on:
        load_checkpoint(last, run)
        _refuse_spent(run, folder)
    until, board = run.progress.validated_at, recipe.training.tensorboard
    journal = Journal(folder / "metrics.jsonl", until, board)
    save_setting(folder, recipe, data.codec)
    yield _ready(folder, data, run)
    keeper = Keeper(run, folder)
    try:
        for step in fit(run):
            if step.validation is not None:
                keeper.keep_weights(step.validation)
                journal.write(_record(run, step, step.validation))
            keeper.save_if_due(step)
            yield step
    except GeneratorExit:  # closed between two updates: the state is whole
        keeper.save()
        raise
    keeper.save()
    yield _finish(run, keeper, validator)
    shutil.rmtree(folder / "cache", ignore_errors=True)
    run.progress.complete = True
    keeper.save()


def _check_folder(folder: Path, resume: bool) -> None:
    """A new run takes an empty folder, or one in which a start failed over its data."""
    if folder.exists() and not folder.is_dir():
        raise UserError(
            f"{folder}: a run needs a folder, but this is a file. Choose another --out."
        )
    if resume or not folder.exists():
        return
    if (folder / "run.json").exists():
        raise UserError(
            f"{folder}: there is a run here already. Go on with --resume, or choose another --out."
        )
    others = [path.name for path in folder.iterdir() if not _left_behind(path.name)]
    if others:
        raise UserError(
            f"{folder}: a new run needs a folder of its own, but this one holds '{min(others)}'. "
            "Choose another --out."
        )


def _left_behind(name: str) -> bool:
    return name in ("cache", "metrics.jsonl", "tensorboard") or name.startswith("bad-")


def _prepared(recipe: Recipe, folder: Path, going_on: bool) -> Prepared:
    """The data, encoded anew: a run that goes on keeps its vocabularies."""
    codec = load_setting(folder)[1] if going_on else None
    try:
        return prepare(recipe, folder, codec)
    except UserError:
        shutil.rmtree(folder / "cache", ignore_errors=True)
        raise


def _fit(recipe: Recipe, data: Prepared, device: torch.device) -> tuple[Fit, Validator]:
    settings = recipe.training
    model = build(recipe, data.codec.source.size, data.codec.target.size)
    model.to(device)
    average = MovingAverage(model, settings.ema_decay) if settings.average == "ema" else None
    batches = batches_of(recipe, data.train)
    per_epoch = math.ceil(batches.num_batches(0) / settings.accumulate)
    total = min(settings.max_updates or math.inf, settings.max_epochs * per_epoch)
    validator = Validator(recipe, data, model, average)
    run = Fit(
        model=model,
        optimizer=make_optimizer(settings.optimizer, model.parameters()),
        average=average,
        progress=Progress(),
        batches=batches,
        validate=validator,
        settings=settings,
        total_updates=int(total),
    )
    return run, validator


def _ready(folder: Path, data: Prepared, run: Fit) -> Ready:
    return Ready(
        folder=folder,
        parameters=sum(weight.numel() for weight in run.model.parameters()),
        train_pairs=len(data.train),
        dev_pairs=len(data.dev),
        source_vocabulary=data.codec.source.size,
        target_vocabulary=data.codec.target.size,
        total_updates=run.total_updates,
        progress=run.progress,
    )


def _refuse_spent(run: Fit, folder: Path) -> None:
    """A run that has used its budget up would end at once: say which number to raise. One that was
    stopped between its last update and its final weights still has those to make."""
    progress = run.progress
    ending = progress.finished != "" and not progress.complete
    progress.finished, progress.complete = "", False
    judge(run)
    if progress.finished and not ending:
        shutil.rmtree(folder / "cache", ignore_errors=True)
        raise UserError(
            f"nothing left to do: {progress.finished} after {progress.update:,} updates "
            f"({progress.epoch} epochs). Raise that limit with --set and resume."
        )


def _record(run: Fit, step: Step, result: Validation) -> Record:
    """What a validation adds to the journal; the training loss is the mean since the last one."""
    progress = run.progress
    record: Record = {
        "update": progress.update,
        "epoch": progress.epoch,
        "train_loss": progress.nll / max(1, progress.tokens),
        "dev_loss": result.loss,
        "rate": step.rate,
        "seconds": round(progress.seconds, 3),
    }
    if result.metric is not None:
        record[run.settings.metric] = result.metric
    progress.nll, progress.tokens = 0.0, 0
    return record


def _finish(run: Fit, keeper: Keeper, validator: Validator) -> Finished:
    """Put the final weights in place, and score them once more on the dev set. The run keeps its
    own weights: it may go on one day with a larger budget."""
    final = copy.deepcopy(run.model)
    put(keeper.final_weights(), final)
    save_weights(keeper.folder / WEIGHTS, weights_of(final))
    return Finished(run.progress.finished, validator.score(final), run.progress)
