"""Several models as one, through the Python interface: `seqloom.load([...])`."""

from functools import partial

import numpy as np
import pytest

import seqloom
from seqloom.config import Bahdanau, Characters, Whitespace
from seqloom.ensemble import Ensemble, Member
from seqloom.errors import UserError
from seqloom.model import Model
from tests.export.runs import PAIRS, saved

SOURCES = ["cab", "b", "aacbx"]


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Two runs of unlike architecture, and what was exported from the second."""
    folder = tmp_path_factory.mktemp("runs")
    saved(folder / "a")
    saved(folder / "b", decoder=Bahdanau(hidden=5, embedding=3))
    seqloom.load(folder / "b").export(folder / "exported")
    return folder


def token_probs(model, pairs=PAIRS):
    """The probability of every token of every pair."""
    return [np.exp(score.token_log_probs) for score in model.score(pairs)]


def test_one_member_answers_as_the_model_does(runs):
    model = seqloom.load(runs / "a")
    alone = Model(Ensemble([Member("a", model.answering)]), [runs / "a"])
    for expected, found in zip(model.predict(SOURCES), alone.predict(SOURCES), strict=True):
        assert [o.text for o in found.outputs] == [o.text for o in expected.outputs]
        assert [o.score for o in found.outputs] == pytest.approx(
            [o.score for o in expected.outputs], abs=1e-4
        )
    assert [s.log_prob for s in alone.score(PAIRS)] == pytest.approx(
        [s.log_prob for s in model.score(PAIRS)], abs=1e-6
    )


def test_a_list_of_one_folder_is_that_model(runs):
    assert seqloom.load([runs / "a"]).run.recipe == seqloom.load(runs / "a").recipe


def test_the_score_of_two_is_the_mean_of_their_probabilities(runs):
    one, other, both = (
        token_probs(seqloom.load(given))
        for given in (runs / "a", runs / "b", [runs / "a", runs / "b"])
    )
    for p, q, mean in zip(one, other, both, strict=True):
        assert mean == pytest.approx((p + q) / 2, abs=1e-6)


def test_a_score_is_what_search_adds_up(runs):
    model = seqloom.load([runs / "a", runs / "b"])
    [output, *_] = model.predict("cab", min_length=2, length_penalty=0.0).outputs
    pairs = [("cab", output.text)]
    found = model.score(pairs)[0].token_log_probs
    assert found[: len(output.text.split())] == pytest.approx(
        output.token_log_probs[: len(output.text.split())], abs=1e-4
    )
    assert len(output.text.split()) >= 2


def test_the_order_of_the_members_does_not_matter(runs):
    one, other = (
        seqloom.load(folders).predict(SOURCES)
        for folders in ([runs / "a", runs / "b"], [runs / "b", runs / "a"])
    )
    for mine, its in zip(one, other, strict=True):
        assert [o.tokens for o in mine.outputs] == [o.tokens for o in its.outputs]
        assert [o.score for o in mine.outputs] == pytest.approx(
            [o.score for o in its.outputs], abs=1e-5
        )


def test_an_exported_member_says_what_its_run_says(runs):
    run, exported = (
        token_probs(seqloom.load([runs / "a", runs / name])) for name in ("b", "exported")
    )
    for p, q in zip(run, exported, strict=True):
        assert q == pytest.approx(p, abs=1e-5)


def test_attention_is_a_distribution_and_outputs_come_from_the_beam(runs):
    result = seqloom.load([runs / "a", runs / "b"]).predict("cab")
    output = result.outputs[0]
    assert output.attention.sum(axis=1) == pytest.approx(np.ones(len(output.tokens)), abs=1e-5)
    assert output.origin == "beam"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"source": Characters(lowercase=True)},
            "one source vocabulary, but {b} has other settings",
        ),
        ({"target": Characters()}, "one target vocabulary, but {b} has other tokens"),
        ({"target": Whitespace(min_count=5)}, r"other tokens \(\d+ instead of \d+\) than {a}"),
    ],
)
def test_unlike_vocabularies_are_refused_in_one_line(tmp_path, settings, message):
    a, b = tmp_path / "a", tmp_path / "b"
    saved(a)
    saved(b, **settings)
    with pytest.raises(UserError, match=message.format(a=a, b=b)) as caught:
        seqloom.load([a, b])
    assert "\n" not in str(caught.value)


def test_a_model_that_copies_goes_with_none_that_does_not(tmp_path):
    make = partial(saved, source=Whitespace())
    make(tmp_path / "a")
    make(tmp_path / "b", decoder=Bahdanau(hidden=5, embedding=3, copying=True))
    for folders in (["a", "b"], ["b", "a"]):
        with pytest.raises(UserError, match=r"b copies and .*a does not"):
            seqloom.load([tmp_path / name for name in folders])


def test_what_needs_one_run_says_that_there_are_several(runs, tmp_path):
    model = seqloom.load([runs / "a", runs / "b"])
    with pytest.raises(UserError, match="several models as one"):
        model.export(tmp_path / "out")


def test_no_folder_at_all_is_refused():
    with pytest.raises(UserError, match="at least one model"):
        seqloom.load([])
