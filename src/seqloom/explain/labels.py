"""How a token is shown in a picture: every token leaves a visible trace, in every script.

What a token stands for may be longer than a unit (a word, a label, a syllable out of its letters), so
it is put together first, and then shown as units are (text/display.py). And how wide it is, and which
way it runs.
"""

import unicodedata
from collections.abc import Iterable

from rich.cells import cell_len, set_cell_size

from seqloom.text.display import visible

EMPTY = "∅"


def label(token: str) -> str:
    """The token as a picture shows it."""
    return visible(unicodedata.normalize("NFC", token)) if token else EMPTY


def clip(token: str, limit: int) -> str:
    """Cut to `limit` terminal cells; a cut label ends in '…'."""
    if cell_len(token) <= limit:
        return token
    return set_cell_size(token, limit - 1).rstrip() + "…"


def is_right_to_left(text: str) -> bool:
    """True if the first letter with a direction of its own runs right to left."""
    directions = map(unicodedata.bidirectional, text)
    return next((d for d in directions if d in {"L", "R", "AL"}), "L") != "L"


def any_right_to_left(tokens: Iterable[str]) -> bool:
    return any(map(is_right_to_left, tokens))
