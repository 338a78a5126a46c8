"""What a training is of. The loop, the checkpoints and the run folder are the same for every family of
recipes; what differs stands behind a `Task`: its data, its model, its loss and its dev scores.

    pairs      a sequence in, a sequence out         training/pairs/
    documents  a document in, a label out            training/documents/

A loss is a sum over the items of a batch; an update minimises the sum of a group of batches divided by
their count, so that it does not depend on how the items were dealt to batches.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from torch import Tensor, nn

ModelT = TypeVar("ModelT", bound=nn.Module)
BatchT = TypeVar("BatchT")
Batch_co = TypeVar("Batch_co", covariant=True)


class Batches(Protocol[Batch_co]):
    """A training set as batches. An epoch is a function of its number, so that a run which stopped
    goes on at the batch where it was."""

    def epoch(self, number: int, skip: int = 0) -> Iterator[Batch_co]:
        """The shuffled batches of one epoch, from batch `skip` on."""
        ...

    def num_batches(self, epoch: int) -> int: ...


class Sums(NamedTuple):
    """Over a batch, in nats: `fitted` is what training minimises, `nll` what is reported."""

    fitted: Tensor
    nll: Tensor


@dataclass(frozen=True, slots=True)
class Validation:
    """Dev scores. `loss` is -log p per unit in nats; `metric` is the recipe's `training.metric` in its
    own unit."""

    loss: float
    metric: float | None
    rank: float
    """What checkpoints are ordered by, lower being better."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a training is of, in numbers and words.

    items     what the sets are made of: 'pairs'
    unit      what the loss is counted per: 'token'
    train, dev  how many items
    sizes     other numbers by name, such as source_vocabulary, for summary.json
    about     rows of the model card: what is read, what is written, the layers
    """

    items: str
    unit: str
    train: int
    dev: int
    sizes: Mapping[str, int] = field(default_factory=dict[str, int])
    about: Mapping[str, str] = field(default_factory=dict[str, str])


class Task(ABC, Generic[ModelT, BatchT]):
    """One family's part of a training run."""

    model: ModelT
    batches: Batches[BatchT]
    notes: Sequence[str]
    """What the user should know about the data."""

    @property
    @abstractmethod
    def facts(self) -> Facts: ...

    @abstractmethod
    def count(self, batch: BatchT) -> int:
        """How many units the loss of a batch is a sum over."""

    @abstractmethod
    def loss(self, batch: BatchT, update: int) -> Sums:
        """The sums over a batch, at update number `update` (from 1), with gradients."""

    @abstractmethod
    def named(self, batch: BatchT) -> str:
        """Which items a batch holds, for a message: 'training pairs 3, 17, ...'."""

    @abstractmethod
    def score(self, model: ModelT) -> Validation:
        """The dev scores of some weights: the model's own, or those that would be kept."""

    @abstractmethod
    def save_setting(self, folder: Path) -> None:
        """Write all of a run folder that is fixed before training starts."""

    def carried(self) -> dict[str, Tensor]:
        """What goes over from one batch to the next, for the checkpoint; most tasks carry nothing."""
        return {}

    def carry(self, state: Mapping[str, Tensor]) -> None:
        """Take up what `carried` gave."""
        assert not state


AnyTask = Task[Any, Any]


def named_items(what: str, indices: Sequence[int], shown: int = 5) -> str:
    """'training pairs 4, 18, ...' for the items at these places of the training set."""
    names = ", ".join(str(index + 1) for index in indices[:shown])
    return f"{what} {names}{', ...' if len(indices) > shown else ''}"
