"""Attention at the level of words and characters, by sums that a reader can redo."""

import unicodedata

import numpy as np
import pytest

from seqloom.config.tokens import Bytes, Characters, Subwords, Tokens, Whitespace, Words
from seqloom.errors import UserError
from seqloom.explain.levels import Axis, Level, at_level, output_axis, source_axis
from seqloom.predict.result import Output, Result
from seqloom.text.codec import Codec

LEVELS: tuple[Level, ...] = ("piece", "word", "character")
KINDS: list[Tokens] = [
    Characters(normalize="NFD"),
    Characters(jamo=True, byte_fallback=True),
    Bytes(),
    Whitespace(byte_fallback=True),
    Words(),
    Words(byte_fallback=True),
    Subwords(kind="bpe", size=200),
]
TEXT = "two  words, 가감 né"


def codec_of(settings: Tokens) -> Codec:
    return Codec.train(settings, ["two words", "가감 값, n", "o w s d"], ["PL"])


def result_of(codec: Codec, text: str, features: tuple[str, ...] = ()) -> Result:
    """A text that is answered with itself."""
    ids = codec.encode(text)
    tokens = codec.tokens(ids)
    written = Output(codec.normalize(text), tokens, (-1.0,) * len(ids), -1.0, None, True)
    return Result(text, codec.tokens(codec.encode(text, features)), (written,))


def axes(codec: Codec, result: Result, level: Level) -> tuple[Axis, Axis]:
    return source_axis(codec, result, level), output_axis(codec, result.outputs[0], level)


def shown(axis: Axis) -> list[str]:
    return [unit.text for unit in axis.units]


def random_rows(rows: int, columns: int) -> np.ndarray:
    weights = np.random.default_rng(3).random((rows, columns), dtype=np.float32)
    return weights / weights.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("settings", KINDS, ids=lambda settings: str(settings)[:60])
@pytest.mark.parametrize("level", LEVELS)
def test_rows_stay_distributions_and_counts_are_those_of_the_tokens(settings, level) -> None:
    codec = codec_of(settings)
    result = result_of(codec, TEXT, ("PL",))
    source, output = axes(codec, result, level)
    assert source.shares.shape == (len(result.source_tokens), len(source.units))
    assert output.shares.shape == (len(result.outputs[0].tokens), len(output.units))
    weights = random_rows(len(output.shares), len(source.shares))
    found = at_level(weights, source, output, added=False)
    assert found.shape == (len(output.units), len(source.units))
    assert found.sum(axis=1) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("settings", KINDS, ids=lambda settings: str(settings)[:60])
@pytest.mark.parametrize("level", LEVELS)
def test_shares_of_log_p_add_up_to_the_same_at_every_level(settings, level) -> None:
    codec = codec_of(settings)
    source, output = axes(codec, result_of(codec, TEXT), level)
    weights = random_rows(len(output.shares), len(source.shares)) - 0.3
    found = at_level(weights, source, output, added=True)
    assert found.sum() == pytest.approx(weights.sum(), abs=1e-4)


@pytest.mark.parametrize("settings", KINDS, ids=lambda settings: str(settings)[:60])
@pytest.mark.parametrize("level", ["word", "character"])
def test_the_span_of_a_unit_slices_its_text_as_typed(settings, level) -> None:
    codec = codec_of(settings)
    typed = unicodedata.normalize("NFD", TEXT)
    source = source_axis(codec, result_of(codec, typed, ("PL",)), level)
    spans = [unit.span for unit in source.units]
    assert spans[0] is None
    assert spans[-1] is None
    for unit in source.units[1:-1]:
        assert unit.span is not None
        assert typed[slice(*unit.span)] == unit.text


def test_the_weight_of_a_word_is_the_sum_to_its_pieces_and_the_mean_of_its_rows() -> None:
    codec = codec_of(Characters())
    result = result_of(codec, "ab c")
    source, output = axes(codec, result, "word")
    assert shown(source) == ["ab", "c", "<eos>"]
    weights = np.arange(25, dtype=np.float32).reshape(5, 5)
    found = at_level(weights, source, output, added=False)
    # rows 0, 1 | 2, 3 | 4; columns 0+1 | 2+3 | 4; the blank (2) goes with the word after it
    assert found.tolist() == [[6, 10, 6.5], [26, 30, 16.5], [41, 45, 24]]
    added = at_level(weights, source, output, added=True)
    assert added.tolist() == [[12, 20, 13], [52, 60, 33], [41, 45, 24]]


def test_a_piece_shares_out_its_weight_among_its_characters() -> None:
    codec = codec_of(Words())
    source, output = axes(codec, result_of(codec, "two 가감"), "character")
    assert shown(source) == ["t", "w", "o", "가", "감", "<eos>"]
    weights = np.array([[0.6, 0.4, 0.0]] * 3, dtype=np.float32)
    found = at_level(weights, source, output, added=False)
    assert found[0] == pytest.approx([0.2, 0.2, 0.2, 0.2, 0.2, 0.0])
    assert at_level(weights, source, output, added=True)[0, 0] == pytest.approx(0.2 / 3)


def test_jamo_come_together_in_their_syllable() -> None:
    codec = codec_of(Characters(jamo=True))
    source, output = axes(codec, result_of(codec, "각a"), "character")
    assert shown(source) == ["각", "a", "<eos>"]
    weights = np.array([[0.1, 0.2, 0.3, 0.2, 0.2]] * 5, dtype=np.float32)
    found = at_level(weights, source, output, added=False)
    assert found[0] == pytest.approx([0.6, 0.2, 0.2])


def test_words_of_every_kind_of_tokens_are_what_stands_between_blanks() -> None:
    expected = ["two", "가감", "né", "<eos>"]
    for settings in KINDS:
        codec = codec_of(settings)
        assert shown(source_axis(codec, result_of(codec, " two 가감  né"), "word")) == expected


def test_a_token_in_brackets_is_no_feature_unless_it_is_one() -> None:
    codec = codec_of(Characters())
    source = source_axis(codec, result_of(codec, "[x] y", ("PL",)), "word")
    assert shown(source) == ["[PL]", "[x]", "y", "<eos>"]


def test_an_output_that_cannot_be_cut_again_stays_at_pieces_and_has_no_offsets() -> None:
    """The model may write a word in other pieces than the tokenizer would."""
    codec = codec_of(Words())
    output = Output("two", ("tw", "o", "<eos>"), (-1.0,) * 3, -3.0, None, True)
    axis = output_axis(codec, output, "character")
    assert shown(axis) == ["tw", "o", "<eos>"]
    assert [unit.span for unit in axis.units] == [None] * 3


def test_an_empty_source_has_no_units() -> None:
    empty = Output("", (), (), 0.0, None, True)
    assert source_axis(codec_of(Characters()), Result("", (), (empty,)), "word").units == ()


def test_a_level_that_there_is_not_is_told_with_those_that_there_are() -> None:
    codec = codec_of(Characters())
    with pytest.raises(UserError, match=r"no level 'words'. Did you mean 'word'"):
        source_axis(codec, result_of(codec, "a"), "words")  # type: ignore[arg-type]
