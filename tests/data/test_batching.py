import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqloom.data.batching import Batch, Batches, pad
from seqloom.data.corpus import Corpus

Ids = list[int]
Make = Callable[..., Batches]


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Batches over given pairs, or over `num_pairs` random ones."""

    def make(
        pairs: list[tuple[Ids, Ids]] | int,
        max_pairs: int = 7,
        max_tokens: int = 211,
        seed: int = 1,
        shuffle_buffer: int = 10_000,
    ) -> Batches:
        given = random_pairs(pairs) if isinstance(pairs, int) else pairs
        corpus = Corpus.write(tmp_path_factory.mktemp("corpus"), given, 50, 50)
        return Batches(
            corpus=corpus,
            max_pairs=max_pairs,
            max_tokens=max_tokens,
            seed=seed,
            shuffle_buffer=shuffle_buffer,
        )

    return make


def random_pairs(count: int) -> list[tuple[Ids, Ids]]:
    """Lengths as text has them: log-normal, the target about as long as the source."""
    random = np.random.default_rng(count)
    source = np.clip(random.lognormal(2.2, 0.4, count), 1, 60).astype(int)
    target = np.clip(source * random.normal(1.0, 0.2, count), 1, 60).astype(int)
    return [
        ([*random.integers(4, 50, s).tolist(), 3], [*random.integers(4, 50, t).tolist(), 3])
        for s, t in zip(source, target, strict=True)
    ]


def make_up(batches: list[Batch]) -> list[Ids]:
    return [batch.indices.tolist() for batch in batches]


def met(batches: list[Batch]) -> Ids:
    """Every pair that was met, in ascending order."""
    return sorted(index for batch in batches for index in batch.indices.tolist())


def test_padding_fills_rows_at_the_end_with_zero():
    rows, lengths = pad([[5, 6], np.array([7], np.uint16), (), (8, 9, 4)])
    assert rows.tolist() == [[5, 6, 0], [7, 0, 0], [0, 0, 0], [8, 9, 4]]
    assert lengths.tolist() == [2, 1, 0, 3]
    assert rows.dtype == lengths.dtype == np.int64


def test_padding_nothing_gives_no_rows():
    rows, lengths = pad([])
    assert rows.shape == (0, 0)
    assert lengths.shape == (0,)


def test_pairs_stand_side_by_side_filled_up_with_padding(make: Make):
    (batch,) = make([([4, 3], [5, 6, 3]), ([4, 4, 3], [7, 3])]).in_order()
    assert batch.source.tolist() == [[4, 3, 0], [4, 4, 3]]
    assert batch.target.tolist() == [[5, 6, 3], [7, 3, 0]]


def test_tokens_and_padding_of_a_batch_are_counted(make: Make):
    (batch,) = make([([4, 3], [5, 6, 3]), ([4, 4, 3], [7, 3])]).in_order()
    assert len(batch) == 2
    assert batch.num_tokens == 10
    assert batch.padding == pytest.approx(2 / 12)


@given(
    num_pairs=st.integers(0, 90),
    max_pairs=st.integers(1, 20),
    max_tokens=st.integers(1, 300),
    seed=st.integers(-5, 2**40),
    shuffle_buffer=st.integers(1, 100),
    epoch=st.integers(0, 5),
)
def test_every_pair_comes_once_an_epoch_and_limits_are_obeyed(
    make: Make,
    num_pairs: int,
    max_pairs: int,
    max_tokens: int,
    seed: int,
    shuffle_buffer: int,
    epoch: int,
):
    batches = make(num_pairs, max_pairs, max_tokens, seed, shuffle_buffer)
    for order in (list(batches.epoch(epoch)), list(batches.in_order())):
        assert met(order) == list(range(num_pairs))
        assert all(1 <= len(batch) <= max_pairs for batch in order)
        assert all(
            len(batch) == 1 or batch.source.size + batch.target.size <= max_tokens
            for batch in order
        )


@given(num_pairs=st.integers(0, 60), skip=st.integers(0, 80), shuffle_buffer=st.integers(1, 70))
def test_skipping_n_batches_gives_the_rest_of_the_same_epoch(
    make: Make, num_pairs: int, skip: int, shuffle_buffer: int
):
    batches = make(num_pairs, max_pairs=3, shuffle_buffer=shuffle_buffer)
    whole = make_up(list(batches.epoch(4)))
    assert make_up(list(batches.epoch(4, skip=skip))) == whole[skip:]
    assert batches.num_batches(4) == len(whole)


def test_skipping_batches_does_not_read_their_ids(make: Make, monkeypatch: pytest.MonkeyPatch):
    batches = make(100)
    read: Ids = []
    pair = Corpus.pair
    monkeypatch.setattr(Corpus, "pair", lambda self, i: read.append(i) or pair(self, i))
    rest = list(batches.epoch(0, skip=10))
    assert sorted(read) == met(rest)


def test_a_batch_holds_the_pairs_it_names(make: Make):
    pairs = random_pairs(100)
    for batch in make(pairs).epoch(0):
        for row, index in enumerate(batch.indices):
            source, target = pairs[index]
            assert batch.source_lengths[row] == len(source)
            assert batch.target_lengths[row] == len(target)
            assert batch.source[row, : len(source)].tolist() == source
            assert batch.target[row, : len(target)].tolist() == target
            assert not batch.source[row, len(source) :].any()
            assert not batch.target[row, len(target) :].any()
        assert batch.source.shape == (len(batch), batch.source_lengths.max())
        assert batch.target.shape == (len(batch), batch.target_lengths.max())


def test_an_epoch_is_a_function_of_seed_and_number(make: Make):
    first = make_up(list(make(150, seed=5).epoch(3)))
    assert make_up(list(make(150, seed=5).epoch(3))) == first
    assert make_up(list(make(150, seed=5).epoch(4))) != first
    assert make_up(list(make(150, seed=6).epoch(3))) != first


def test_epochs_differ_in_who_meets_whom_and_not_only_in_order(make: Make):
    batches = make(300)
    groups = [{frozenset(group) for group in make_up(list(batches.epoch(e)))} for e in (0, 1)]
    assert len(groups[0] & groups[1]) < len(groups[0]) / 2


def test_epochs_differ_even_where_no_two_pairs_are_of_one_length(make: Make):
    batches = make([([4] * length, [5]) for length in range(1, 41)], max_tokens=1000)
    groups = {
        frozenset(frozenset(group) for group in make_up(list(batches.epoch(e)))) for e in range(10)
    }
    assert len(groups) > 1


def test_a_corpus_smaller_than_the_buffer_is_mixed_from_end_to_end(make: Make):
    # Pairs of one length, so that only chance decides: neighbours in a batch lie a third of the
    # corpus apart on average.
    batches = make([([4, 3], [5, 3])] * 1500)
    distances = [
        np.abs(np.diff(batch.indices)).mean() for batch in batches.epoch(0) if len(batch) > 1
    ]
    assert 400 < np.mean(distances) < 600


def test_a_corpus_larger_than_the_buffer_is_dealt_in_blocks_of_random_order(make: Make):
    batches = make([([4, 3], [5, 3])] * 90, max_pairs=10, shuffle_buffer=10)
    blocks = [{index // 10 for index in batch.indices.tolist()} for batch in batches.epoch(0)]
    assert all(len(block) == 1 for block in blocks)
    order = [block.pop() for block in blocks]
    assert sorted(order) == list(range(9))
    assert order != list(range(9))


def test_batches_do_not_come_in_order_of_length(make: Make):
    lengths = [int(batch.source_lengths.max()) for batch in make(300).epoch(0)]
    assert lengths != sorted(lengths)


def test_a_pair_longer_than_the_limit_is_a_batch_of_its_own(make: Make):
    pairs = [([4] * 10, [5] * 10), ([4], [5]), ([4] * 30, [5] * 30), ([4], [5])]
    batches = make(pairs, max_tokens=19)
    assert sorted(make_up(list(batches.in_order()))) == [[0], [1, 3], [2]]


def test_validation_batches_are_the_same_each_time_and_whatever_the_seed(make: Make):
    first = make_up(list(make(80, seed=1).in_order()))
    assert make_up(list(make(80, seed=2).in_order())) == first


def test_an_empty_corpus_gives_no_batches(make: Make):
    batches = make(0)
    assert list(batches.epoch(0)) == []
    assert list(batches.in_order()) == []
    assert batches.num_batches(0) == 0


def test_little_of_a_batch_is_padding(make: Make):
    batches = list(make(20_000, max_pairs=64, max_tokens=8192, shuffle_buffer=20_000).epoch(0))
    positions = sum(batch.source.size + batch.target.size for batch in batches)
    tokens = sum(batch.num_tokens for batch in batches)
    assert 1 - tokens / positions < 0.05


def test_memory_is_bounded_by_the_buffer_and_not_by_the_corpus(make: Make):
    pairs = [([4] * 40, [5] * 40)] * 20_000
    batches = make(pairs, max_pairs=10, max_tokens=10_000, shuffle_buffer=1000)
    tracemalloc.start()
    num_pairs = sum(len(batch) for batch in batches.epoch(0))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert num_pairs == 20_000
    assert batches.corpus.num_bytes > 3_000_000
    assert peak < 600_000
