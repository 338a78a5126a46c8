"""Raw sources to results, with a toy model over letters."""

import logging
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from tests.search.toy import Toy, ToyState, constant_table, random_table

from seqloom.config.search import Search
from seqloom.data.example import Example
from seqloom.errors import SourceTooLong, UserError
from seqloom.predict import Predictor
from seqloom.predict.minimum_risk import minimum_risk
from seqloom.search import search
from seqloom.search.stepper import Ids
from seqloom.symbols import EOS, UNK
from seqloom.text.copying import Source

SPECIALS = ("<pad>", "<unk>", "<sos>", "<eos>")
LETTERS = "abc"


class Letters:
    """A codec of one side: 'a', 'b' and 'c' are 4, 5 and 6; a feature is read like a letter."""

    size = 7
    blank_led = parted = False

    def encode(
        self, text: str, features: Sequence[str] = (), open: Sequence[str] = ()
    ) -> list[int]:
        symbols = [*features, *text]
        return [4 + LETTERS.index(s) if s in LETTERS else UNK for s in symbols] + [EOS]

    def decode(self, ids: Sequence[int], open: Sequence[str] = ()) -> str:
        return "".join(self.tokens(ids, open))

    def tokens(self, ids: Sequence[int], open: Sequence[str] = ()) -> tuple[str, ...]:
        return tuple((*SPECIALS, *LETTERS, *open)[i] for i in ids)

    def units(self, text: str) -> list[str]:
        return list(text.lower())

    def surface(self, text: str) -> list[str]:
        return list(text)

    def unknown(self, text: str) -> tuple[str, ...]:
        return tuple(sorted(set(text) - set(LETTERS)))


class Pair:
    source = Letters()
    target = Letters()

    def read(self, text: str, features: Sequence[str] = (), frames: object = None) -> Source:
        ids = self.source.encode(text, features)
        return Source(ids, ids, ())


class SmallMemory(Toy):
    """Has room for so many sources at once."""

    def __init__(self, table: np.ndarray, room: int) -> None:
        super().__init__(table)
        self.room = room

    def start(self, sources: Sequence[Sequence[int]]) -> ToyState:
        if len(sources) > self.room:
            raise MemoryError
        return super().start(sources)


TABLE = random_table(11, 7, concentration=0.5)
SEARCH = Search(beam=3, nbest=2, max_length=5, batch_size=2)
SOURCES = ["ab", "c", "abcabc", "", "bb", "cab", "a"]


def examples(sources: Sequence[str] = SOURCES) -> list[Example]:
    return [Example(source) for source in sources]


def test_results_come_in_the_order_of_the_sources():
    results = Predictor(Pair(), Toy(TABLE), SEARCH).predict(examples())
    assert [result.source for result in results] == SOURCES


@pytest.mark.parametrize("batch_size", [1, 3, 64])
@pytest.mark.parametrize("chunk", [1, 2, None])
def test_neither_batch_nor_chunk_changes_an_answer(batch_size, chunk):
    settings = SEARCH.model_copy(update={"batch_size": batch_size})
    results = Predictor(Pair(), Toy(TABLE), settings).predict(examples(), chunk=chunk)
    for result in results:
        [alone] = Predictor(Pair(), Toy(TABLE), SEARCH).predict([Example(result.source)])
        assert [o.text for o in result.outputs] == [o.text for o in alone.outputs]


def test_a_result_says_what_search_found():
    toy = Toy(TABLE)
    [result] = Predictor(Pair(), toy, SEARCH).predict([Example("ab")])
    [found] = search(toy, [[4, 5, EOS]], SEARCH)
    assert len(result.outputs) == 2
    for output, hypothesis in zip(result.outputs, found, strict=True):
        assert output.text == Letters().decode(hypothesis.tokens)
        assert output.token_log_probs == hypothesis.token_log_probs
        assert output.score == hypothesis.score
        assert len(output.tokens) == len(output.token_log_probs)
        assert output.attention is not None
        assert output.attention.shape == (len(output.tokens), len(result.source_tokens))
        assert np.array_equal(output.attention, hypothesis.weights)


