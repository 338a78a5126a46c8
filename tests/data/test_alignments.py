"""Word alignments beside training files: read, counted in tokens, padded with their batch."""

from pathlib import Path

import numpy as np
import pytest

from seqloom.config import Data, Luong, Recipe, Subwords, Training, Whitespace, override
from seqloom.data.alignments import linked, with_alignments, words_of
from seqloom.data.batching import Batches
from seqloom.data.corpus import Corpus
from seqloom.data.example import Example
from seqloom.data.sources import read_pairs
from seqloom.errors import UserError
from seqloom.training.pairs.prepare import prepare


def written(path: Path, *lines: str) -> str:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return str(path)


def test_a_line_belongs_to_the_line_of_its_number(tmp_path):
    pairs = written(tmp_path / "a.tsv", "a b\tx", "c\ty z")
    links = written(tmp_path / "a.txt", "1-0", "0-0 0-1")
    read = list(with_alignments(read_pairs([pairs], Data()), links, Data()))
    assert [example.links for example in read] == [((1, 0),), ((0, 0), (0, 1))]
    assert [example.source for example in read] == ["a b", "c"]


@pytest.mark.parametrize("line", ["0-0 1", "a-b", "0-0,1-1", "0--1"])
def test_a_line_that_is_no_alignment_is_named(tmp_path, line):
    pairs = written(tmp_path / "a.tsv", "a b\tx", "c\ty")
    links = written(tmp_path / "a.txt", "0-0", line)
    with pytest.raises(UserError, match=r"a\.txt:2: an alignment has pairs such as 0-0 1-2"):
        list(with_alignments(read_pairs([pairs], Data()), links, Data()))


def test_a_file_that_ends_too_early_is_named(tmp_path):
    pairs = written(tmp_path / "a.tsv", "a b\tx", "c\ty")
    links = written(tmp_path / "a.txt", "0-0")
    with pytest.raises(UserError, match=r"a\.txt: .* but end after 1"):
        list(with_alignments(read_pairs([pairs], Data()), links, Data()))


def test_a_word_that_is_not_there_is_named():
    example = Example("a b", "x", origin="a.tsv:7", links=((2, 0),), links_origin="a.txt:7")
    with pytest.raises(UserError, match=r"^a\.txt:7: 2-0 must link two of 2 source and 1 target"):
        linked(example, [[0], [1]], [[0]], (2, 1))


def test_pieces_are_words_from_blank_to_blank():
    pieces = [" the", " ca", "t", ",", " ", " sa", "t"]
    assert words_of(pieces, True) == [[0], [1, 2, 3], [5, 6]]
    assert words_of(["a", "b"], False, first=2) == [[2], [3]]
    # Every piece of the one word with every piece of the other; the ends belong together.
    example = Example("", links=((0, 1),))
    assert linked(example, [[1, 2]], [[0], [1]], (3, 2)) == [1, 1, 2, 1, 3, 2]


def guided(tmp_path: Path, **settings) -> Recipe:
    return Recipe(
        data=Data(
            train=(written(tmp_path / "a.tsv", "a b\tx", "c\ty z"),),
            dev=(written(tmp_path / "d.tsv", "a\tx"),),
            alignments=(written(tmp_path / "a.txt", "0-0 1-0", "0-1"),),
        ),
        training=Training(guided_alignment=0.5),
        **settings,
    )


def test_a_batch_has_the_share_of_each_source_token(tmp_path):
    recipe = guided(tmp_path, source=Whitespace(), target=Whitespace())
    corpus = prepare(recipe, tmp_path / "run").train
    [batch] = Batches(
        corpus=corpus, max_pairs=9, max_tokens=99, seed=1, shuffle_buffer=9
    ).in_order()
    first, second = batch.indices.tolist().index(0), batch.indices.tolist().index(1)
    assert np.array_equal(batch.links[first], [[0.5, 0.5, 0], [0, 0, 1], [0, 0, 0]])
    assert np.array_equal(batch.links[second], [[0, 0, 0], [1, 0, 0], [0, 1, 0]])
    assert Corpus.open(corpus.folder).links is not None


def test_as_many_files_are_asked_for_as_there_are_to_train_on(tmp_path):
    recipe = guided(tmp_path)
    recipe = recipe.model_copy(update={"data": recipe.data.model_copy(update={"alignments": ()})})
    with pytest.raises(UserError, match=r"each of the 1 training files, but data.alignments has 0"):
        prepare(recipe, tmp_path / "run")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"decoder": {"kind": "sutskever"}}, "guides attention"),
        ({"source": {"kind": "bytes"}}, "source is written in bytes"),
        ({"training": {"guided_alignment": 1, "scheduled_sampling": {}}}, "scheduled sampling"),
    ],
)
def test_what_cannot_be_guided_is_refused_at_once(settings, message):
    with pytest.raises(ValueError, match=message):
        Recipe.model_validate({"training": {"guided_alignment": 1}, **settings})


@pytest.mark.parametrize("kind", ["local-m", "local-p"])
def test_a_window_that_a_link_may_be_outside_of_is_not_guided(kind):
    changes = [f"decoder.attention.kind={kind}", "training.guided_alignment=0.5"]
    with pytest.raises(UserError) as error:
        override(Recipe(), changes)
    assert str(error.value) == (
        "training.guided_alignment=0.5 asks for attention that can reach every link, but "
        f"decoder.attention.kind={kind} learns nothing from one outside its window. "
        "Set decoder.attention.kind=general, or guided_alignment to 0."
    )


def test_subwords_and_attention_can_be_guided():
    pieces = Subwords(kind="bpe")
    Recipe(source=pieces, target=pieces, decoder=Luong(), training=Training(guided_alignment=1))
