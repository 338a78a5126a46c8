"""One sitting of a training: drive it, show it on stderr, stop it when asked.

Both the command line and `seqloom.train` go through here, so they show and save alike.
"""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from seqloom.console.making import making
from seqloom.console.progress import Display, Meter, Silence, clock, display, stderr
from seqloom.console.stop import Stop

if TYPE_CHECKING:
    from seqloom.config import AnyRecipe
    from seqloom.training.loop import Step
    from seqloom.training.run import Event, Finished, Ready


class Stopped(KeyboardInterrupt):
    """A signal ended the sitting.

    status    the exit status that says so
    resumable whether there is a checkpoint to go on from
    """

    def __init__(self, message: str, status: int, resumable: bool) -> None:
        super().__init__(message)
        self.status = status
        self.resumable = resumable


def sitting(
    recipe: "AnyRecipe", folder: Path, *, resume: bool, command: str, quiet: bool
) -> "tuple[Ready, Finished]":
    """Train to the end of the budget.

    command  what the user typed, for the model card
    Raises Stopped after Ctrl-C or SIGTERM; the state of the run is then saved.
    """
    show = _Show(recipe, stderr(), quiet)
    with Stop() as stop:
        try:
            return _drive(recipe, folder, resume, command, show, stop)
        except KeyboardInterrupt:
            resumable = (folder / "checkpoints" / "last.safetensors").exists()
            raise Stopped(_farewell(show, resumable), stop.status, resumable) from None
        finally:
            show.close()
            _leave_no_empty(folder)


def _drive(
    recipe: "AnyRecipe", folder: Path, resume: bool, command: str, show: "_Show", stop: Stop
) -> "tuple[Ready, Finished]":
    from seqloom.training.card import note_command
    from seqloom.training.loop import Step
    from seqloom.training.run import Finished, Ready, training

    ready: Ready | None = None
    finished: Finished | None = None
    with (
        making(show.console, "Making data", show.quiet) as report,
        closing(training(recipe, folder, resume=resume, report=report)) as events,
    ):
        for event in events:
            show.event(event)
            match event:
                case Ready():
                    ready, stop.waits = event, True
                    note_command(folder, command)
                case Finished():
                    finished, stop.waits = event, False
                # Once the budget is spent only the final weights are missing: they come first.
                case Step() if stop.asked and ready and not ready.progress.finished:
                    events.close()
                    show.stopped = True
                    raise KeyboardInterrupt
                case _:
                    pass
    assert ready is not None
    assert finished is not None
    return ready, finished


def _leave_no_empty(folder: Path) -> None:
    """A start that failed over its data leaves no trace."""
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def _farewell(show: "_Show", resumable: bool) -> str:
    if show.stopped:
        return f"Stopped at update {show.update:,}; saved."
    return (
        "Stopped at once; the last checkpoint stands."
        if resumable
        else "Stopped before there was anything to save."
    )


class _Show:
    """Events as lines and a bar."""

    def __init__(self, recipe: "AnyRecipe", console: Console, quiet: bool) -> None:
        self.settings = recipe.training
        self.console = console
        self.quiet = quiet
        self.stopped = False
        self.display: Display = Silence()
        self.meter: Meter | None = None
        self.nll, self.tokens = 0.0, 0

    @property
    def update(self) -> int:
        return self.meter.counters.update if self.meter else 0

    def line(self, text: str) -> None:
        self.console.print(text)

    def event(self, event: "Event") -> None:
        from seqloom.training.loop import Step
        from seqloom.training.run import Finished, Note, Ready

        match event:
            case Note():
                self.line(f"Note: {event.text}.")
            case Ready():
                self._ready(event)
            case Step():
                self._step(event)
            case Finished():
                self._finished(event)

    def close(self) -> None:
        self.display.close()

    def _ready(self, ready: "Ready") -> None:
        self.meter = Meter(
            ready.progress, ready.total_updates, self.settings.max_minutes, ready.facts.unit
        )
        if not self.quiet:
            self.line(_sizes(ready))
            if ready.progress.update:
                self.line(f"Going on after update {ready.progress.update:,}.")
        self.display = display(self.console, self.quiet)

    def _step(self, step: "Step") -> None:
        assert self.meter is not None
        self.meter.add(step)
        if step.tokens:
            self.nll += step.loss * step.tokens
            self.tokens += step.tokens
        self.display.show(self.meter)
        if step.validation is not None and not self.quiet:
            self.line(self._validation(step, self.meter))
            self.nll, self.tokens = 0.0, 0

    def _validation(self, step: "Step", meter: Meter) -> str:
        assert step.validation is not None
        parts = [f"epoch {meter.epoch:>3}", f"update {step.update:>7,}"]
        if self.tokens:
            parts.append(f"train loss {self.nll / self.tokens:.4f}")
        parts.append(f"dev loss {step.validation.loss:.4f}")
        if step.validation.metric is not None:
            parts.append(f"{self.settings.metric} {step.validation.metric:.2f}")
        if meter.counters.best_update == step.update:
            parts.append("best")
        return "  ".join(parts)

    def _finished(self, finished: "Finished") -> None:
        scores = f"dev loss {finished.validation.loss:.4f}"
        if finished.validation.metric is not None:
            scores += f", {self.settings.metric} {finished.validation.metric:.2f}"
        self.close()
        self.line(
            f"Finished: {finished.reason}. Final weights: {scores}, "
            f"after {_updates(finished.progress.update)} in {clock(finished.progress.seconds)}."
        )


def _updates(count: int) -> str:
    return f"{count:,} update{'' if count == 1 else 's'}"


def _sizes(ready: "Ready") -> str:
    facts = ready.facts
    sizes = ", ".join(f"{name.replace('_', ' ')} {size:,}" for name, size in facts.sizes.items())
    return (
        f"Training {ready.folder} on {facts.train:,} {facts.items}, {facts.dev:,} to validate on.\n"
        f"{sizes[:1].upper()}{sizes[1:]}{', ' if sizes else ''}{ready.parameters:,} parameters."
    )