def test_a_finished_output_ends_with_eos():
    toy = Toy(constant_table({EOS: 1.0}, 7))
    [result] = Predictor(Pair(), toy, Search()).predict([Example("ab")])
    assert result.text == ""
    assert result.outputs[0].tokens == ("<eos>",)


def test_an_output_cut_off_does_not_end_with_eos():
    toy = Toy(constant_table({4: 1.0}, 7))
    [result] = Predictor(Pair(), toy, Search(max_length=2)).predict([Example("ab")])
    assert result.text == "aa"
    assert result.outputs[0].tokens == ("a", "a")
    assert not result.outputs[0].finished


def test_source_tokens_are_features_then_text_then_eos():
    [result] = Predictor(Pair(), Toy(TABLE), SEARCH).predict([Example("ab", features=("c",))])
    assert result.source_tokens == ("c", "a", "b", "<eos>")


def test_what_was_never_seen_is_reported():
    [result] = Predictor(Pair(), Toy(TABLE), SEARCH).predict([Example("a?b!")])
    assert result.unknown == ("!", "?")


@pytest.mark.parametrize("blank", ["", "  ", "\t"])
def test_an_empty_source_has_one_empty_output_and_the_model_is_not_asked(blank):
    toy = Toy(TABLE)
    [result] = Predictor(Pair(), toy, SEARCH).predict([Example(blank)])
    [output] = result.outputs
    assert (result.text, output.tokens, output.attention, output.finished) == ("", (), None, True)
    assert toy.rows_seen == []


def test_every_output_begins_with_the_prefix():
    results = Predictor(Pair(), Toy(TABLE), SEARCH).predict(examples(["ab", "c"]), prefix="cb")
    assert all(o.text.startswith("cb") for result in results for o in result.outputs)


def test_no_more_is_read_than_a_chunk():
    read: list[str] = []

    def endless() -> Iterator[Example]:
        while True:
            read.append("ab")
            yield Example("ab")

    results = Predictor(Pair(), Toy(TABLE), SEARCH).predict(endless(), chunk=3)
    next(results)
    assert len(read) == 3
    next(results)
    next(results)
    assert len(read) == 3


def test_sources_of_like_length_are_decoded_together():
    toy = Toy(TABLE)
    asked: list[list[int]] = []
    start = toy.start

    def watch(sources: Sequence[Sequence[int]]) -> ToyState:
        asked.append([len(source) for source in sources])
        return start(sources)

    toy.start = watch
    list(Predictor(Pair(), toy, SEARCH).predict(examples(["a", "abc", "b", "cab"])))
    assert asked == [[4, 4], [2, 2]]


def test_a_batch_too_big_for_memory_is_halved_with_a_notice(caplog):
    settings = SEARCH.model_copy(update={"batch_size": 8})
    with caplog.at_level(logging.WARNING):
        results = list(Predictor(Pair(), SmallMemory(TABLE, 2), settings).predict(examples()))
    enough = list(Predictor(Pair(), Toy(TABLE), settings).predict(examples()))
    assert [r.text for r in results] == [r.text for r in enough]
    assert "Out of memory with 6 sources at once; going on with 3." in caplog.messages


def test_a_source_too_long_for_memory_is_named():
    predictor = Predictor(Pair(), SmallMemory(TABLE, 0), SEARCH)
    with pytest.raises(UserError, match=r"^in\.txt:7: .* 3 tokens does not, even alone\."):
        list(predictor.predict([Example("ab", origin="in.txt:7")]))


def test_memory_may_run_out_at_any_step():
    class RunsOut(Toy):
        def step(self, state: ToyState, tokens: Ids, k: int, wanted: Ids | None = None):
            if len(tokens) > 1 and len(state.fed[0][0]) == 1:
                raise MemoryError
            return super().step(state, tokens, k, wanted)

    settings = SEARCH.model_copy(update={"batch_size": 8, "min_length": 2})
    results = list(Predictor(Pair(), RunsOut(TABLE), settings).predict(examples()))
    enough = list(Predictor(Pair(), Toy(TABLE), settings).predict(examples()))
    assert [r.text for r in results] == [r.text for r in enough]


