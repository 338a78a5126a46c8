"""The training loop, on one screen.

`fit` is a generator: it yields after every update, so that its caller decides what happens between
two of them (print, log, save, stop). All that it must remember stands in the model, the optimizer,
the moving average and `Progress`; whoever saves those at a yield and hands them back later goes on
exactly there.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

import torch
from torch import nn

from seqloom.config.training import Training
from seqloom.errors import UserError
from seqloom.nn.products import products_in
from seqloom.training.average import MovingAverage
from seqloom.training.optimizer import rate_factor
from seqloom.training.progress import Progress
from seqloom.training.task import AnyTask, Validation


@dataclass
class Fit:
    """A task and everything that its model is fitted with."""

    task: AnyTask
    optimizer: torch.optim.Optimizer
    average: MovingAverage | None
    progress: Progress
    validate: Callable[[], Validation]
    settings: Training
    total_updates: int | None
    """Updates in the whole budget, where it is known."""
    precision: torch.dtype = torch.float32
    """What weights are multiplied in."""

    @property
    def model(self) -> nn.Module:
        return self.task.model


class Step(NamedTuple):
    """What happened at an update: the mean loss per unit (target token, document, ...) in nats, and how
    many units were read."""

    update: int
    loss: float
    tokens: int
    rate: float
    norm: float
    validation: Validation | None


def fit(run: Fit) -> Iterator[Step]:
    """Train until a limit is met or the dev score stands still; `progress.finished` says which.

    Raises UserError, naming the batch, if the loss is not a finite number.
    """
    progress, settings = run.progress, run.settings
    while not progress.finished:
        batches = run.task.batches.epoch(progress.epoch, skip=progress.batch)
        while group := list(islice(batches, settings.accumulate)):
            with progress.clocked():
                step = _update(run, group)
                if run.average is not None:
                    run.average.follow(run.model, progress.update)
                if settings.validate_every and progress.update % settings.validate_every == 0:
                    step = step._replace(validation=_validated(run))
            judge(run)
            if progress.finished and progress.validated_at < progress.update:
                step = step._replace(validation=_validated(run))
            yield step
            if progress.finished:
                return
        progress.epoch, progress.batch = progress.epoch + 1, 0
        judge(run)
        due = not settings.validate_every or progress.finished
        if due and progress.validated_at < progress.update:
            yield _end_of_epoch(run)


def _end_of_epoch(run: Fit) -> Step:
    """The validation between two epochs, which follows no update of its own."""
    with run.progress.clocked():
        validation = _validated(run)
    judge(run)
    return Step(run.progress.update, math.nan, 0, _rate(run), 0.0, validation)


def _update(run: Fit, group: list[Any]) -> Step:
    """One step of the optimizer on the mean loss per unit of a group of batches."""
    progress, settings, task = run.progress, run.settings, run.task
    progress.update += 1
    rate = _rate(run)
    for parameters in run.optimizer.param_groups:
        parameters["lr"] = rate
    run.model.train()
    run.optimizer.zero_grad(set_to_none=True)
    units = sum(task.count(batch) for batch in group)
    nll = 0.0
    for batch in group:
        with products_in(run.precision):
            loss = task.loss(batch, progress.update)
        (loss.fitted / units).backward()
        nll += float(loss.nll)
        progress.batch += 1
        _refuse_nan(float(loss.fitted.detach()), "the loss", task.named(batch), progress)
    limit = settings.clip or math.inf
    norm = float(torch.nn.utils.clip_grad_norm_(run.model.parameters(), limit))
    _refuse_nan(norm, "the gradient's norm", task.named(group[-1]), progress)
    run.optimizer.step()
    progress.nll += nll
    progress.tokens += units
    return Step(progress.update, nll / units, units, rate, norm, None)


def _rate(run: Fit) -> float:
    factor = rate_factor(
        run.settings.schedule, run.progress.update, run.total_updates, run.progress.plateau
    )
    return run.settings.optimizer.rate * factor


def _validated(run: Fit) -> Validation:
    """Validate, and take note of it."""
    progress = run.progress
    validation = run.validate()
    progress.validations += 1
    progress.validated_at = progress.update
    progress.plateau.observe(validation.loss, run.settings.schedule)
    progress.since_best += 1
    if validation.rank < progress.best_score:
        progress.best_score, progress.best_update = validation.rank, progress.update
        progress.since_best = 0
    return validation


def judge(run: Fit) -> None:
    """Set `progress.finished` if the budget is spent or patience has run out."""
    progress, settings = run.progress, run.settings
    enough = progress.update >= settings.min_updates
    if enough and settings.patience is not None and progress.since_best >= settings.patience:
        progress.finished = f"no improvement in {settings.patience} validations"
    elif settings.max_updates is not None and progress.update >= settings.max_updates:
        progress.finished = f"training.max_updates={settings.max_updates} reached"
    elif enough and progress.epoch >= settings.max_epochs:
        longer = (progress.epoch, progress.batch) > (settings.max_epochs, 0)
        name = "min_updates" if longer else "max_epochs"
        progress.finished = f"training.{name}={getattr(settings, name)} reached"
    elif settings.max_minutes is not None and progress.seconds >= 60 * settings.max_minutes:
        progress.finished = f"training.max_minutes={settings.max_minutes:g} reached"


def _refuse_nan(value: float, what: str, items: str, progress: Progress) -> None:
    if math.isfinite(value):
        return
    raise UserError(
        f"{what} became {value} at update {progress.update} (epoch {progress.epoch + 1}, batch "
        f"{progress.batch}, {items}). "
        "What was saved before stands: lower training.optimizer.rate, and go on or start again."
    )
