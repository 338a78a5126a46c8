"""Which target ids the units of a source would be copied as."""

from seqloom.config import Characters, Luong, Recipe, Whitespace
from seqloom.data.example import Example
from seqloom.symbols import EOS, UNK
from seqloom.text.copying import Source
from seqloom.text.pair import PairCodec

PAIRS = [Example("abx", "a b q", ("PL",))]


def codec() -> PairCodec:
    """Letters to phones: a and b are both, x is a letter and q a phone alone."""
    recipe = Recipe(source=Characters(), target=Whitespace(), decoder=Luong(copying=True))
    return PairCodec.train(recipe, lambda: PAIRS)


def parts(both: PairCodec, ids: list[int]) -> list[tuple[int, int]]:
    """(source id, target id of a copy) of each number, -1 for none."""
    return [(i % both.source.size, i // both.source.size - 1) for i in ids]


def test_every_kind_of_unit_has_its_copy():
    both = codec()
    source = both.read("aqxzxy", ("PL",))
    of = both.target.vocabulary.token_ids
    read = both.source.vocabulary.token_ids
    size = both.target.size
    assert parts(both, source.ids) == [
        (4, -1),  # the feature
        (read["a"], of["a"]),
        (UNK, of["q"]),  # unknown to the source alone
        (read["x"], size),  # unknown to the target alone
        (UNK, size + 1),  # unknown to both
        (read["x"], size),
        (UNK, size + 2),
        (EOS, -1),
    ]
    assert source.open == ("x", "z", "y")
    assert source.plain == both.source.encode("aqxzxy", ("PL",))


def test_a_target_may_be_written_with_units_of_its_source():
    both = codec()
    source = both.read("azx")
    ids = both.target.encode("a x z !", open=source.open)
    size = both.target.size
    assert ids == [both.target.vocabulary.token_ids["a"], size + 1, size, UNK, EOS]
    assert both.target.decode(ids, source.open) == "a x z ⁇"
    assert both.target.tokens(ids, source.open) == ("a", "x", "z", "<unk>", "<eos>")


def test_without_copying_a_source_is_its_ids():
    recipe = Recipe(source=Characters(), target=Whitespace())
    both = PairCodec.train(recipe, lambda: PAIRS)
    ids = both.source.encode("az")
    assert both.read("az") == Source(ids, ids, ())


def test_all_numbers_are_below_the_limits():
    both = codec()
    source = both.read("".join(map(chr, range(0x4E00, 0x5E00))))
    targets = both.target.encode(" ".join(source.open), open=source.open)
    assert max(source.ids) < both.limits[0]
    assert max(targets) < both.limits[1]
