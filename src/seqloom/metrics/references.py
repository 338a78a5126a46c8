"""Sets such as pronunciation dictionaries list a source once for each of its right answers."""

from collections.abc import Hashable, Iterable
from typing import TypeVar

Source = TypeVar("Source", bound=Hashable)


def merge_references(
    pairs: Iterable[tuple[Source, str]],
) -> tuple[list[Source], list[list[str]]]:
    """Each source once, in order of first appearance, and all its targets, each once."""
    merged: dict[Source, dict[str, None]] = {}
    for source, target in pairs:
        merged.setdefault(source, {})[target] = None
    return list(merged), [list(targets) for targets in merged.values()]
