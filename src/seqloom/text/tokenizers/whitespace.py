"""What stands between blanks as units: phones such as 'k͈', or text that is tokenised already.

A unit stays whole whatever is inside it. On output one blank stands between two units.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from seqloom.text.display import visible


@dataclass(frozen=True)
class WhitespaceTokenizer:
    unknown: str = "⁇"

    def split(self, text: str) -> list[str]:
        return text.split()

    def join(self, units: Iterable[str]) -> str:
        return " ".join(units)

    def show(self, unit: str) -> str:
        return visible(unit)
