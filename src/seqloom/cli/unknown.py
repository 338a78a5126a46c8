"""What the model had never seen: counted while predicting, told once at the end."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from seqloom.text.display import visible

if TYPE_CHECKING:
    from seqloom.text.codec import Codec

NAMED = 20
"""How many are named."""


class Unknown:
    """Units and features that were read as <unk>, by the number of lines they occur in."""

    def __init__(self, codec: "Codec") -> None:
        self._features = codec.vocabulary.feature_ids
        self._lines: Counter[str] = Counter()

    def add(self, units: Iterable[str], features: Sequence[str]) -> None:
        """Those of one line."""
        self._lines.update({visible(unit) for unit in units})
        unknown = {name for name in features if name not in self._features}
        self._lines.update({f"feature {visible(name)}" for name in unknown})

    def summary(self) -> str:
        """One sentence; empty if there is nothing to tell."""
        if not self._lines:
            return ""
        named = ", ".join(f"{name} ({lines:,})" for name, lines in self._lines.most_common(NAMED))
        more = len(self._lines) - NAMED
        rest = f" and {more:,} more" if more > 0 else ""
        return f"Note: never seen in training and read as <unk> (lines with it): {named}{rest}."
