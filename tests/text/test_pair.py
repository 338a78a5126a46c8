"""Both sides together."""

from dataclasses import dataclass

import pytest

from seqloom.config.recipe import Recipe
from seqloom.config.tokens import Bytes, Characters, Subwords, Whitespace
from seqloom.symbols import EOS
from seqloom.text.pair import PairCodec


@dataclass(frozen=True)
class Toy:
    source: str
    target: str | None
    features: tuple[str, ...] = ()


PAIRS = [
    Toy("hund", "h ʊ n t", ("de",)),
    Toy("dog", "d ɒ ɡ", ("en",)),
    Toy("chien", None, ("fr",)),
]


def pairs():
    return iter(PAIRS)


def test_each_side_has_its_own_units_and_features_join_the_source():
    codec = PairCodec.train(Recipe(target=Whitespace()), pairs)
    assert codec.source.vocabulary.features == ("de", "en", "fr")
    assert codec.target.vocabulary.features == ()
    ids = codec.source.encode("hund", ("de",))
    assert codec.source.tokens(ids) == ("[de]", "h", "u", "n", "d", "<eos>")
    assert codec.target.decode(codec.target.encode("d ʊ n t")) == "d ʊ n t"


@pytest.mark.parametrize(
    "settings", [Characters(), Bytes(), Subwords(kind="bpe", size=40)], ids=lambda s: s.kind
)
def test_a_shared_vocabulary_gives_equal_ids_on_both_sides(settings, tmp_path):
    recipe = Recipe(source=settings, target=settings, shared_vocabulary=True)
    codec = PairCodec.train(recipe, pairs)
    codec.save(tmp_path)
    for both in (codec, PairCodec.load(tmp_path)):
        assert both.source.vocabulary == both.target.vocabulary
        assert both.source.encode("dog ʊ") == both.target.encode("dog ʊ")
        assert both.source.unknown("hund d ɒ") == both.target.unknown("hund d ɒ") == ()
        assert both.target.decode(both.source.encode("dog", ("de",))) == "dog"


def test_a_saved_pair_is_the_same_pair(tmp_path):
    codec = PairCodec.train(Recipe(target=Whitespace()), pairs)
    codec.save(tmp_path)
    again = PairCodec.load(tmp_path)
    assert (tmp_path / "tokenizer" / "source.json").is_file()
    assert again.source.vocabulary == codec.source.vocabulary
    assert again.target.vocabulary == codec.target.vocabulary
    assert again.target.settings == Whitespace()


def test_an_empty_target_is_only_the_end():
    codec = PairCodec.train(Recipe(), pairs)
    assert codec.target.encode("") == [EOS]
