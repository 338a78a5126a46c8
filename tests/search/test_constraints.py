"""Phrases that must appear in the output."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.search.toy import Output, Toy, constant_table, every_output, log_prob, random_table

from seqloom.config.search import Search
from seqloom.errors import UserError
from seqloom.search import search
from seqloom.search.phrases import Phrases
from seqloom.symbols import EOS

SOURCES = ((4, 5, EOS), (5, EOS), (4, 4, 5, 4, EOS))
PHRASES = st.lists(
    st.lists(st.integers(4, 6), min_size=1, max_size=3).map(tuple), min_size=0, max_size=3
)
SEEDS = st.integers(0, 10**6)


def contains(output: Output, phrase: Output) -> bool:
    return any(output[i : i + len(phrase)] == phrase for i in range(len(output)))


def met(output: Output, phrases: list[Output]) -> bool:
    return all(contains(output, phrase) for phrase in phrases)


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, phrases=PHRASES, alpha=st.sampled_from([0.0, 1.0]))
def test_a_wide_beam_finds_all_outputs_that_contain_the_phrases(seed, phrases, alpha):
    toy = Toy(random_table(seed, 7))
    source = SOURCES[0]
    wide = Search(beam=1300, nbest=1300, max_length=4, length_penalty=alpha)
    [found] = search(toy, [source], wide, None, [phrases])
    expected = {
        output[:-1]: log_prob(toy, source, output) / ((5 + len(output)) / 6) ** alpha
        for output in every_output(toy, source, 4)
        if met(output, phrases)
    }
    finished = [h for h in found if h.finished]
    assert {h.tokens for h in finished} == set(expected)
    assert [h.score for h in finished] == pytest.approx(
        sorted(expected.values(), reverse=True), abs=1e-5
    )


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, phrases=st.lists(PHRASES, min_size=3, max_size=3), beam=st.integers(10, 12))
def test_every_output_of_a_narrow_beam_contains_every_phrase(seed, phrases, beam):
    toy = Toy(random_table(seed, 7, concentration=0.3))
    settings_ = Search(beam=beam, nbest=3, max_length=25)
    for own, found in zip(phrases, search(toy, SOURCES, settings_, None, phrases), strict=True):
        assume(found[0].finished or not own)  # a toy may all but never say <eos>
        assert all(met(h.tokens, own) for h in found if h.finished)


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS, phrases=st.lists(PHRASES, min_size=3, max_size=3))
def test_the_phrases_of_a_neighbour_never_change_a_result(seed, phrases):
    toy = Toy(random_table(seed, 7, concentration=0.5))
    settings_ = Search(beam=10, nbest=4, max_length=8)
    together = search(toy, SOURCES, settings_, None, phrases)
    for source, own, found in zip(SOURCES, phrases, together, strict=True):
        [alone] = search(toy, [source], settings_, None, [own])
        assert [(h.tokens, h.token_log_probs) for h in found] == [
            (h.tokens, h.token_log_probs) for h in alone
        ]


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS, beam=st.integers(4, 6))
def test_a_source_without_phrases_has_plain_beam_search_beside_one_with(seed, beam):
    toy = Toy(random_table(seed, 7, concentration=0.5))
    settings_ = Search(beam=beam, nbest=beam, max_length=6)
    [plain] = search(toy, [SOURCES[0]], settings_)
    [found, _] = search(toy, SOURCES[:2], settings_, None, [[], [(4, 6)]])
    assert [(h.tokens, h.score) for h in found] == [(h.tokens, h.score) for h in plain]


@pytest.mark.parametrize("nothing", [None, [], [[], [], []], [[()], [], []]])
def test_no_phrases_at_all_are_plain_beam_search(nothing):
    toy = Toy(random_table(3, 7))
    search(toy, SOURCES, Search(beam=2, max_length=4), None, nothing)
    assert set(toy.candidates_asked) == {3}


def test_attention_and_log_probs_belong_to_their_own_hypothesis():
    toy = Toy(random_table(3, 7, concentration=0.5))
    settings_ = Search(beam=6, nbest=6, max_length=8)
    [found] = search(toy, [SOURCES[0]], settings_, None, [[(4, 4), (6,)]])
    for h in found:
        output = (*h.tokens, EOS) if h.finished else h.tokens
        weights = [toy.attention(SOURCES[0], output[:t]) for t in range(len(output))]
        np.testing.assert_array_equal(h.weights, weights)
        assert h.score == pytest.approx(log_prob(toy, SOURCES[0], output), abs=1e-5)


def test_a_phrase_of_tokens_far_down_the_list_is_found():
    distribution = {token: 0.9 / 2 ** (token - 3) for token in range(4, 20)}
    toy = Toy(constant_table(distribution | {EOS: 0.1}, 20))
    [[best]] = search(toy, [(4, EOS)], Search(beam=3, max_length=6), None, [[(19, 18)]])
    assert best.finished
    assert contains(best.tokens, (19, 18))


def test_overlapping_phrases_share_what_they_have_in_common():
    toy = Toy(constant_table({4: 0.3, 5: 0.3, 6: 0.3, EOS: 0.1}, 7))
    phrases = [[(4, 5), (5, 6)]]
    [[best]] = search(toy, [(4, EOS)], Search(beam=40, max_length=3), None, phrases)
    assert best.tokens == (4, 5, 6)


def test_a_phrase_goes_on_after_a_prefix():
    toy = Toy(random_table(3, 7))
    [[best]] = search(toy, [(4, EOS)], Search(beam=50, max_length=3), [(5, 4)], [[(4, 6)]])
    assert best.tokens == (5, 4, 6)
    assert best.finished


def test_no_end_comes_before_the_phrase():
    toy = Toy(constant_table({EOS: 0.98, 4: 0.01, 5: 0.01}, 6))
    [[best]] = search(toy, [(4, EOS)], Search(beam=3, max_length=5), None, [[(5, 5)]])
    assert best.tokens == (5, 5)


def test_what_cannot_be_met_within_the_limit_is_not_finished():
    toy = Toy(random_table(3, 7))
    settings_ = Search(beam=5, nbest=5, max_length=3)
    [found] = search(toy, [(4, EOS)], settings_, None, [[(4, 5, 6, 4)]])
    assert found
    assert not any(h.finished for h in found)


def test_a_phrase_that_repeats_what_may_not_repeat_is_not_finished():
    toy = Toy(random_table(3, 7))
    settings_ = Search(beam=5, max_length=6, no_repeat_ngram=1)
    [found] = search(toy, [(4, EOS)], settings_, None, [[(4, 4)]])
    assert not any(h.finished for h in found)


def test_a_beam_too_narrow_for_the_phrases_is_refused_with_the_width_it_takes():
    with pytest.raises(UserError, match=r"\(3\), but is 3\. Set search\.beam=4 or more"):
        search(Toy(random_table(3, 7)), SOURCES[:1], Search(beam=3), None, [[(4, 5), (6,)]])


@pytest.mark.parametrize("other", [Search(sample=True), Search(beam=4, groups=2)])
def test_phrases_are_for_the_one_beam_only(other):
    with pytest.raises(UserError, match="Constraints need"):
        search(Toy(random_table(3, 7)), SOURCES[:1], other, None, [[(4,)]])


def progress_through(phrase: Output, tokens: Output) -> list[int]:
    phrases = Phrases([[phrase]])
    met_: list[int] = []
    for token in tokens:
        after = phrases.after(np.array([[[token]]]))
        phrases.follow(np.array([True]), after[:, :, 0])
        met_.append(int(phrases.progress[0, 0, 0]))
    return met_


def test_a_false_start_can_be_the_beginning_of_another():
    assert progress_through((4, 4, 5), (4, 4, 4, 5)) == [1, 2, 2, 3]


def test_any_other_token_is_the_end_of_a_start():
    assert progress_through((4, 5), (4, 9, 5, 4, 5)) == [1, 0, 0, 1, 2]


def test_a_phrase_that_has_appeared_stays_met():
    assert progress_through((4, 5), (4, 5, 4, 9)) == [1, 2, 2, 2]
