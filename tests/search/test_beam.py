"""Beam search: greedy as its narrowest case, limits of length, attention, rows that leave."""

from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.search.toy import Toy, constant_table, random_table

from seqloom.config.search import Search
from seqloom.errors import UserError
from seqloom.search import search
from seqloom.symbols import EOS, SOS, UNK

SOURCES = ((4, 5, EOS), (5, EOS), (4, 4, 5, 4, EOS), (6, EOS), (6, 6, EOS))
TABLE_SEEDS = st.integers(0, 10**6)
SEARCHES = st.builds(
    Search,
    beam=st.integers(3, 6),
    nbest=st.integers(1, 3),
    max_length=st.integers(1, 6),
    length_penalty=st.sampled_from([0.0, 1.0]),
    coverage_penalty=st.sampled_from([0.0, 0.3]),
)


def greedy(toy: Toy, source: tuple[int, ...], max_length: int) -> tuple[tuple[int, ...], bool]:
    """Take the likeliest token until it is <eos>."""
    output: tuple[int, ...] = ()
    while (token := int(toy.log_probs(source, output).argmax())) != EOS:
        if len(output) == max_length:
            return output, False
        output = (*output, token)
    return output, True


@settings(max_examples=50, deadline=None)
@given(seed=TABLE_SEEDS, max_length=st.integers(1, 9), alpha=st.sampled_from([0.0, 1.0]))
def test_a_beam_of_one_is_greedy(seed, max_length, alpha):
    toy = Toy(random_table(seed, 7, concentration=0.5))
    found = search(toy, SOURCES, Search(max_length=max_length, length_penalty=alpha))
    assert [(h.tokens, h.finished) for [h] in found] == [
        greedy(toy, source, max_length) for source in SOURCES
    ]


def beam_by_definition(toy: Toy, source: tuple[int, ...], settings_: Search) -> dict:
    """Every continuation considered at every step, and no step spared: output -> log p."""
    live: dict[tuple[int, ...], float] = {(): 0.0}
    finished: dict[tuple[int, ...], float] = {}
    for _ in range((settings_.max_length or 0) + 1):
        pool = [
            (log_prob + float(p), (*output, token))
            for output, log_prob in live.items()
            for token, p in enumerate(toy.log_probs(source, output))
            if p > -np.inf
        ]
        pool.sort(reverse=True)
        finished |= {output: p for p, output in pool[: settings_.beam] if output[-1] == EOS}
        open_ends = [(p, output) for p, output in pool if output[-1] != EOS]
        live = {output: p for p, output in open_ends[: settings_.beam]}
    return finished


@settings(max_examples=60, deadline=None)
@given(
    seed=TABLE_SEEDS,
    beam=st.integers(2, 4),
    max_length=st.integers(3, 7),
    alpha=st.sampled_from([0.0, 0.5, 1.0]),
)
def test_a_narrow_beam_keeps_the_best_of_all_continuations(seed, beam, max_length, alpha):
    toy = Toy(random_table(seed, 7, concentration=0.5))
    settings_ = Search(beam=beam, max_length=max_length, length_penalty=alpha)
    for source, [best] in zip(SOURCES, search(toy, SOURCES, settings_), strict=True):
        scores = [
            log_prob / ((5 + len(output)) / 6) ** alpha
            for output, log_prob in beam_by_definition(toy, source, settings_).items()
        ]
        assert best.finished == bool(scores)
        assert best.score == pytest.approx(max(scores, default=best.score))


def test_an_output_that_ends_makes_room_for_the_next_best():
    # '' .4 ends at once, and both 'a' .35 and 'b' .25 go on; 'b' .25 then ends above 'a' .35 * .3.
    table = constant_table({EOS: 0.3, 4: 0.7}, 6)
    table[:, :, SOS] = [0, 0, 0, 0.4, 0.35, 0.25]
    table[:, :, 5] = [0, 0, 0, 1, 0, 0]
    [found] = search(Toy(table), [(4, EOS)], Search(beam=2, nbest=2, max_length=1))
    assert [h.tokens for h in found] == [(), (5,)]


def test_greedy_search_asks_for_one_candidate_and_never_moves_a_row():
    toy = Toy(constant_table({4: 0.6, EOS: 0.4}, 5))
    search(toy, SOURCES, Search(max_length=3))
    assert toy.candidates_asked == [1, 1, 1, 1]
    assert toy.num_selects == 0


@settings(max_examples=50, deadline=None)
@given(seed=TABLE_SEEDS, settings_=SEARCHES, order=st.permutations(range(len(SOURCES))))
def test_the_neighbours_in_a_batch_never_change_a_result(seed, settings_, order):
    toy = Toy(random_table(seed, 7, concentration=0.5))
    together = search(toy, [SOURCES[i] for i in order], settings_)
    for place, i in enumerate(order):
        [alone] = search(toy, [SOURCES[i]], settings_)
        assert [h.tokens for h in together[place]] == [h.tokens for h in alone]
        assert [h.token_log_probs for h in together[place]] == [h.token_log_probs for h in alone]
        assert [h.score for h in together[place]] == pytest.approx([h.score for h in alone])


