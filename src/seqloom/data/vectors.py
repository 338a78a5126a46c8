"""Pretrained word vectors in the text format of word2vec and GloVe.

    400000 3                 how many words, and how wide: word2vec has this line, GloVe has not
    the 0.418 0.24968 -0.41
    . . . 0.1 0.2 0.3        a word may have blanks inside, as a few of GloVe's do

Only the vectors of wanted words are kept, so that a file of gigabytes costs their memory alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, takewhile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqloom.data.bad_rows import Fault
from seqloom.data.sources.lines import Line, opened, read_lines
from seqloom.errors import UserError

Vector = NDArray[np.float32]

_LONGEST_LINE = 1_000_000


def read_vectors(path: str, tokens: Sequence[str], first: int, width: int) -> dict[int, Vector]:
    """The vectors of those tokens that the file has, by id; token i has the id `first` + i.

    A token is looked for without the blank it may begin with, then in lower case. Raises UserError,
    with file:line, where a vector is not `width` numbers.
    """
    wanted = _wanted(tokens, first)
    found: dict[str, Vector] = {}
    for line in _vectors(path, width):
        word, numbers = _parted(line, width)
        if word in wanted and word not in found:
            found[word] = _parsed(line, numbers)
    return _by_id(tokens, first, found)


def _wanted(tokens: Sequence[str], first: int) -> Mapping[str, int]:
    bare = {token.strip(): first + i for i, token in enumerate(tokens)}
    return bare | {word.lower(): id for word, id in bare.items() if word.lower() not in bare}


def _by_id(tokens: Sequence[str], first: int, found: Mapping[str, Vector]) -> dict[int, Vector]:
    vectors: dict[int, Vector] = {}
    for id, token in enumerate(tokens, start=first):
        word = token.strip()
        vector = found.get(word, found.get(word.lower()))
        if vector is not None:
            vectors[id] = vector
    return vectors


def _vectors(path: str, width: int) -> Iterator[Line]:
    """The lines with a vector; the first decides how wide they are."""
    with opened(path) as stream:
        lines = _readable(read_lines(stream, path, _LONGEST_LINE))
        head = next(lines, None)
        if head is None:
            raise UserError(f"{path}: must have a word vector in each line, but is empty.")
        fields = head.text.split()
        if len(fields) == 2 and fields[0].isdigit() and fields[1].isdigit():
            if int(fields[1]) != width:
                raise _wrong_width(head, int(fields[1]), width)
        elif (found := _width_of(head, fields, width)) != width:
            raise _wrong_width(head, found, width)
        else:
            lines = chain([head], lines)
        yield from lines


def _width_of(head: Line, fields: Sequence[str], width: int) -> int:
    """Of the first vector, whose word may have blanks inside. Raises UserError for another kind of
    file."""
    numbers = sum(1 for _ in takewhile(_is_number, reversed(fields[1:])))
    if not numbers or numbers not in (len(fields) - 1, width):
        raise UserError(
            f"{head.place}: must be a word and its numbers, parted by blanks, as word2vec and GloVe write "
            f"them, but is '{head.text:.40}'. Give such a file in model.vectors."
        )
    return numbers


def _readable(lines: Iterator[Line | Fault]) -> Iterator[Line]:
    for line in lines:
        if isinstance(line, Fault):
            raise UserError(f"{line.place}: {line.reason} {line.remedy}")
        if line.text.strip():
            yield line


def _parted(line: Line, width: int) -> tuple[str, list[str]]:
    word, *numbers = line.text.rstrip().rsplit(" ", width)
    if len(numbers) < width:
        raise _ragged(line, len(numbers), width)
    # Blanks inside a word are rare; a word followed by a number is a vector that is too wide.
    if " " in word and _is_number(word.rsplit(" ", 1)[1]):
        raise _ragged(line, len(line.text.split()) - 1, width)
    return word, numbers


def _parsed(line: Line, numbers: list[str]) -> Vector:
    try:
        vector = np.array(numbers, dtype=np.float32)
    except ValueError as error:
        wrong = next((each for each in numbers if not _is_number(each)), "")
        raise UserError(
            f"{line.place}: expected a word and {len(numbers)} numbers, but '{wrong:.40}' is none. Mend "
            "the line."
        ) from error
    if not np.isfinite(vector).all():
        raise UserError(f"{line.place}: a vector must be finite, but is not. Mend the line.")
    return vector


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _wrong_width(line: Line, found: int, width: int) -> UserError:
    return UserError(
        f"{line.place}: expected a word and {width} numbers, but found {found}. "
        f"Set model.embedding={found}, or give other vectors."
    )


def _ragged(line: Line, found: int, width: int) -> UserError:
    return UserError(
        f"{line.place}: expected a word and {width} numbers, as in the first line, but found {found}. "
        "Mend the line, or give other vectors."
    )


def coverage(vectors: Mapping[int, Any], tokens: int) -> str:
    """For the user: how much of the vocabulary has a vector."""
    if not vectors:
        return (
            f"not one of {tokens:,} tokens has a pretrained vector: the file changes nothing. Is it of the "
            "same language, and are its words cut as tokens.kind says?"
        )
    share = len(vectors) / tokens if tokens else 0.0
    return f"{len(vectors):,} of {tokens:,} tokens ({share:.1%}) have a pretrained vector."
