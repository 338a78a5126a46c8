"""Source units that may be copied, as numbers (See 2017, section 2.2).

    target   V_t + k              the k-th distinct unit of this source that has no target id
    source   s + V_s * (c + 1)    source id s, of which a copy is the target id c, extended or not
             s                    what is never copied: features and <eos>

V_s and V_t are the sizes of the two vocabularies. What an extended id stands for is known with its
source only: `open` lists those units. A unit keeps its own embedding on the source side if it has a
source id, whether or not it has a target id.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

MOST_OPEN: Final = 1 << 16
"""Units without a target id that one source may have."""


class Source(NamedTuple):
    """A source as numbers.

    ids    what the model reads: ids, or a series
    plain  the source ids alone, the same as `ids` where nothing is copied
    open   the units behind the target ids V_t, V_t + 1, ...; empty where nothing is copied
    labels what the positions of a series are called; empty for ids, whose tokens can be shown
    """

    ids: Sequence[int]
    plain: Sequence[int]
    open: tuple[str, ...]
    labels: tuple[str, ...] = ()


def with_copies(
    plain: list[int],
    units: Sequence[str],
    source_size: int,
    target_ids: Mapping[str, int],
    target_size: int,
) -> Source:
    """The source whose ids `plain` are those of features, of `units` and of <eos>."""
    num_features = len(plain) - len(units) - 1
    open_units = tuple(dict.fromkeys(unit for unit in units if unit not in target_ids))
    extended = {unit: target_size + k for k, unit in enumerate(open_units)}
    ids = plain.copy()
    for place, unit in enumerate(units, start=num_features):
        copy = target_ids[unit] if unit in target_ids else extended[unit]
        ids[place] += source_size * (copy + 1)
    return Source(ids, plain, open_units)
