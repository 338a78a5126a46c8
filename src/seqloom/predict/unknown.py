"""Unknown words of an output: the source word that their step looked at most, or its translation
(Jean 2015, Luong 2015).

    <unk> at step t   ->   x_j, j = argmax_j a_tj, or what a dictionary has for x_j

j is a word of the text, never a feature or <eos>, and x_j is as it was typed. What a word becomes is
an extended id, as in text/copying.py, so tokens and attention stay aligned.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from seqloom.search.stepper import Reals
from seqloom.symbols import UNK
from seqloom.text.byte_fallback import is_byte


class Units(Protocol):
    """What is asked of the codec of either side."""

    @property
    def blank_led(self) -> bool: ...
    @property
    def parted(self) -> bool: ...


class Word(NamedTuple):
    """A source unit as the output would write it: as it is, and as it is looked up."""

    unit: str
    typed: str
    read: str


class Replaced(NamedTuple):
    """Ids of an output, and the units that those from V on stand for."""

    ids: tuple[int, ...]
    open: tuple[str, ...]


def words(typed: Sequence[str], read: Sequence[str], source: Units, target: Units) -> list[Word]:
    """The units of a source, typed and read, in the form of target units."""
    return [
        Word(_as_target(unit, source, target), unit.strip(), other.strip())
        for unit, other in zip(typed, read, strict=True)
    ]


def replaced(
    ids: Sequence[int],
    weights: Reals,
    words: Sequence[Word],
    dictionary: Mapping[str, str],
    size: int,
    open: Sequence[str] = (),
) -> Replaced:
    """`ids` with every <unk> replaced by a word.

    weights  [steps, S']  attention to the words alone
    size     of the target vocabulary
    open     the units that ids from `size` on stand for already
    """
    candidates = [j for j, word in enumerate(words) if not is_byte(word.read)]
    units = list(open)
    written: list[int] = []
    for id, paid in zip(ids, weights, strict=False):
        if id == UNK and candidates:
            units.append(_written(words[max(candidates, key=paid.__getitem__)], dictionary))
            id = size + len(units) - 1
        written.append(id)
    return Replaced(tuple(written), tuple(units))


def _written(word: Word, dictionary: Mapping[str, str]) -> str:
    entry = dictionary.get(word.typed) or dictionary.get(word.read)
    blank = " " if word.unit.startswith(" ") else ""
    return word.unit if entry is None else blank + entry


def _as_target(unit: str, source: Units, target: Units) -> str:
    """With the blank before it where target units have theirs."""
    bare = unit.removeprefix(" ") if source.blank_led else unit
    follows = bare != unit or source.parted
    return " " + bare if follows and target.blank_led else bare
