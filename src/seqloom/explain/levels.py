"""Attention, or any attribution, at the level that is asked for: pieces, words or characters.

    W' = A W B        W [T, S] over pieces;  A [T', T] of the output;  B [S, S'] of the source

    B   word        B_js = 1 where piece j belongs to word s: weights to a word add up
        character   B_js = 1/n for each of the n characters of piece j
    A   distributions are averaged: row t' is the mean of the rows of its pieces; a character has the
        row of its piece
        shares of log p add up: row t' is the sum of the rows of its pieces; a piece is shared out
        evenly among its characters

Rows of B add up to 1, so a row of W' that was a distribution is one still. <eos> and features are units
of their own at every level and have no place in the text.

A word is what stands between blanks; where the tokens are words, each token is one. A blank that is a
token of its own belongs to the word after it. Characters are grapheme clusters of the text as typed;
blanks that no piece holds are left out.

Sizes: T output tokens, S source tokens, T' and S' units of the level.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Literal, get_args

import numpy as np
import regex

from seqloom.errors import UserError, suggestion
from seqloom.predict.result import Output, Result
from seqloom.search.stepper import Reals
from seqloom.text.codec import Codec
from seqloom.text.offsets import Span

Level = Literal["piece", "word", "character"]
_BLANK, _BLANK_BYTE = "␣", "<0x20>"


@dataclass(frozen=True, slots=True)
class Unit:
    """A row or a column: what is shown, and where it stands in its text; None for <eos>, for a
    feature, and where that is not known."""

    text: str
    span: Span | None


@dataclass(frozen=True, slots=True)
class Axis:
    """The units of one side, and the share [tokens, units] that each token has in each."""

    units: tuple[Unit, ...]
    shares: Reals


def source_axis(codec: Codec, result: Result, level: Level) -> Axis:
    """The source at a level."""
    units, text = codec.units(result.source), result.source
    spans = codec.offsets(text)
    first = len(result.source_tokens) - len(units) - 1
    if first < 0:  # an empty source, which no model read
        return Axis((), np.zeros((0, 0), dtype=np.float32))
    placed: list[Span | None] = [*[None] * first, *spans, None]
    alone = [span is None for span in placed]
    return _axis(codec, result.source_tokens, placed, alone, text, level)


def positions_axis(result: Result) -> Axis:
    """A source of frames, position by position, at every level; it is no text to have places in."""
    units = tuple(Unit(label, None) for label in result.source_tokens)
    return Axis(units, np.eye(len(units), dtype=np.float32))


def output_axis(codec: Codec, output: Output, level: Level) -> Axis:
    """An output at a level. An output that its text cannot be cut into again, for one with <unk>, has
    no offsets, and is shown by pieces where characters are asked for."""
    tokens, text = output.tokens, output.text
    shown = codec.tokens(codec.encode(text))[: len(tokens)]
    placed: list[Span | None] = [None] * len(tokens)
    if shown == tokens:
        spans = codec.offsets(text)
        placed[: len(spans)] = spans
    elif level == "character":
        level = "piece"
    alone = [place == len(tokens) - 1 and output.finished for place in range(len(tokens))]
    return _axis(codec, tokens, placed, alone, text, level)


def at_level(weights: Reals, source: Axis, output: Axis, added: bool) -> Reals:
    """The matrix W' over the units of two axes; `added` if weights are shares of log p."""
    of_output = output.shares.T
    if not added:
        of_output = (of_output > 0).astype(np.float32)
        of_output = of_output / np.maximum(of_output.sum(axis=1, keepdims=True), 1)
    return (of_output @ weights @ source.shares).astype(np.float32)


def _axis(
    codec: Codec,
    tokens: Sequence[str],
    spans: Sequence[Span | None],
    alone: Sequence[bool],
    text: str,
    level: Level,
) -> Axis:
    match level:
        case "piece":
            units = tuple(map(Unit, tokens, spans))
            return Axis(units, np.eye(len(tokens), dtype=np.float32))
        case "word":
            return _words(tokens, spans, text, word_numbers(codec, tokens, alone))
        case "character":
            return _characters(tokens, spans, text)
        case _:
            known = get_args(Level)
            raise UserError(f"There is no level '{level}'. {suggestion(level, known)}")


def word_numbers(codec: Codec, tokens: Sequence[str], alone: Sequence[bool]) -> list[int]:
    """For each token, as shown, the number of its word, counted from 0; <eos> and features, which
    stand `alone`, have a number each."""
    starts = (_starts(codec, token, before) for before, token in pairwise(["", *tokens]))
    borders = [
        start or here or before
        for start, here, before in zip(starts, alone, [True, *alone], strict=False)
    ]
    return [number - 1 for number in accumulate(borders)]


def _starts(codec: Codec, token: str, before: str) -> bool:
    """Whether a token begins a word, if it does not stand alone."""
    if codec.parted:
        return not (_is_byte(token) and _is_byte(before)) or before == _BLANK_BYTE
    if codec.blank_led and not codec.pieces:
        return not (_is_byte(token) and _is_byte(before)) or token == _BLANK_BYTE
    return before != _BLANK and (token == _BLANK_BYTE or token.startswith(_BLANK))


def _is_byte(token: str) -> bool:
    return regex.fullmatch("<0x[0-9A-F]{2}>", token) is not None


def _words(
    tokens: Sequence[str], spans: Sequence[Span | None], text: str, numbers: Sequence[int]
) -> Axis:
    count = numbers[-1] + 1 if numbers else 0
    shares = np.zeros((len(tokens), count), dtype=np.float32)
    shares[range(len(tokens)), list(numbers)] = 1.0
    units: list[Unit] = []
    for number in range(count):
        own = [place for place, word in enumerate(numbers) if word == number]
        placed = [span for place in own if (span := spans[place]) is not None]
        written = [span for span in placed if text[span[0] : span[1]].strip()] or placed
        shown = "".join(tokens[place] for place in own).removeprefix(_BLANK) or _BLANK
        span = (written[0][0], written[-1][1]) if written else None
        units.append(Unit(shown if span is None else text[span[0] : span[1]] or shown, span))
    return Axis(tuple(units), shares)


def _characters(tokens: Sequence[str], spans: Sequence[Span | None], text: str) -> Axis:
    clusters = [match.span() for match in regex.finditer(r"\X", text)]
    units: list[Unit] = []
    columns: dict[Span, int] = {}
    own: list[list[int]] = []
    for token, span in zip(tokens, spans, strict=True):
        if span is None:
            own.append([len(units)])
            units.append(Unit(token, None))
            continue
        touched = [c for c in clusters if c[0] < max(span[1], span[0] + 1) and c[1] > span[0]]
        touched = touched or clusters[-1:]  # a blank after the end that nobody typed
        for cluster in touched:
            if cluster not in columns:
                columns[cluster] = len(units)
                units.append(Unit(text[slice(*cluster)], cluster))
        own.append([columns[cluster] for cluster in touched])
    shares = np.zeros((len(tokens), len(units)), dtype=np.float32)
    for row, touched_columns in zip(shares, own, strict=True):
        row[touched_columns] = 1.0 / len(touched_columns)
    return Axis(tuple(units), shares)
