"""What the labels of a training set tell of a setting that may be missing.

    a line of names    the label of the first row occurs nowhere else, though every other label does:
                       data.header=true
    several labels     labels have the separator in them: data.multi_label=true

Neither is an error: a label may be as rare, or be written so.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from seqloom.config.documents import DocumentData
from seqloom.data.documents.document import Document


class Doubts:
    """Counts labels as they are read."""

    def __init__(self, data: DocumentData) -> None:
        self.data = data
        self.first: Document | None = None
        self.counts: Counter[str] = Counter()

    def watched(self, documents: Iterable[Document]) -> Iterator[tuple[str, ...]]:
        """Their labels."""
        for document in documents:
            labels = document.labels or ()
            self.first = self.first or document
            self.counts.update(labels)
            yield labels

    def notes(self) -> list[str]:
        """Sentences without a full stop."""
        return [note for note in (self._names(), self._several()) if note]

    def _names(self) -> str:
        first = self.first
        if first is None or self.data.header is not None or not first.origin.endswith(":1"):
            return ""
        once = [label for label, count in self.counts.items() if count == 1]
        if len(self.counts) < 3 or once != list(first.labels or ()):
            return ""
        return (
            f"{first.origin}: no other row has the label '{once[0]}'. If this is a line of names, say so: "
            "--set data.header=true"
        )

    def _several(self) -> str:
        separator = self.data.separator
        joined = [label for label in self.counts if separator in label]
        if self.data.multi_label or not joined:
            return ""
        return (
            f"{len(joined):,} label(s) have '{separator}' in them, such as '{min(joined)}', and are "
            "taken as they are; if each part is a label of its own: --set data.multi_label=true"
        )
