"""What of a run is written, and when.

checkpoints/last.safetensors    its whole state, to go on from
checkpoints/best.safetensors    the weights of its best validation
checkpoints/update-N.safetensors  weights that the final ones will be the mean of
weights.safetensors             the best so far; at the end, the final ones
"""

import time
from pathlib import Path

from seqloom.models.folder import WEIGHTS, load_weights, save_weights
from seqloom.training.average import Weights, mean_of_files, weights_of
from seqloom.training.checkpoint import save_checkpoint
from seqloom.training.loop import Fit, Step
from seqloom.training.task import Validation

LAST, BEST = "last.safetensors", "best.safetensors"
_SAVE_SECONDS = 60.0
"""Where no checkpoint is due for longer than this, one is written all the same."""


class Keeper:
    """Decides what is written when: the state to resume from, and the weights worth keeping."""

    def __init__(self, run: Fit, folder: Path) -> None:
        self.run = run
        self.folder = folder
        self.checkpoints = folder / "checkpoints"
        self.saved_when = time.monotonic()

    def save(self) -> None:
        """Write the whole state."""
        save_checkpoint(self.checkpoints / LAST, self.run)
        self.saved_when = time.monotonic()
        # Only now: until then the state on disk may still count on them.
        kept = {self._kept(update) for _, update in self.run.progress.kept}
        for path in self.checkpoints.glob("update-*.safetensors"):
            if path not in kept:
                path.unlink(missing_ok=True)

    def save_if_due(self, step: Step) -> None:
        """After a validation, every `checkpoint_every` updates, and at least once a minute."""
        every = self.run.settings.checkpoint_every
        due = step.validation is not None if every is None else step.update % every == 0
        if due or time.monotonic() - self.saved_when > _SAVE_SECONDS:
            self.save()

    def keep_weights(self, result: Validation) -> None:
        """The best so far, and those that the final weights will be the mean of."""
        progress = self.run.progress
        if progress.best_update == progress.update:
            save_weights(self.checkpoints / BEST, self._scored())
            save_weights(self.folder / WEIGHTS, self._scored())
        how = self.run.settings.average
        if how in ("last", "best"):
            save_weights(self._kept(progress.update), self._scored())
            kept = [*progress.kept, (result.rank, progress.update)]
            over = self.run.settings.average_over
            progress.kept = sorted(kept)[:over] if how == "best" else kept[-over:]

    def final_weights(self) -> Weights:
        """What the recipe asks for."""
        match self.run.settings.average:
            case "none" | "ema":
                return load_weights(self.checkpoints / BEST)
            case "last" | "best":
                return mean_of_files([self._kept(update) for _, update in self.run.progress.kept])

    def _kept(self, update: int) -> Path:
        return self.checkpoints / f"update-{update}.safetensors"

    def _scored(self) -> Weights:
        average = self.run.average
        return weights_of(self.run.model) if average is None else average.weights
