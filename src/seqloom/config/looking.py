"""What a search asks of attention: there must be some."""

from collections.abc import Iterator

from seqloom.config.network import Cho, Decoder, Sutskever
from seqloom.config.search import Search


def conflict(decoder: Decoder, search: Search) -> str:
    """Which setting of the search has nothing to look at, and the way out; empty if none."""
    if not isinstance(decoder, Sutskever | Cho):
        return ""
    for asked, off in _asking(search):
        return (
            f"{asked} asks for attention, but decoder.kind={decoder.kind} has none. "
            f"Set it to {off}, or decoder.kind=bahdanau or luong."
        )
    return ""


def _asking(search: Search) -> Iterator[tuple[str, str]]:
    """Settings that are on, and what turns them off."""
    if search.replace_unknown != "none":
        yield f"search.replace_unknown={search.replace_unknown}", "none"
    if search.coverage_penalty:
        yield f"search.coverage_penalty={search.coverage_penalty:g}", "0"
