"""Text: what follows is predicted from all before it. The unit of the loss is a token, the end of a line
counted.

A stream's state goes over from each batch to the next, without its history: back-propagation ends at
the cut (truncated back-propagation through time).
"""

from collections.abc import Mapping
from math import exp, log
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from seqloom.config.next_step_data import TextData
from seqloom.data.next_step.lanes import Cut, Lanes
from seqloom.data.next_step.lines import LineBatch, LineSet
from seqloom.data.next_step.sequences import SequenceBatches
from seqloom.models.next_step import NextToken
from seqloom.models.next_step_run import Setting
from seqloom.models.tensors import device_of, to_tensor
from seqloom.nn.skip import NetState
from seqloom.search.stepper import Reals
from seqloom.training.next_step.texts import Encoded, Texts
from seqloom.training.task import Facts, Sums, Task, Validation, named_items

DEV_LANES = 16
"""A dev or test stream is read in so many lanes side by side, each from an empty state."""

TextBatches = Lanes | SequenceBatches[LineBatch]


class TextTask(Task[NextToken, Cut | LineBatch]):
    """`state` is what the lanes know of what they read before; None at their beginning."""

    def __init__(self, setting: Setting, texts: Texts, model: NextToken) -> None:
        self.setting = setting
        self.texts = texts
        self.model = model
        self.notes = texts.notes
        self.batches = batches_of(texts.train, setting)  # pyright: ignore[reportAttributeAccessIssue, reportIncompatibleVariableOverride]
        self.state: NetState | None = None

    @property
    def facts(self) -> Facts:
        model = self.setting.recipe.model
        return Facts(
            "tokens",
            "token",
            self.texts.train.tokens,
            self.texts.dev.tokens,
            {"vocabulary": self.texts.codec.size},
            {
                "Text": f"{self.texts.codec.settings.kind}, {self.texts.codec.size:,} tokens",
                "Layers": f"{model.layers} x {model.hidden} {model.cell}"
                + (", with skip connections" if model.skip else ""),
            },
        )

    def count(self, batch: Cut | LineBatch) -> int:
        return int((batch.targets != 0).sum())

    def loss(self, batch: Cut | LineBatch, update: int) -> Sums:
        nll, after = self.model.loss(*_tensors(batch, self.model), self._before(batch))
        self.state = after.each(torch.Tensor.detach) if isinstance(batch, Cut) else None
        return Sums(nll, nll.detach())

    def _before(self, batch: Cut | LineBatch) -> NetState:
        if isinstance(batch, LineBatch) or batch.first or self.state is None:
            return self.model.start(len(batch.targets))
        return self.state

    def named(self, batch: Cut | LineBatch) -> str:
        if isinstance(batch, Cut):
            return f"tokens {batch.place + 1:,} and on of {len(batch.targets)} lanes"
        return named_items("training lines", batch.rows.tolist())

    def score(self, model: NextToken) -> Validation:
        nll = text_nll(model, self.texts.dev, self.setting)
        loss = nll / self.texts.dev.tokens
        match self.setting.recipe.training.metric:
            case "perplexity":
                return Validation(loss, exp(loss), loss)
            case "bits_per_character":
                return Validation(loss, nll / log(2) / self.texts.dev.characters, loss)
            case _:
                return Validation(loss, None, loss)

    def save_setting(self, folder: Path) -> None:
        self.setting.save(folder)

    def carried(self) -> dict[str, Tensor]:
        if self.state is None:
            return {}
        return {
            f"{layer}/{part}": values
            for layer, state in enumerate(self.state.cells)
            for part, values in enumerate(state)
        }

    def carry(self, state: Mapping[str, Tensor]) -> None:
        self.state = None
        if state:
            layers = self.model.net.layers
            device = device_of(self.model)
            cells = tuple(
                tuple(state[f"{layer}/{part}"].to(device) for part in range(cell.parts))
                for layer, cell in enumerate(layers)
            )
            self.state = NetState(cells, None)


def batches_of(texts: Encoded, setting: Setting, lanes: int | None = None) -> TextBatches:
    """A text as batches; `lanes` of a stream, those of training if not given."""
    data, training = setting.recipe.data, setting.recipe.training
    assert isinstance(data, TextData)
    if data.stream:
        return Lanes(texts.stream, lanes or training.batch_size, data.steps)
    lines = LineSet(texts.lines)
    return SequenceBatches(
        lines.lengths,
        lines.collate,
        training.batch_size,
        training.batch_tokens,
        setting.recipe.seed,
    )


@torch.inference_mode()
def text_nll(model: NextToken, texts: Encoded, setting: Setting) -> float:
    """-log p of a whole text, in nats; a stream keeps its state from cut to cut."""
    model.eval()
    batches = batches_of(texts, setting, DEV_LANES)
    total, state = 0.0, None
    for batch in batches.epoch(0) if isinstance(batches, Lanes) else batches.in_order():
        fresh = state is None or isinstance(batch, LineBatch)
        before = model.start(len(batch.targets)) if fresh or state is None else state
        nll, state = model.loss(*_tensors(batch, model), before)
        total += float(nll)
    return total


@torch.inference_mode()
def text_log_probs(model: NextToken, texts: Encoded, setting: Setting) -> list[Reals]:
    """log p of every token of each line, in nats, given all that stands before it: of a stream the lines
    before it too, which `text_nll` forgets where a lane begins."""
    model.eval()
    batches = batches_of(texts, setting, lanes=1)
    lengths = [len(line) for line in texts.lines]
    if isinstance(batches, Lanes):
        state, parts = model.start(1), list[Reals]()
        for batch in batches.epoch(0):
            scores, state = model.score(*_tensors(batch, model), state)
            parts.append(scores[0].float().cpu().numpy())
        return np.split(np.concatenate(parts), np.cumsum(lengths)[:-1])
    found: dict[int, Reals] = {}
    for batch in batches.in_order():
        scores, _ = model.score(*_tensors(batch, model), model.start(len(batch.rows)))
        for row, values in zip(batch.rows.tolist(), scores.float().cpu().numpy(), strict=True):
            found[row] = values[: lengths[row]]
    return [found[row] for row in range(len(lengths))]


def _tensors(batch: Cut | LineBatch, model: NextToken) -> tuple[Tensor, Tensor]:
    device = device_of(model)
    return to_tensor(batch.inputs, device), to_tensor(batch.targets, device)
