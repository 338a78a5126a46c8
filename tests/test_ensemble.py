"""Several models as one, through the Python interface: `seqloom.load([...])`."""

import numpy as np
import pytest

import seqloom
from seqloom.attribution.embedded import PairQuestion
from seqloom.config import Bahdanau, Characters, Whitespace
from seqloom.ensemble import Ensemble, Member
from seqloom.errors import UserError
from seqloom.model import Model
from seqloom.models.tensors import pair_of
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
    assert output.origin == "beam, 2 models"


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


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """Two runs with one vocabulary, of which only `copies` can copy, and an export of the other."""
    folder = tmp_path_factory.mktemp("mixed")
    saved(folder / "plain", source=Whitespace())
    decoder = Bahdanau(hidden=5, embedding=3, copying=True)
    saved(folder / "copies", source=Whitespace(), decoder=decoder)
    seqloom.load(folder / "plain").export(folder / "exported")
    return folder


COPIED = [("abc x zz", "x zz y zz"), ("x qq", "qq"), ("b", "x y"), ("ca", "nowhere x")]
"""zz and qq are in no vocabulary, so that only a copy can write them; 'nowhere' is <unk> to all."""
ONLY_COPIED = [[False, True, False, True, False], [True, False], [False] * 3, [False] * 3]


@pytest.mark.parametrize("other", ["plain", "exported"])
@pytest.mark.parametrize("turned", [False, True])
def test_a_word_that_one_member_cannot_write_has_half_of_what_the_other_gives(mixed, other, turned):
    folders = [mixed / "copies", mixed / other][:: -1 if turned else 1]
    copies, plain, both = (
        token_probs(seqloom.load(given), COPIED)
        for given in (mixed / "copies", mixed / other, folders)
    )
    for p, q, only, mean in zip(copies, plain, ONLY_COPIED, both, strict=True):
        # Alone the plain model scores <unk> there, which is another word.
        assert mean == pytest.approx((p + np.where(only, 0.0, q)) / 2, abs=1e-6)
    assert all(mean.min() > 0 for mean in both)


@pytest.mark.parametrize("other", ["plain", "exported"])
def test_search_adds_up_what_a_score_says_where_some_members_copy(mixed, other):
    model = seqloom.load([mixed / other, mixed / "copies"])
    for source in ("abc x zz", "qq zz"):
        result = model.predict(source, prefix="zz x", nbest=3, beam=3, length_penalty=0.0)
        for output in result.outputs:
            assert output.origin == "beam, 2 models, after a prefix"
            again = model.score([(source, output.text)])[0]
            assert again.tokens[: len(output.tokens)] == output.tokens
            found = again.token_log_probs[: len(output.tokens)]
            assert found == pytest.approx(output.token_log_probs, abs=1e-4)


def test_what_only_one_member_can_copy_is_written_and_explained(mixed):
    model = seqloom.load([mixed / "plain", mixed / "copies"])
    for method in ("attention", "gradient", "integrated", "occlusion"):
        explained = model.explain("abc x zz", method, target="zz x", gates=True)
        assert explained.result.outputs[0].tokens == ("zz", "x", "<eos>")
        assert all(np.isfinite(each.weights).all() for each in explained.attributions if each)
        assert [len(inside.gates or ()) > 0 for inside in explained.insides[0]] == [True, True]


def test_gradients_are_those_of_what_is_scored_where_some_members_copy(mixed):
    model = seqloom.load([mixed / "plain", mixed / "copies"])
    for source, target in COPIED:
        read = model.codec.read(source)
        ids = model.codec.target.encode(target, open=read.open)
        members = [run.model for run in model.runs]
        question = PairQuestion(members, pair_of(read.ids, ids, members[0]))
        found = question.log_probs(question.embeddings(), question.steps)[0]
        expected = model.score([(source, target)])[0].token_log_probs
        assert found.tolist() == pytest.approx(expected, abs=1e-5)


def test_a_penalty_given_together_with_sampling_is_refused(runs):
    model = seqloom.load(runs / "a")
    assert model.recipe.search.length_penalty == 0.5
    assert model.predict("b", sample=True).outputs[0].origin == "sample 1"
    with pytest.raises(UserError, match="outputs are drawn and not ranked"):
        model.predict("b", sample=True, length_penalty=1.0)


def test_what_needs_one_run_says_that_there_are_several(runs, tmp_path):
    model = seqloom.load([runs / "a", runs / "b"])
    with pytest.raises(UserError, match="several models as one"):
        model.export(tmp_path / "out")


def test_no_folder_at_all_is_refused():
    with pytest.raises(UserError, match="at least one model"):
        seqloom.load([])
