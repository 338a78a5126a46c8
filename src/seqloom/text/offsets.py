"""Where each unit of a text stands in the text as it was typed.

    typed   "E" + "◌́" + "x"   (3 characters)     normal form NFC, lower case:  é x
    units   é   x                                 spans  (0, 2)  (2, 3)

A span counts characters (code points), start and end, so that `typed[start:end]` is what the unit came
from. Units that share a character share its span: the jamo of one syllable, the bytes of one letter, a
letter and its accent where they were typed as one. A blank that leads a unit is not part of its span.
What nobody typed, such as the blank before the first word, has an empty span.

Normalisation is undone piece by piece: characters are taken together only where their normal form is not
that of each of them side by side.
"""

import unicodedata
from collections.abc import Callable, Iterator, Sequence

from seqloom.text.byte_fallback import Spelling
from seqloom.text.tokenizers.bytes import ByteTokenizer
from seqloom.text.tokenizers.characters import JamoTokenizer
from seqloom.text.tokenizers.subwords import SubwordTokenizer
from seqloom.text.tokenizers.tokenizer import Tokenizer

Span = tuple[int, int]
Form = Callable[[str], str]
"""Text to its normal form."""


def offsets(tokenizer: Tokenizer, typed: str, form: Form) -> list[Span]:
    """A span for each unit of `tokenizer.split(form(typed))`."""
    formed = form(typed)
    spans = formed_spans(typed, form)
    assert len(spans) == len(formed), "a normal form is that of its parts"
    if isinstance(tokenizer, Spelling):
        inner, letters = _located(tokenizer.tokenizer, formed, spans)
        return list(_spelled(tokenizer, inner, letters))
    return [_hull(part) for part in _located(tokenizer, formed, spans)[1]]


def formed_spans(typed: str, form: Form) -> list[Span]:
    """For each character of `form(typed)` the characters as typed that it came from."""
    spans: list[Span] = []
    for start, end in _independent(typed, form):
        whole = form(typed[start:end])
        parts = [form(char) for char in typed[start:end]]
        if _alike("".join(parts), whole):
            for place, part in enumerate(parts, start):
                spans += [(place, place + 1)] * len(part)
        else:
            spans += [(start, end)] * len(whole)
    return spans


def _independent(typed: str, form: Form) -> Iterator[Span]:
    """Stretches whose normal forms stand side by side in that of the whole."""
    start = end = 0
    for chunk_start, chunk_end in _sequences(typed):
        if chunk_start == start:
            end = chunk_end
            continue
        before, chunk = typed[start:chunk_start], typed[chunk_start:chunk_end]
        if _alike(form(before + chunk), form(before) + form(chunk)):
            yield start, chunk_start
            start = chunk_start
        end = chunk_end
    if typed:
        yield start, end


def _sequences(typed: str) -> Iterator[Span]:
    """Each character with the marks that follow it, which a normal form may put in another order."""
    start = 0
    for place in range(1, len(typed) + 1):
        if place == len(typed) or unicodedata.combining(typed[place]) == 0:
            yield start, place
            start = place


def _alike(one: str, other: str) -> bool:
    """The same, but for a sigma that is final only where a text ends."""
    return one == other or one.replace("ς", "σ") == other.replace("ς", "σ")


def _located(
    tokenizer: Tokenizer, formed: str, spans: Sequence[Span]
) -> tuple[list[str], list[list[Span]]]:
    """The units, and for each the spans of its characters."""
    material, where = _material(tokenizer, formed, spans)
    units, found, here = tokenizer.split(formed), list[list[Span]](), 0
    for unit in units:
        bare = unit.removeprefix(" ") or unit
        at = material.find(bare, here)
        assert at >= 0, "a unit is part of its text"
        here = at + len(bare)
        found.append(list(where[at:here]))
    return units, found


def _material(
    tokenizer: Tokenizer, formed: str, spans: Sequence[Span]
) -> tuple[str, Sequence[Span]]:
    """What the units are cut from, and where each of its characters was typed."""
    if isinstance(tokenizer, SubwordTokenizer):  # as if a blank stood before the text
        return " " + formed, [(0, 0), *spans]
    if not isinstance(tokenizer, ByteTokenizer | JamoTokenizer):
        return formed, spans
    parts = ["".join(tokenizer.split(char)) for char in formed]
    where = [span for part, span in zip(parts, spans, strict=True) for _ in part]
    return "".join(parts), where


def _spelled(
    tokenizer: Spelling, units: Sequence[str], letters: Sequence[Sequence[Span]]
) -> Iterator[Span]:
    """Bytes have the span of their letter; the blank that begins or ends a spelling an empty one."""
    for unit, own in zip(units, letters, strict=True):
        if unit in tokenizer.known:
            yield _hull(own)
            continue
        hull = _hull(own)
        bare = unit.removeprefix(" ") or unit
        if bare != unit:
            yield hull[0], hull[0]
        for char, span in zip(bare, own, strict=True):
            yield from [span] * len(char.encode())
        if tokenizer.parted:
            yield hull[1], hull[1]


def _hull(spans: Sequence[Span]) -> Span:
    return spans[0][0], spans[-1][1]