@settings(max_examples=50, deadline=None)
@given(seed=TABLE_SEEDS, settings_=SEARCHES)
def test_attention_and_log_probs_belong_to_their_own_hypothesis(seed, settings_):
    toy = Toy(random_table(seed, 7, concentration=0.5))
    for source, found in zip(SOURCES, search(toy, SOURCES, settings_), strict=True):
        for h in found:
            output = (*h.tokens, EOS) if h.finished else h.tokens
            steps = range(len(output))
            weights = [toy.attention(source, output[:t]) for t in steps]
            log_probs = [float(toy.log_probs(source, output[:t])[output[t]]) for t in steps]
            np.testing.assert_array_equal(h.weights, weights)
            assert list(h.token_log_probs) == log_probs


def test_the_score_without_penalties_is_the_log_probability():
    toy = Toy(random_table(3, 7))
    for found in search(toy, SOURCES, Search(beam=4, nbest=4, max_length=5)):
        assert [h.score for h in found] == pytest.approx([h.log_prob for h in found])


def test_a_model_without_attention_gives_hypotheses_without():
    toy = Toy(random_table(3, 7), attends=False)
    [[best]] = search(toy, [(4, EOS)], Search(beam=2, max_length=3))
    assert best.weights is None


def test_coverage_needs_attention_and_says_so():
    toy = Toy(random_table(3, 7), attends=False)
    with pytest.raises(UserError, match=r"coverage_penalty needs a model with attention.* 0\.5"):
        search(toy, [(4, EOS)], Search(beam=2, coverage_penalty=0.5))


def test_more_outputs_than_hypotheses_are_refused():
    with pytest.raises(
        UserError, match=r"nbest must be at most search\.beam, but is 3 with a beam of 2"
    ):
        search(Toy(random_table(3, 7)), [(4, EOS)], Search(beam=2, nbest=3))


def test_no_sources_have_no_results():
    assert search(Toy(random_table(3, 7)), [], Search()) == []


def test_a_finished_source_leaves_the_batch():
    # Sources of kind 0 end at once, those of kind 1 never.
    table = np.concatenate([constant_table({EOS: 1.0}, 5), constant_table({4: 1.0}, 5)])
    toy = Toy(table)
    found = search(toy, [(4, 4), (4, 5), (4, 4)], Search(max_length=2))
    assert [h.tokens for [h] in found] == [(), (4, 4), ()]
    assert [rows for rows, _ in toy.rows_seen] == [3, 1, 1]


def test_a_source_is_done_when_what_goes_on_can_no_longer_win():
    toy = Toy(constant_table({EOS: 0.9, 4: 0.1}, 5))
    search(toy, [(4, EOS)], Search(beam=2, max_length=50))
    assert len(toy.rows_seen) == 1


def test_the_search_goes_on_while_the_second_best_is_open():
    # '' .9; then 'a' .1 * .9; the third would be 'aa' .1 * .1 * .9 and cannot beat them.
    toy = Toy(constant_table({EOS: 0.9, 4: 0.1}, 5))
    [found] = search(toy, [(4, EOS)], Search(beam=2, nbest=2, max_length=50))
    assert [h.tokens for h in found] == [(), (4,)]
    assert [h.score for h in found] == pytest.approx([log(0.9), log(0.09)], abs=1e-6)
    assert len(toy.rows_seen) == 2


@pytest.mark.parametrize("beam", [1, 2])
def test_no_output_is_shorter_than_the_minimum(beam):
    toy = Toy(constant_table({EOS: 0.9, 4: 0.06, 5: 0.04}, 6))
    [[best]] = search(toy, [(4, EOS)], Search(beam=beam, min_length=3, max_length=9))
    assert best.tokens == (4, 4, 4)
    assert best.finished


@pytest.mark.parametrize("beam", [1, 3])
def test_an_output_at_the_limit_is_cut_off(beam):
    toy = Toy(constant_table({4: 0.7, UNK: 0.3}, 5))
    [[best]] = search(toy, [(4, EOS)], Search(beam=beam, max_length=3))
    assert best.tokens == (4, 4, 4)
    assert not best.finished
    assert best.score == pytest.approx(3 * log(0.7), abs=1e-6)
    assert best.weights is not None
    assert best.weights.shape == (3, 2)


def test_the_end_may_still_follow_the_last_token_allowed():
    table = random_table(1, 5)
    table[..., :] = [0, 0, 0, 0, 1]
    table[:, 4, 4] = [0, 0, 0, 1, 0]
    [[best]] = search(Toy(table), [(4, EOS)], Search(max_length=2))
    assert best.tokens == (4, 4)
    assert best.finished


def test_cut_off_outputs_fill_the_list_after_the_finished_ones():
    # After 'a' the end is certain, after <unk> it is impossible.
    table = constant_table({4: 0.4, UNK: 0.6}, 5)
    table[:, :, 4] = [0, 0, 0, 1, 0]
    [found] = search(Toy(table), [(4, EOS)], Search(beam=4, nbest=3, max_length=1))
    assert [(h.tokens, h.finished) for h in found] == [((4,), True), ((UNK,), False)]


def test_the_limit_grows_with_the_source():
    toy = Toy(constant_table({4: 1.0}, 5))
    found = search(toy, [(4, EOS), (4, 4, 4, EOS)], Search(max_ratio=1.5))
    assert [len(h.tokens) for [h] in found] == [3 + 20, 6 + 20]
