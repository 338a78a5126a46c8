"""What a page without a server refuses, before anything is written, and what it is told of pieces."""

import json
from itertools import accumulate
from pathlib import Path

import pytest

from seqloom.config import FrameSource, Recipe, Search, Subwords
from seqloom.errors import UserError
from seqloom.export.page import RUNTIME, check_possible, find_package
from seqloom.export.pieces import check, pieces, runs
from seqloom.text.codec import Codec


def test_sources_that_are_no_text_are_refused():
    with pytest.raises(UserError, match=r"source\.kind must be a kind of text.* but is frames"):
        check_possible(Recipe(source=FrameSource()), "model")


@pytest.mark.parametrize("kind", ["bpe", "unigram", "wordpiece"])
def test_pieces_that_seqloom_learnt_can_be_cut_in_the_browser(kind):
    check_possible(Recipe(target=Subwords(kind=kind)), "model")
    pieces(learnt(kind), "target")


@pytest.mark.parametrize(
    ("kind", "part", "key", "value"),
    [
        ("bpe", None, "normalizer", {"type": "Lowercase"}),
        ("bpe", None, "pre_tokenizer", {"type": "Whitespace"}),
        ("bpe", "model", "ignore_merges", True),
        ("unigram", "model", "byte_fallback", True),
        ("wordpiece", "model", "continuing_subword_prefix", "##"),
    ],
)
def test_pieces_made_elsewhere_are_refused(kind, part, key, value):
    codec = learnt(kind)
    file = json.loads(codec.learnt.to_json())
    (file[part] if part else file)[key] = value
    with pytest.raises(UserError, match=rf"target: .*{key} of its pieces must be .* but is "):
        check(file, kind, "target")


def test_scores_belong_to_tokens_and_what_has_none_is_worse_than_all():
    codec = learnt("unigram")
    told = pieces(codec, "source")
    file = json.loads(codec.learnt.to_json())
    assert (
        dict(zip(codec.learnt.vocabulary(), told["scores"], strict=True)).items()
        <= dict(file["model"]["vocab"]).items()
    )
    assert told["unknown"] == min(told["scores"]) - 10


def test_every_character_is_a_letter_a_blank_or_neither_as_the_library_has_it():
    table = runs()
    assert kind_of(table, "a각ا字é5_\u0301\u200c\U00020000") == {"letters"}
    assert kind_of(table, " \t\x85\xa0\u3000") == {"blanks"}
    assert kind_of(table, ".-☃😀\u200b\ufeff\U0010ffff") == {None}


def kind_of(table, chars):
    return {next((name for name in table if holds(table[name], ord(c))), None) for c in chars}


def holds(numbers, point):
    places = [0, *accumulate(numbers)]
    return any(start <= point < end for start, end in zip(places[1::2], places[2::2], strict=True))


def learnt(kind):
    settings = Subwords(kind=kind, size=40, byte_fallback=True)
    return Codec.train(settings, ["the cat sat on the mat"] * 9, ["PL"])


@pytest.mark.parametrize("settings", [{"sample": True}, {"beam": 4, "groups": 2}])
def test_a_search_that_is_not_plain_beam_search_is_refused(settings):
    with pytest.raises(UserError, match=r"search\.\w+ must have its default"):
        check_possible(Recipe(search=Search(**settings)), "model")


@pytest.mark.parametrize("name", ["", "../up", ".hidden", "a/b"])
def test_a_name_has_to_be_one_of_a_folder(name):
    with pytest.raises(UserError, match="needs a name"):
        check_possible(Recipe(), name)


def test_a_missing_package_is_said_with_the_command_that_brings_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match="npm install onnxruntime-web"):
        find_package()
    with pytest.raises(UserError, match="npm install onnxruntime-web"):
        find_package(tmp_path)


def test_the_package_is_found_beside_the_reader(tmp_path, monkeypatch):
    package = Path("node_modules", "onnxruntime-web")
    monkeypatch.chdir(tmp_path)
    for file in RUNTIME:
        (package / file).parent.mkdir(parents=True, exist_ok=True)
        (package / file).touch()
    assert find_package() == package
