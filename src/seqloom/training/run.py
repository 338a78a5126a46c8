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
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

import torch

from seqloom.config import AnyRecipe, DocumentRecipe
from seqloom.config.documents import BagOfWords
from seqloom.config.training import Training
from seqloom.data.made import Report
from seqloom.errors import UserError
from seqloom.models.folder import WEIGHTS, load_recipe, save_weights
from seqloom.training.alone import alone
from seqloom.training.average import MovingAverage, put, weights_of
from seqloom.training.checkpoint import load_checkpoint
from seqloom.training.device import choose_device
from seqloom.training.flushing import flushing
from seqloom.training.journal import Journal, Record
from seqloom.training.keeper import LAST, Keeper
from seqloom.training.loop import Fit, Step, fit, judge
from seqloom.training.optimizer import make_optimizer
from seqloom.training.precision import choose_precision
from seqloom.training.progress import Progress
from seqloom.training.resume import refuse_other
from seqloom.training.task import AnyTask, Facts, Validation
from seqloom.training.tasks import task_of


@dataclass(frozen=True, slots=True)
class Note:
    """One sentence for the user."""

    text: str


@dataclass(frozen=True, slots=True)
class Ready:
    """What is about to be trained."""

    folder: Path
    parameters: int
    facts: Facts
    total_updates: int | None
    progress: Progress


@dataclass(frozen=True, slots=True)
class Finished:
    """Why training ended, and the dev scores of the final weights."""

    reason: str
    validation: Validation
    progress: Progress


Event = Note | Ready | Step | Finished


def training(
    recipe: AnyRecipe, folder: Path, *, resume: bool = False, report: Report | None = None
) -> Generator[Event]:
    """Train a recipe into a run folder. Raises UserError for anything the user can mend; a run that
    was in the folder is then as it was.

    report  is told how much is made of data that is made at run time
    """
    _check_folder(folder, resume)
    with alone(folder):
        if isinstance(recipe, DocumentRecipe) and isinstance(recipe.model, BagOfWords):
            yield from _at_once(recipe, folder)
        else:
            yield from _step_by_step(recipe, folder, resume, report)


def _step_by_step(
    recipe: AnyRecipe, folder: Path, resume: bool, report: Report | None
) -> Generator[Event]:
    going_on = resume and (folder / "checkpoints" / LAST).exists()
    device = choose_device(recipe.training.device)
    if going_on:
        refuse_other(recipe, load_recipe(folder), folder)
    elif resume:
        yield Note("there is no checkpoint to go on from, so this starts at the beginning")
    if recipe.training.threads:
        torch.set_num_threads(recipe.training.threads)
    torch.manual_seed(recipe.seed)
    with flushing():
        yield from _in_loop(recipe, folder, device, going_on, report)


def _in_loop(
    recipe: AnyRecipe, folder: Path, device: torch.device, going_on: bool, report: Report | None
) -> Generator[Event]:
    last = folder / "checkpoints" / LAST
    task = _task(recipe, folder, device, going_on, report)
    yield from (Note(text) for text in task.notes)
    run = _fit(recipe, task)
    if run.precision == torch.bfloat16:
        yield Note("weights are multiplied in bfloat16 (training.precision)")
    if often := _read_more_often(run):
        yield Note(often)
    if going_on:
        load_checkpoint(last, run)
        _refuse_spent(run, folder)
    until, board = run.progress.validated_at, recipe.training.tensorboard
    journal = Journal(folder / "metrics.jsonl", until, board)
    task.save_setting(folder)
    yield _ready(folder, run)
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
    yield _finish(run, keeper)
    shutil.rmtree(folder / "cache", ignore_errors=True)
    run.progress.complete = True
    keeper.save()


