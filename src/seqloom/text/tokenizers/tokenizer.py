"""What every tokenizer can do: cut a text into units and write units as text again."""

from collections.abc import Iterable
from typing import Protocol


class Tokenizer(Protocol):
    """Cuts normalised text. `join(split(text))` gives the text back, but for the amount of white
    space where a tokenizer says so."""

    @property
    def unknown(self) -> str:
        """The unit that stands for <unk> on output; a reader sees '⁇'."""
        ...

    def split(self, text: str) -> list[str]: ...

    def join(self, units: Iterable[str]) -> str: ...

    def show(self, unit: str) -> str:
        """The unit as a person can read it, with a blank shown as '␣'."""
        ...
