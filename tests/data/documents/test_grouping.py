from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqloom.data.documents.grouping import grouped, padding

LENGTHS = st.lists(st.integers(1, 12), min_size=1, max_size=25).map(np.array)


@given(LENGTHS, st.sampled_from([0.0, 0.1, 0.2, 0.5]))
def test_every_sentence_is_in_one_group_and_padding_is_within_the_limit(lengths, limit) -> None:
    groups = grouped(lengths, limit)
    assert sorted(np.concatenate(groups).tolist()) == list(range(len(lengths)))
    assert padding(lengths, groups) <= limit + 1e-12


@given(LENGTHS)
def test_no_fewer_groups_would_do(lengths) -> None:
    distinct = sorted(set(lengths.tolist()))
    fewer = len(grouped(lengths, 0.18)) - 1
    for ends in combinations(distinct[:-1], fewer - 1) if fewer else ():
        edges = [0, *ends, distinct[-1]]
        runs = [np.flatnonzero((lengths > a) & (lengths <= b)) for a, b in pairwise(edges)]
        assert padding(lengths, runs) > 0.18


@pytest.mark.parametrize("seed", range(3))
def test_sentences_as_people_write_them_need_few_groups(seed: int) -> None:
    # Lengths from 1 to 100, most of them near 18, as in reviews.
    draw = np.random.default_rng(seed)
    lengths = np.clip(draw.lognormal(2.9, 0.7, size=600).astype(int), 1, 100)
    groups = grouped(lengths)
    assert padding(lengths, groups) < 0.2
    assert len(groups) <= 7
    assert padding(lengths, [np.arange(len(lengths))]) > 0.5
