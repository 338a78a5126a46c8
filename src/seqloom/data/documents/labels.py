"""Labels and their numbers, and what an error in each costs.

    balanced, one label     w_c = n / (C n_c)        so that the mean over documents is 1
    balanced, several       w_c = (n - n_c) / n_c    of the documents that have the label; 1 for others

for n documents, C labels, and n_c documents with label c.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from seqloom.config.documents import Weights
from seqloom.errors import UserError, suggestion


@dataclass(frozen=True)
class Labels:
    """The labels seen in training by code point; a label's number is its place."""

    names: tuple[str, ...]
    ids: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ids = {name: number for number, name in enumerate(self.names)}
        assert len(ids) == len(self.names), "a label occurs twice"
        object.__setattr__(self, "ids", ids)

    @classmethod
    def of(cls, labels: Iterable[Sequence[str]], where: str, multi_label: bool) -> Self:
        """All labels of some documents. Raises UserError, naming the files (`where`), if there is
        nothing to tell apart."""
        documents, names = 0, set[str]()
        for each in labels:
            documents += 1
            names.update(each)
        if len(names) < 2 - multi_label:
            raise UserError(_one_class(where, documents, sorted(names)))
        return cls(tuple(sorted(names)))

    def __len__(self) -> int:
        return len(self.names)

    def unseen(self, labels: Iterable[str]) -> str:
        """What is wrong with labels of which one was never seen in training; '' if nothing."""
        missing = next((label for label in labels if label not in self.ids), None)
        if missing is None:
            return ""
        return (
            f"the label '{missing}' was never seen in training. {suggestion(missing, self.names)}"
        )

    def encode(self, labels: Iterable[str]) -> tuple[int, ...]:
        """Sorted, each once. All must be known."""
        return tuple(sorted({self.ids[label] for label in labels}))


def class_weights(
    setting: Weights, labels: Labels, counts: Sequence[int], documents: int, multi_label: bool
) -> list[float] | None:
    """A weight for each label, None where all are 1."""
    if setting == "none":
        return None
    if isinstance(setting, dict):
        return _given(setting, labels)
    if multi_label:
        return [(documents - count) / count if 0 < count < documents else 1.0 for count in counts]
    return [documents / (len(counts) * count) if count else 1.0 for count in counts]


def _given(setting: Mapping[str, float], labels: Labels) -> list[float]:
    for name in setting:
        if name not in labels.ids:
            raise UserError(
                f"model.class_weights has a weight for '{name}', which is no label of the training "
                f"data. {suggestion(name, labels.names)}"
            )
    return [setting.get(name, 1.0) for name in labels.names]


def _one_class(where: str, documents: int, names: list[str]) -> str:
    found = f"all {documents:,} have the label '{names[0]}'" if names else "none has any"
    return (
        f"{where}: a classifier needs documents of at least two labels, but {found}. "
        "Is data.label the right column?"
    )