def test_every_output_contains_the_phrases():
    settings = SEARCH.model_copy(update={"beam": 5, "max_length": 9})
    results = Predictor(Pair(), Toy(TABLE), settings).predict(examples(), constraints=["ca", "bb"])
    outputs = [o for result in results for o in result.outputs if result.source]
    assert all("ca" in o.text and "bb" in o.text for o in outputs if o.finished)
    assert any(o.finished for o in outputs)


def test_each_source_can_have_phrases_of_its_own():
    def reversed_source(example: Example) -> list[str]:
        return [example.source[::-1]]

    settings = SEARCH.model_copy(update={"beam": 7, "max_length": 9})
    for result in Predictor(Pair(), Toy(TABLE), settings).predict(
        examples(), constraints=reversed_source
    ):
        assert result.source[::-1] in result.text


def test_a_phrase_alone_is_not_taken_apart():
    settings = SEARCH.model_copy(update={"beam": 4, "max_length": 9})
    [result] = Predictor(Pair(), Toy(TABLE), settings).predict(examples(["ab"]), constraints="cab")
    assert "cab" in result.text


@pytest.mark.parametrize(("phrase", "why"), [("", "one is empty"), ("a?", "'a\\?' has an unknown")])
def test_a_phrase_that_cannot_be_written_is_refused_with_its_place(phrase, why):
    predictor = Predictor(Pair(), Toy(TABLE), SEARCH)
    with pytest.raises(UserError, match=rf"^in\.txt:7: .*{why}"):
        list(predictor.predict([Example("ab", origin="in.txt:7")], constraints=[phrase]))


@pytest.mark.parametrize(
    ("settings", "origins"),
    [
        (Search(max_length=3), {"beam"}),
        (Search(beam=2, groups=2, nbest=2, diversity=9.0, max_length=3), {"group 1", "group 2"}),
        (Search(sample=True, nbest=2, max_length=3), {"sample 1", "sample 2"}),
    ],
)
def test_an_output_says_where_it_came_from(settings, origins):
    [result] = Predictor(Pair(), Toy(TABLE), settings).predict(examples(["ab"]))
    assert {output.origin for output in result.outputs} == origins


@pytest.mark.parametrize("utility", ["chrf", "edit"])
def test_minimum_risk_ranks_many_samples_and_returns_the_best(utility):
    settings = Search(sample=True, mbr=utility, mbr_samples=20, nbest=2, max_length=4)
    plain = Search(sample=True, nbest=20, max_length=4)
    [found] = Predictor(Pair(), Toy(TABLE), settings).predict(examples(["ab"]))
    [drawn] = Predictor(Pair(), Toy(TABLE), plain).predict(examples(["ab"]))
    expected = minimum_risk(drawn.outputs, utility)[:2]
    assert [(o.text, o.score, o.origin) for o in found.outputs] == [
        (o.text, o.score, o.origin) for o in expected
    ]
    assert all(output.attention is not None for output in found.outputs)


def test_minimum_risk_of_a_sure_model_is_what_it_says():
    table = constant_table({4: 1.0}, 7)
    table[:, 4, 4] = constant_table({EOS: 1.0}, 7)[0, 0, 0]
    settings = Search(sample=True, mbr="chrf", mbr_samples=8)
    [result] = Predictor(Pair(), Toy(table), settings).predict(examples(["ab"]))
    assert [(o.text, o.score, o.origin) for o in result.outputs] == [("aa", 1.0, "sample 1")]


class ShortSighted(Toy):
    """Reads no more than 4 tokens of a source."""

    def start(self, sources: Sequence[Sequence[int]]) -> ToyState:
        if max(map(len, sources)) > 4:
            raise SourceTooLong("5 tokens are too many. Shorten it.")
        return super().start(sources)


def test_a_source_that_the_model_cannot_read_is_named_by_its_line():
    given = [Example("ab", origin="in:1"), Example("abca", origin="in:2")]
    asked = Predictor(Pair(), ShortSighted(TABLE), SEARCH).predict(given)
    with pytest.raises(UserError, match=r"^in:2: 5 tokens are too many"):
        list(asked)