def _at_once(recipe: DocumentRecipe, folder: Path) -> Generator[Event]:
    """A model that needs no loop: one update, and there is nothing to go on with."""
    from seqloom.training.documents.at_once import fit_words
    from seqloom.training.documents.prepare import prepare
    from seqloom.training.documents.task import facts_of

    if (folder / "run.json").exists():
        raise UserError(f"{folder}: nothing to go on with: a bag of words is fitted at once.")
    data = prepare(recipe, folder)
    yield from (Note(text) for text in data.notes)
    fitted = fit_words(recipe, data, folder)
    progress = Progress(update=1, epoch=1, seconds=fitted.seconds, finished="fitted at once")
    facts = facts_of(data.codec, len(data.train), len(data.dev))
    size = fitted.model.weights.size + fitted.model.bias.size
    yield Ready(folder, size, facts, 1, Progress())
    record = {
        "update": 1,
        "epoch": 1,
        "dev_loss": fitted.validation.loss,
        "seconds": fitted.seconds,
    }
    Journal(folder / "metrics.jsonl", 0, tensorboard=False).write(record)
    shutil.rmtree(folder / "cache", ignore_errors=True)
    yield Finished(progress.finished, fitted.validation, progress)


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


def _task(
    recipe: AnyRecipe,
    folder: Path,
    device: torch.device,
    going_on: bool,
    report: Report | None,
) -> AnyTask:
    """The task, its data encoded anew."""
    try:
        return task_of(recipe, folder, device, going_on, report)
    except UserError:
        shutil.rmtree(folder / "cache", ignore_errors=True)
        raise


def _fit(recipe: AnyRecipe, task: AnyTask) -> Fit:
    settings = recipe.training
    average = MovingAverage(task.model, settings.ema_decay) if settings.average == "ema" else None
    epochs = settings.max_epochs * _updates(task, settings)
    total = min(settings.max_updates or math.inf, max(settings.min_updates, epochs))
    return Fit(
        task=task,
        optimizer=make_optimizer(settings.optimizer, task.model.parameters()),
        average=average,
        progress=Progress(),
        validate=_validator(task, average),
        settings=settings,
        total_updates=int(total),
        precision=choose_precision(settings.precision, next(task.model.parameters()).device),
    )


def _updates(task: AnyTask, settings: Training) -> int:
    """In an epoch."""
    return math.ceil(task.batches.num_batches(0) / settings.accumulate)


def _read_more_often(run: Fit) -> str:
    """What the user should know where training.min_updates asks for more than the epochs have."""
    settings = run.settings
    if run.total_updates != settings.min_updates:
        return ""  # nor are the batches counted once more
    updates = _updates(run.task, settings)
    if settings.max_epochs * updates >= settings.min_updates:
        return ""
    return (
        f"the set is small, {updates:,} update(s) an epoch, and is read more than "
        f"training.max_epochs={settings.max_epochs} times: training.min_updates={settings.min_updates} "
        "comes first (0 turns it off)"
    )


def _validator(task: AnyTask, average: MovingAverage | None) -> Callable[[], Validation]:
    """Scores the weights that would be kept now: the model's own, or their moving average."""
    if average is None:
        return lambda: task.score(task.model)
    scored = copy.deepcopy(task.model)

    def validate() -> Validation:
        put(average.weights, scored)
        return task.score(scored)

    return validate


def _ready(folder: Path, run: Fit) -> Ready:
    return Ready(
        folder=folder,
        parameters=sum(weight.numel() for weight in run.model.parameters()),
        facts=run.task.facts,
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
        "cpu_seconds": round(progress.cpu_seconds, 3),
    }
    if result.metric is not None:
        record[run.settings.metric] = result.metric
    progress.nll, progress.tokens = 0.0, 0
    return record


def _finish(run: Fit, keeper: Keeper) -> Finished:
    """Put the final weights in place, and score them once more on the dev set. The run keeps its
    own weights: it may go on one day with a larger budget."""
    final = copy.deepcopy(run.model)
    put(keeper.final_weights(), final)
    save_weights(keeper.folder / WEIGHTS, weights_of(final))
    return Finished(run.progress.finished, run.task.score(final), run.progress)
