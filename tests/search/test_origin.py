"""Every output says where it came from: what found it, and what else had a say."""

import pytest
from tests.search.toy import Toy, random_table

from seqloom.config.search import Search
from seqloom.search import EnsembleStepper, search
from seqloom.search.forced import forced
from seqloom.search.origin import num_models
from seqloom.server.unfolding import Unfolding
from seqloom.symbols import EOS

SOURCES = ((4, 5, EOS), (5, EOS))
TOY = Toy(random_table(3, 7))
TWO = EnsembleStepper([TOY, Toy(random_table(4, 7))])
SHORT = {"max_length": 6}
BEAM = Search(beam=8, nbest=2, **SHORT)


def origins(stepper, settings, prefixes=None, constraints=None):
    """Of the best output of each source."""
    found = search(stepper, SOURCES, settings, prefixes, constraints)
    return [hypotheses[0].origin for hypotheses in found]


@pytest.mark.parametrize("settings", [Search(**SHORT), BEAM, Search(min_length=2, **SHORT)])
def test_plain_beam_search_says_no_more_than_that(settings):
    assert origins(TOY, settings) == ["beam", "beam"]
    assert origins(EnsembleStepper([TOY]), settings) == ["beam", "beam"]
    assert origins(TOY, settings, [(), ()], [[], []]) == ["beam", "beam"]


def test_several_models_are_counted():
    assert origins(TWO, BEAM) == ["beam, 2 models"] * 2
    three = EnsembleStepper([TOY] * 3)
    assert origins(three, Search(sample=True, **SHORT)) == ["sample 1, 3 models"] * 2
    assert num_models(Unfolding(three, list.append)) == 3


def test_only_a_source_with_phrases_is_constrained():
    found = origins(TOY, BEAM, None, [[[4, 5]], []])
    assert found == ["beam, constrained", "beam"]


def test_only_a_source_with_a_prefix_is_led():
    assert origins(TOY, BEAM, [(), (6,)]) == ["beam", "beam, after a prefix"]


def test_blocked_repeats_are_told_with_their_length():
    assert origins(TOY, Search(no_repeat_ngram=3, **SHORT)) == ["beam, no repeats of 3"] * 2


def test_all_that_had_a_say_is_told_in_one_order():
    settings = Search(beam=8, no_repeat_ngram=2, **SHORT)
    found = origins(TWO, settings, [(6,), ()], [[[4]], [[5]]])
    assert found == [
        "beam, 2 models, constrained, no repeats of 2, after a prefix",
        "beam, 2 models, constrained, no repeats of 2",
    ]


def test_groups_and_samples_keep_their_numbers():
    groups = Search(beam=4, nbest=4, groups=2, no_repeat_ngram=2, **SHORT)
    [found, _] = search(TOY, SOURCES, groups)
    assert {h.origin for h in found} <= {f"group {g}, no repeats of 2" for g in (1, 2)}
    [drawn, _] = search(TOY, SOURCES, Search(sample=True, nbest=3, **SHORT), [(6,), ()])
    assert [h.origin for h in drawn] == [f"sample {n}, after a prefix" for n in (1, 2, 3)]


def test_what_is_given_came_from_nowhere():
    assert [h.origin for h in forced(TOY, SOURCES, [(4, EOS), (EOS,)])] == ["given", "given"]
