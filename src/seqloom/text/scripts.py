"""Whether targets are written in the script of their sources, so that there is something to copy.

    share = target units that stand in some source / target units

Only units with a letter count: blanks, digits and punctuation are the same in most scripts. Where targets
have no letters at all, as numbers have none, all but blanks count. Bytes are no letters, so where they are
the units characters are compared.

Of pairs in two scripts some have a name or an abbreviation in common: a share of 0.003 among English and
Korean sentences by characters. In one script it is large even between two languages: 0.44 by words for
German and English captions.
"""

from collections import Counter
from collections.abc import Iterable
from itertools import islice
from typing import NamedTuple

from seqloom.config.tokens import Bytes
from seqloom.text.codec import Codec
from seqloom.text.pair import Pair, PairCodec

_LIKE = 0.01
"""The least share of two sides in one script."""
_ENOUGH = 10_000
"""Pairs that tell."""


class Common(NamedTuple):
    """How many target units there are, as often as they stand there; and those that sources have too."""

    units: int
    common: int

    @property
    def alike(self) -> bool:
        return self.common >= _LIKE * self.units


def common_units(codec: PairCodec, pairs: Iterable[Pair]) -> Common:
    """Of the first pairs that there are."""
    sources, targets = set[str](), Counter[str]()
    for pair in islice(pairs, _ENOUGH):
        sources.update(_units(codec.source, pair.source))
        targets.update(_units(codec.target, pair.target or ""))
    telling = [unit for unit in targets if any(map(str.isalpha, unit))]
    telling = telling or [unit for unit in targets if unit.strip()]
    return Common(
        sum(targets[unit] for unit in telling),
        sum(targets[unit] for unit in telling if unit in sources),
    )


def _units(codec: Codec, text: str) -> Iterable[str]:
    return codec.normalize(text) if isinstance(codec.settings, Bytes) else codec.units(text)
