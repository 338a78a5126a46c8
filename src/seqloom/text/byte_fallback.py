"""Units never seen, spelled in bytes: a vocabulary with 256 further units knows every text.

    known      units of the vocabulary stay what they are
    others     their UTF-8, a unit for each byte; on output a run of bytes is text again

The unit of byte b is the lone surrogate U+DC00 + b. Normalised text holds none, so no text leads to
it by chance. Where units are parted by blanks, a blank ends the spelling of each. A run that is not
UTF-8 reads as U+FFFD where it is wrong.
"""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from seqloom.text.tokenizers.tokenizer import Tokenizer

_FIRST = 0xDC00
BYTE_UNITS = tuple(chr(_FIRST + byte) for byte in range(256))


def is_byte(unit: str) -> bool:
    """Whether the unit is a byte of a spelling."""
    return len(unit) == 1 and _FIRST <= ord(unit) < _FIRST + 256


@dataclass(frozen=True)
class Spelling:
    """A tokenizer whose unknown units are spelled.

    known   the units that need no spelling
    parted  whether blanks part the units of a text
    """

    tokenizer: Tokenizer
    known: Container[str] = field(repr=False)
    parted: bool

    @property
    def unknown(self) -> str:
        return self.tokenizer.unknown

    def split(self, text: str) -> list[str]:
        units: list[str] = []
        for unit in self.tokenizer.split(text):
            units += [unit] if unit in self.known else self._spelled(unit)
        return units

    def join(self, units: Iterable[str]) -> str:
        return self.tokenizer.join(self._read(units))

    def show(self, unit: str) -> str:
        """Bytes by value, such as <0xE2>."""
        return f"<0x{ord(unit) - _FIRST:02X}>" if is_byte(unit) else self.tokenizer.show(unit)

    def _spelled(self, unit: str) -> list[str]:
        return [BYTE_UNITS[byte] for byte in (unit + " " * self.parted).encode()]

    def _read(self, units: Iterable[str]) -> Iterator[str]:
        for spelled, run in groupby(units, is_byte):
            if not spelled:
                yield from run
                continue
            text = bytes(ord(unit) - _FIRST for unit in run).decode(errors="replace")
            yield from text.split() if self.parted else [text]
