from unicodedata import normalize

import pytest

from seqloom.config.documents import BySeparators
from seqloom.config.tokens import Characters, Subwords, Tokens, Whitespace, Words
from seqloom.data.documents.cut import Cutter
from seqloom.symbols import EOS
from seqloom.text.codec import Codec
from seqloom.text.sentences import sentence_splitter

SPLIT = sentence_splitter(BySeparators(separators=("\n",)))
TEXT = "Don't stop now, 친구\nOne two three four five six seven\nlast"


def cutter(max_words: int = 100, max_sentences: int = 100, tokens: Tokens | None = None) -> Cutter:
    settings = tokens or Words(lowercase=True)
    return Cutter(Codec.train(settings, [TEXT]), SPLIT, max_words, max_sentences)


@pytest.mark.parametrize(
    "tokens",
    [Words(lowercase=True), Whitespace(), Characters(), Subwords(kind="bpe", size=60)],
    ids=lambda tokens: tokens.kind,
)
def test_pieces_are_the_text_as_it_was_typed(tokens: Tokens) -> None:
    sentences = cutter(tokens=tokens)(TEXT)
    assert ["".join(each.pieces).strip() for each in sentences] == TEXT.split("\n")
    assert all(len(each.words) == len(each.pieces) for each in sentences)
    assert all(EOS not in each.words for each in sentences)


@pytest.mark.parametrize(
    "text", [TEXT, "Don't  stop\u0301 친구\n\n  last last\nDon't", "친구\nlast"]
)
@pytest.mark.parametrize(
    "tokens",
    [Words(lowercase=True), Whitespace(), Characters(), Subwords(kind="bpe", size=60)],
    ids=lambda tokens: tokens.kind,
)
def test_spans_say_where_each_word_was_typed(tokens: Tokens, text: str) -> None:
    text = normalize("NFD", text)
    cut = cutter(max_words=3, max_sentences=4, tokens=tokens)
    sentences, spans = cut(text), cut.spans(text)
    assert [len(own) for own in spans] == [len(each.words) for each in sentences]
    for sentence, own in zip(sentences, spans, strict=True):
        typed = [normalize("NFC", text[start:end]) for start, end in own]
        assert [each.strip() for each in typed] == [piece.strip() for piece in sentence.pieces]


def test_a_long_sentence_goes_on_as_further_ones() -> None:
    cut = cutter(max_words=3)
    lengths = [len(each.words) for each in cut("One two three four five six seven")]
    assert lengths == [3, 3, 1]
    assert str(cut.truncation) == (
        "1 sentence was longer than data.max_words and counts as several."
    )


def test_what_is_beyond_the_limit_of_sentences_is_left_out_and_counted() -> None:
    cut = cutter(max_sentences=2)
    assert len(cut("a\nb\nc\nd\ne")) == len(cut("a\nb")) == 2
    assert (cut.truncation.documents_cut, cut.truncation.sentences_left_out) == (1, 3)
    assert str(cut.truncation) == (
        "Of 2 documents 1 was longer than data.max_sentences: 3 sentences were left out."
    )


def test_nothing_is_said_if_nothing_is_cut() -> None:
    cut = cutter()
    cut(TEXT)
    assert str(cut.truncation) == ""


def test_a_text_without_words_has_no_sentences() -> None:
    assert cutter()(" \n\n ") == []
