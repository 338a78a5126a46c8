"""What is held out for dev: as much as asked for, never shared with training, always alike."""

import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqloom.data.example import Example
from seqloom.data.split import HoldOut
from seqloom.errors import UserError


def examples(*sources: str) -> list[Example]:
    return [Example(source, "target") for source in sources]


def numbered(count: int) -> Iterator[Example]:
    return (Example(f"source {i}", "target") for i in range(count))


def held(plan: HoldOut, pairs: list[Example]) -> list[str]:
    return [example.source for example in pairs if plan.is_dev(example)]


@pytest.mark.parametrize(
    ("total", "asked", "expected"),
    [(100, None, 10), (2, None, 1), (15, None, 1), (25_000, None, 2000), (100, 37, 37), (9, 8, 8)],
)
def test_distinct_sources_give_exactly_the_size(
    total: int, asked: int | None, expected: int
) -> None:
    plan = HoldOut.plan(numbered(total), asked, seed=1)
    assert (plan.size, plan.total) == (expected, total)
    assert sum(map(plan.is_dev, numbered(total))) == expected


@given(
    st.lists(st.sampled_from("abcdefgh"), min_size=2, max_size=60),
    st.none() | st.integers(1, 70),
    st.integers(0, 5),
)
def test_every_split_is_whole_disjoint_and_on_neither_side_empty(
    sources: list[str], asked: int | None, seed: int
) -> None:
    pairs = examples(*sources)
    possible = len(set(sources)) >= 2 and (asked is None or asked < len(sources))
    if not possible:
        with pytest.raises(UserError):
            HoldOut.plan(pairs, asked, seed)
        return
    plan = HoldOut.plan(pairs, asked, seed)
    dev = held(plan, pairs)
    train = [pair.source for pair in pairs if not plan.is_dev(pair)]
    assert dev
    assert train
    assert not set(dev) & set(train)
    assert plan.size == len(dev)
    wanted = len(sources) // 10 if asked is None else asked
    assert len(dev) <= wanted or len(set(dev)) == 1


def test_equal_sources_land_on_the_same_side() -> None:
    pairs = [Example(str(i % 50), str(i), (str(i),)) for i in range(500)]
    plan = HoldOut.plan(pairs, 100, seed=1)
    assert len(held(plan, pairs)) == 100
    assert len(set(held(plan, pairs))) == 10


def test_the_order_of_the_pairs_does_not_matter() -> None:
    pairs = list(numbered(300))
    assert HoldOut.plan(pairs, 30, seed=1) == HoldOut.plan(reversed(pairs), 30, seed=1)


def test_another_seed_holds_out_others() -> None:
    pairs = list(numbered(300))
    one, two = (held(HoldOut.plan(pairs, 30, seed), pairs) for seed in (1, 2))
    assert set(one) != set(two)


def test_more_data_of_the_same_kind_leaves_each_side_where_it_was() -> None:
    few, many = list(numbered(1000)), list(numbered(1100))
    before = set(held(HoldOut.plan(few, 100, seed=1), few))
    after = set(held(HoldOut.plan(many, 100, seed=1), few))
    assert after <= before


@pytest.mark.parametrize(
    ("pairs", "size", "message"),
    [
        (
            examples("a", "a"),
            None,
            "A dev set can be held out of 2 different sources or more, but there is 1 in 2 pairs. "
            "Give a dev file: data.dev=FILE.",
        ),
        (
            [],
            None,
            "A dev set can be held out of 2 different sources or more, but there are 0 in 0 pairs. "
            "Give a dev file: data.dev=FILE.",
        ),
        (
            examples("a", "b", "c"),
            3,
            "data.dev_size must be below the number of pairs, 3, but is 3. "
            "Lower it, or give a dev file: data.dev=FILE.",
        ),
    ],
)
def test_what_cannot_be_split_is_refused(
    pairs: list[Example], size: int | None, message: str
) -> None:
    with pytest.raises(UserError) as caught:
        HoldOut.plan(pairs, size, seed=1)
    assert str(caught.value) == message


def test_planning_keeps_no_more_than_it_needs() -> None:
    tracemalloc.start()
    HoldOut.plan(numbered(50_000), 100, seed=1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100_000
