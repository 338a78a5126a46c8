"""What a page without a server refuses, before anything is written."""

from pathlib import Path

import pytest

from seqloom.config import Recipe, Search, Subwords
from seqloom.errors import UserError
from seqloom.export.page import RUNTIME, check_possible, find_package


def test_subwords_are_refused():
    with pytest.raises(UserError, match=r"target\.kind must be .* but is bpe"):
        check_possible(Recipe(target=Subwords(kind="bpe")), "model")


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
