"""Nearest training examples by decoder state."""

import numpy as np
import pytest
import torch
from tests.laws.batches import alone, pairs_of
from tests.laws.variants import VARIANTS, model_of

from seqloom.attribution import neighbours
from seqloom.attribution.neighbours import WEIGHTS, Index, Pair, load_index
from seqloom.attribution.states import states
from seqloom.errors import UserError

PAIRS = [Pair("가", "k a", ("k", "a", "<eos>")), Pair("나", "n", ("n", "<eos>"))]
PLACES = np.array([(0, 0), (0, 1), (0, 2), (1, 0), (1, 1)])
STATES = np.array([[0, 0], [3, 4], [6, 8], [0, 1], [9, 9]], dtype=np.float16)
SOME = dict(sorted(VARIANTS.items())[::20])


@pytest.fixture
def index() -> Index:
    return Index(STATES, PLACES, PAIRS)


@pytest.mark.parametrize("block", [1, 2, 100])
def test_the_nearest_come_first_with_their_distance(index, block, monkeypatch) -> None:
    monkeypatch.setattr(neighbours, "_BLOCK", block)
    [found] = index.nearest(np.array([[0.0, 0.0]], dtype=np.float32), 3)
    assert [(n.distance, n.source, n.step) for n in found] == [
        (0, "가", 0),
        (1, "나", 0),
        (5, "가", 1),
    ]
    assert found[1].tokens == ("n", "<eos>")


def test_a_state_is_its_own_nearest(index) -> None:
    found = index.nearest(STATES.astype(np.float32), 1)
    assert [(n.source, n.step) for [n] in found] == [
        ("가", 0), ("가", 1), ("가", 2), ("나", 0), ("나", 1)
    ]  # fmt: skip


def test_there_are_no_more_neighbours_than_states(index) -> None:
    assert len(index.nearest(np.zeros((1, 2), np.float32), 9)[0]) == 5


def test_an_index_is_what_was_saved(index, tmp_path) -> None:
    (tmp_path / WEIGHTS).write_bytes(b"weights")
    index.save(tmp_path)
    loaded = load_index(tmp_path)
    asked = np.array([[2.0, 2.0]], dtype=np.float32)
    assert loaded.nearest(asked, 5) == index.nearest(asked, 5)


def test_an_index_of_other_weights_is_refused(index, tmp_path) -> None:
    (tmp_path / WEIGHTS).write_bytes(b"weights")
    index.save(tmp_path)
    (tmp_path / WEIGHTS).write_bytes(b"others")
    with pytest.raises(UserError, match=r"of other weights.*seqloom index"):
        load_index(tmp_path)


def test_a_run_without_an_index_says_how_to_get_one(tmp_path) -> None:
    with pytest.raises(UserError, match=r"no index.*Build one with: seqloom index"):
        load_index(tmp_path)


@pytest.mark.parametrize("recipe", SOME.values(), ids=SOME)
def test_neighbours_in_a_batch_never_change_a_state(recipe) -> None:
    model, pairs = model_of(recipe), pairs_of()
    sources = [row[:n].tolist() for row, n in zip(pairs.source, pairs.source_lengths, strict=True)]
    targets = [row[:n].tolist() for row, n in zip(pairs.target, pairs.target_lengths, strict=True)]
    together = states(model, sources, targets)
    for source, target, found in zip(sources, targets, together, strict=True):
        [expected] = states(model, [source], [target])
        assert found == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("recipe", SOME.values(), ids=SOME)
def test_a_state_is_what_the_token_was_read_out_from(recipe) -> None:
    model, pair = model_of(recipe), alone(pairs_of(), 3)
    if model.pointer is not None:
        pytest.skip("what is copied is not read out")
    [found] = states(model, pair.source.tolist(), pair.target.tolist())
    with torch.no_grad():
        logits = model.readout(torch.from_numpy(found).double())
        scores = torch.log_softmax(logits, 1).gather(1, pair.target.t())[:, 0]
        assert scores.numpy() == pytest.approx(model.score(pair)[0].numpy(), abs=1e-5)
