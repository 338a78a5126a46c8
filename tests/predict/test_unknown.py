"""What stands for an unknown word of the output, by hand-made attention."""

from collections.abc import Sequence

import numpy as np
import pytest
from tests.search.toy import Toy, constant_table

from seqloom.config import Characters, Recipe, Search, Whitespace, Words
from seqloom.data.example import Example
from seqloom.errors import UserError
from seqloom.predict import Predictor, Result
from seqloom.predict.dictionary import read_dictionary
from seqloom.search.stepper import Reals
from seqloom.symbols import UNK
from seqloom.text.pair import PairCodec


class Looks(Toy):
    """Writes <unk> all the time and looks where it is told at each step."""

    def __init__(self, vocabulary: int, looks: Sequence[Sequence[float]]) -> None:
        super().__init__(constant_table({UNK: 1.0}, vocabulary))
        self.looks = looks

    def attention(self, source: Sequence[int], output: Sequence[int]) -> Reals:
        return np.array(self.looks[len(output)], dtype=np.float32)


def answer(
    source, target, text: str, attention: Sequence[Sequence[float]], features=(), **settings: str
) -> Result:
    recipe = Recipe(source=source, target=target)
    codec = PairCodec.train(recipe, lambda: [Example("the house", "das haus", ("de",))])
    search = Search(max_length=len(attention) - 1, **settings)
    looks = Looks(codec.target.size, attention)
    [result] = Predictor(codec, looks, search).predict([Example(text, None, features)])
    return result


SPACED = Whitespace(lowercase=True), Whitespace()


def test_it_is_the_word_that_was_looked_at_as_it_was_typed():
    looks = [[0.1, 0.7, 0.2], [0.6, 0.2, 0.2], [0, 0, 1]]
    result = answer(*SPACED, "McDonald Straße", looks, replace_unknown="copy")
    assert result.text == "Straße McDonald"
    assert result.outputs[0].tokens == ("Straße", "McDonald")
    assert result.outputs[0].attention.shape == (2, 3)


def test_neither_a_feature_nor_the_end_is_ever_copied():
    looks = [[0.6, 0.1, 0.0, 0.3], [0.2, 0.0, 0.1, 0.7], [0, 0, 0, 1]]
    result = answer(*SPACED, "One Two", looks, ("de",), replace_unknown="copy")
    assert result.text == "One Two"


def test_a_dictionary_comes_first_and_the_word_where_it_has_none(tmp_path):
    entries = tmp_path / "words.tsv"
    entries.write_text("one\teins\nOne\tUNO\nThree\tdrei vier\t0.5\nThree\tdrei\n")
    looks = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
    settings = {"replace_unknown": "dictionary", "dictionary": str(entries)}
    result = answer(*SPACED, "One Two Three", looks, **settings)
    assert result.outputs[0].tokens == ("UNO", "Two", "drei␣vier")
    assert answer(*SPACED, "ONE a b", looks[:1] * 2, **settings).text == "eins"


def test_a_word_is_given_the_blank_that_its_side_has():
    looks = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    assert answer(Words(), Words(), "A B", looks, replace_unknown="copy").text == "A B"
    assert answer(Whitespace(), Words(), "A B", looks, replace_unknown="copy").text == "A B"
    assert answer(Words(), Whitespace(), "A B", looks, replace_unknown="copy").text == "A B"
    assert answer(Characters(), Characters(), "A ", looks, replace_unknown="copy").text == "A "


def test_it_stays_unknown_if_nobody_asks():
    assert answer(*SPACED, "a b", [[1, 0, 0], [1, 0, 0]]).text == "⁇"


def test_a_line_without_two_columns_is_named(tmp_path):
    entries = tmp_path / "words.tsv"
    entries.write_text("one\teins\ntwo\n")
    with pytest.raises(UserError, match=r"words\.tsv:2: a dictionary has lines SOURCE<tab>TARGET"):
        read_dictionary(str(entries))


@pytest.mark.parametrize(
    ("settings", "remedy"),
    [
        ({"search": {"replace_unknown": "dictionary"}}, r"search\.dictionary=FILE"),
        (
            {"search": {"replace_unknown": "copy"}, "decoder": {"kind": "cho"}},
            r"decoder\.kind=bahdanau",
        ),
        ({"search": {"replace_unknown": "copy"}, "source": {"kind": "bytes"}}, "source.kind="),
    ],
)
def test_what_cannot_be_replaced_is_refused_at_once(settings, remedy):
    with pytest.raises(ValueError, match=remedy):
        Recipe.model_validate(settings)
