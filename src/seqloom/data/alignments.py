"""Alignments in Pharaoh format beside training files, and what they mean for tokens.

    0-0 1-2 1-3        source word - target word, both counted from 0; line i belongs to line i

What is a word depends on the kind of tokens. Subwords are aligned by what stands between blanks, and
a word's alignment is that of all its pieces; all other kinds are aligned unit by unit. Positions in
a corpus count features and <eos> too, and <eos> is aligned to <eos>.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from seqloom.config.data import Data
from seqloom.data.bad_rows import Fault
from seqloom.data.example import Example, Links
from seqloom.data.sources.lines import Line, check_readable, opened, read_lines
from seqloom.errors import UserError

_LINK = re.compile(r"(\d+)-(\d+)")


def with_alignments(examples: Iterable[Example], path: str, data: Data) -> Iterator[Example]:
    """The examples of one training file with the links of their lines."""
    check_readable(path)
    with opened(path) as stream:
        lines = read_lines(stream, path, data.max_line_bytes)
        number = 0
        for example in examples:
            file, _, wanted = example.origin.rpartition(":")
            line: Line | Fault | None = None
            while number < int(wanted):
                line, number = next(lines, None), number + 1
                if line is None:
                    raise UserError(
                        f"{path}: alignments must have a line for each line of {file}, but end "
                        f"after {number - 1}. Line i of both must belong together."
                    )
            assert line is not None
            yield replace(example, links=_links(line), links_origin=str(line.place))


def _links(line: Line | Fault) -> Links:
    if isinstance(line, Fault):
        raise UserError(f"{line.place}: {line.reason} {line.remedy}")
    matches = [_LINK.fullmatch(part) for part in line.text.split()]
    if None in matches:
        raise UserError(
            f"{line.place}: an alignment has pairs such as 0-0 1-2, but found {line.text[:40]!r}. "
            "Mend the line."
        )
    return tuple((int(match[1]), int(match[2])) for match in matches if match)


def linked(
    example: Example,
    sources: Sequence[Sequence[int]],
    targets: Sequence[Sequence[int]],
    ends: tuple[int, int],
) -> list[int]:
    """Token positions, source and target in turn.

    sources, targets  the positions of the tokens of each word
    ends              the positions of <eos>
    """
    flat: list[int] = []
    for i, j in example.links:
        if i >= len(sources) or j >= len(targets):
            raise UserError(
                f"{example.links_origin}: {i}-{j} must link two of {len(sources)} source and "
                f"{len(targets)} target words, counted from 0. Mend the line, or check that it "
                f"belongs to {example.origin}."
            )
        flat += [position for s in sources[i] for t in targets[j] for position in (s, t)]
    return [*flat, *ends]


def words_of(units: Sequence[str], pieces: bool, first: int = 0) -> list[list[int]]:
    """The positions of the units of each word, counted from `first`: one each, or for `pieces` all
    from one blank to the next."""
    if not pieces:
        return [[position] for position in range(first, first + len(units))]
    words: list[list[int]] = []
    parted = True
    for position, unit in enumerate(units, start=first):
        if not unit.strip():
            parted = True
        elif parted or unit[0].isspace():
            words.append([position])
            parted = False
        else:
            words[-1].append(position)
    return words
