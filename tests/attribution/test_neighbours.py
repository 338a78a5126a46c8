"""Nearest training examples by decoder state."""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.laws.batches import alone, pairs_of
from tests.laws.variants import VARIANTS, model_of

from seqloom.attribution import neighbours
from seqloom.attribution.graph import Graph
from seqloom.attribution.neighbours import (
    FOLDER,
    GRAPH,
    WEIGHTS,
    Exact,
    Growing,
    Index,
    Pair,
    load_index,
)
from seqloom.attribution.states import states
from seqloom.errors import MissingExtra, UserError

PAIRS = [Pair("가", "k a", ("k", "a", "<eos>")), Pair("나", "n", ("n", "<eos>"))]
PLACES = np.array([(0, 0), (0, 1), (0, 2), (1, 0), (1, 1)])
STATES = np.array([[0, 0], [3, 4], [6, 8], [0, 1], [9, 9]], dtype=np.float16)
SOME = dict(sorted(VARIANTS.items())[::20])


@pytest.fixture
def index() -> Index:
    return Index(Exact(STATES), PLACES, PAIRS)


def graph_of(states: np.ndarray) -> Graph:
    graph = Graph.empty(states.shape[1])
    graph.add(states)
    return graph


@pytest.fixture
def saved(tmp_path) -> Path:
    """A run with an index that is a graph."""
    (tmp_path / WEIGHTS).write_bytes(b"weights")
    Index(graph_of(STATES), PLACES, PAIRS).save(tmp_path)
    return tmp_path


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


def test_a_graph_finds_what_exact_search_finds() -> None:
    """Of states that are hard to tell apart, at least 95 of 100 of the ten nearest; those that it finds in
    the same order and at the same distance."""
    random = np.random.default_rng(1)
    states = random.normal(size=(3000, 24)).astype(np.float16)
    asked = random.normal(size=(40, 24)).astype(np.float32)
    graph = graph_of(states)
    exact, exact_rows = Exact(states).nearest(asked, 10)
    found, rows = graph.nearest(asked, 10)
    common = [set(a) & set(b) for a, b in zip(rows.tolist(), exact_rows.tolist(), strict=True)]
    assert sum(map(len, common)) >= 0.95 * rows.size
    assert (np.diff(found) >= 0).all()
    for row, own, due, right in zip(rows, found, exact, exact_rows, strict=True):
        assert [own[row == r][0] for r in right if r in row] == pytest.approx(
            [d for d, r in zip(due, right, strict=True) if r in row], abs=2e-3
        )


def test_a_graph_of_a_few_states_is_exact_and_keeps_the_order_of_equals() -> None:
    states = np.array([[0, 1], [3, 4], [0, 1], [6, 8]], dtype=np.float16)
    distances, rows = graph_of(states).nearest(np.zeros((2, 2), np.float32), 9)
    assert rows.tolist() == [[0, 2, 1, 3]] * 2
    assert distances.tolist() == [[1, 1, 5, 10]] * 2


def test_too_many_states_to_compare_become_a_graph_that_leaves_none_out(monkeypatch) -> None:
    monkeypatch.setattr(neighbours, "MOST_COMPARED", 4)
    few, many = Growing(), Growing()
    few.add(STATES[:4])
    for start in range(0, 5, 2):
        many.add(STATES[start : start + 2])
    assert isinstance(few.grown(), Exact)
    assert isinstance(many.grown(), Graph)
    assert len(many.grown()) == 5
    asked = STATES.astype(np.float32)
    for one, other in zip(
        Exact(STATES).nearest(asked, 3), many.grown().nearest(asked, 3), strict=True
    ):
        assert one == pytest.approx(other)


def test_a_graph_is_what_was_saved_and_takes_the_place_of_what_was_there(saved, index) -> None:
    asked = np.array([[2.0, 2.0]], dtype=np.float32)
    assert load_index(saved).nearest(asked, 5) == index.nearest(asked, 5)
    assert not (saved / FOLDER / "states.npy").exists()
    index.save(saved)
    assert not (saved / FOLDER / GRAPH).exists()
    assert load_index(saved).nearest(asked, 5) == index.nearest(asked, 5)


@pytest.mark.parametrize("change", ["truncated", "empty", "foreign", "another"])
def test_a_graph_that_is_not_the_one_saved_is_one_clear_error(saved, change) -> None:
    path = saved / FOLDER / GRAPH
    whole = path.read_bytes()
    if change == "another":
        graph_of(STATES[:3]).save(path)
    else:
        path.write_bytes({"truncated": whole[:-40], "empty": b"", "foreign": b"PK" * 99}[change])
    with pytest.raises(UserError, match=r"neighbours: cannot be read.*Build one with") as caught:
        load_index(saved)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"no graph, but some text" * 20])
def test_a_foreign_graph_is_refused_whatever_vouches_for_it(tmp_path, content) -> None:
    (tmp_path / GRAPH).write_bytes(content)
    with pytest.raises(ValueError, match=r"\w"):
        Graph.load(tmp_path / GRAPH)


def test_a_truncated_graph_is_refused_whatever_vouches_for_it(tmp_path) -> None:
    graph_of(np.ones((50, 2), np.float16)).save(tmp_path / GRAPH)
    (tmp_path / GRAPH).write_bytes((tmp_path / GRAPH).read_bytes()[:300])
    with pytest.raises(ValueError, match=r"\w"):
        Graph.load(tmp_path / GRAPH)


@pytest.mark.parametrize("name", ["states.npy", "places.npy", "pairs.jsonl"])
def test_what_does_not_belong_together_is_one_clear_error(index, tmp_path, name) -> None:
    (tmp_path / WEIGHTS).write_bytes(b"weights")
    path = index.save(tmp_path) / name
    if name == "pairs.jsonl":
        path.write_text(path.read_text("utf-8").splitlines()[0] + "\n", encoding="utf-8")
    else:
        np.save(path, np.load(path)[:3])
    with pytest.raises(UserError, match=r"cannot be read.*Build one with"):
        load_index(tmp_path)


def test_nothing_that_is_loaded_may_be_code(index, tmp_path) -> None:
    """Numbers in an array that pickle would have to build are refused."""
    (tmp_path / WEIGHTS).write_bytes(b"weights")
    folder = index.save(tmp_path)
    np.save(folder / "places.npy", PLACES.astype(object), allow_pickle=True)
    with pytest.raises(UserError, match="cannot be read"):
        load_index(tmp_path)


def test_without_the_library_the_message_names_the_extra(saved, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "usearch.index", None)
    with pytest.raises(MissingExtra, match=r"pip install 'seqloom\[neighbours\]'"):
        load_index(saved)


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
