"""The bytes of UTF-8 as units: 256 of them write every text, and none is ever unknown.

A unit is the character whose code point is the byte's value (Latin-1), so that bytes pass through
the same vocabulary as all other units. On output, bytes that are not UTF-8 read as U+FFFD.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from seqloom.text.display import visible

ALL_BYTES = tuple(map(chr, range(256)))


@dataclass(frozen=True)
class ByteTokenizer:
    unknown: str = "⁇".encode().decode("latin-1")

    def split(self, text: str) -> list[str]:
        return list(text.encode().decode("latin-1"))

    def join(self, units: Iterable[str]) -> str:
        return "".join(units).encode("latin-1").decode(errors="replace")

    def show(self, unit: str) -> str:
        """ASCII as it is, all other bytes by value, such as <0xE2>."""
        return visible(unit) if " " <= unit <= "~" else f"<0x{ord(unit):02X}>"
