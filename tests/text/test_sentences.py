import sys

import pytest

from seqloom.config.documents import ByLanguage, BySeparators
from seqloom.errors import MissingExtra
from seqloom.text.sentences import sentence_splitter


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("en", ["Mr. Kim paid $3.50.", "He left!"]),
        ("ko", ["배우들의 연기도 좋았어요!", "왜 끝이 그랬을까?", "3.5점 드립니다."]),
        ("ja", ["今日は。", "元気ですか？"]),
        ("ar", ["مرحبا بك.", "كيف حالك؟"]),
    ],
)
def test_sentences_by_the_rules_of_a_language(language: str, sentences: list[str]) -> None:
    split = sentence_splitter(ByLanguage(language=language))
    assert split(" " + " ".join(sentences) + "\n") == sentences


def test_a_blank_line_ends_a_sentence() -> None:
    assert sentence_splitter(ByLanguage())("A title\n\nA line") == ["A title", "A line"]


def test_half_a_surrogate_pair_is_replaced_not_fatal() -> None:
    assert sentence_splitter(ByLanguage())("a\ud800b. Then c.") == ["a\ufffdb.", "Then c."]


def test_separators_are_left_out_and_the_longest_wins() -> None:
    split = sentence_splitter(BySeparators(separators=("|", "||", "<br />")))
    assert split("a.b || c|d<br /> <br />e") == ["a.b", "c", "d", "e"]


@pytest.mark.parametrize("settings", [ByLanguage(), BySeparators()])
def test_nothing_has_no_sentences(settings) -> None:
    assert sentence_splitter(settings)(" \n ") == []


def test_without_the_library_the_message_names_the_extra(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "sentencex", None)
    with pytest.raises(MissingExtra, match=r"pip install 'seqloom\[documents\]'"):
        sentence_splitter(ByLanguage())
