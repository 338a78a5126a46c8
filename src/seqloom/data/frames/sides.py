"""Pairs of sequences of any length: read, held out, scaled."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from seqloom.config.frame_data import PairData
from seqloom.data.bad_rows import BadRows
from seqloom.data.frames.pair_set import PairSet
from seqloom.data.frames.setting import Setting
from seqloom.data.series.frame_pairs import FramePair, PairRules, Side, read_frame_pairs
from seqloom.data.split import LARGEST, SHARE
from seqloom.errors import UserError
from seqloom.search.stepper import Reals


@dataclass(frozen=True, slots=True, eq=False)
class Both:
    """The sources and the targets of some pairs, in the units of the data."""

    sources: Sequence[Reals]
    targets: Sequence[Reals]

    def __len__(self) -> int:
        return len(self.sources)


def read_sides(
    paths: Iterable[str],
    data: PairData,
    same_length: bool,
    bad: BadRows | None,
    setting: Setting | None = None,
    bits: bool = False,
) -> Both:
    """All good pairs of some files; a `setting` says how wide they must be. bits: the targets are 0 or
    1."""
    widths = (None, None) if setting is None else (setting.source.width, setting.target.width)
    rules = PairRules(
        source=Side(name=data.source, longest=data.max_source, width=widths[0]),
        target=Side(name=data.target, longest=data.max_target, width=widths[1], bits=bits),
        same_length=same_length,
    )
    pairs = list(_frames(read_frame_pairs(paths, rules, bad)))
    return Both([source for source, _ in pairs], [target for _, target in pairs])


def _frames(pairs: Iterable[FramePair]) -> Iterator[tuple[Reals, Reals]]:
    for pair in pairs:
        assert not isinstance(pair.source, str)
        assert not isinstance(pair.target, str)
        yield pair.source, pair.target


def held_out(both: Both, size: int | None, seed: int) -> tuple[Both, Both]:
    """Training pairs, and `size` others drawn by chance."""
    usual = max(1, min(LARGEST, len(both) // SHARE))
    count = usual if size is None else size
    if count >= len(both):
        raise UserError(
            f"a dev set must leave something to train on, but {count} of {len(both)} pairs would be "
            "held out. Lower data.dev_size, or give a dev file: data.dev=FILE."
        )
    random = np.random.Generator(np.random.PCG64([seed % (1 << 64), len(both)]))
    order = np.argsort(random.random(len(both)), kind="stable")
    return _some(both, np.sort(order[count:]).tolist()), _some(
        both, np.sort(order[:count]).tolist()
    )


def _some(both: Both, kept: Sequence[int]) -> Both:
    return Both([both.sources[i] for i in kept], [both.targets[i] for i in kept])


def scaled(both: Both, setting: Setting) -> PairSet:
    return PairSet(
        [setting.source.scaler.apply(each) for each in both.sources],
        [setting.target.scaler.apply(each) for each in both.targets],
    )
