"""A folder that is not whole, or not ours, is named in one line with the way out."""

import json
import shutil

import pytest
from tests.export.runs import saved

import seqloom
from seqloom.errors import UserError


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    saved(folder / "run")
    seqloom.load(folder / "run").export(folder / "out")
    return folder / "out"


@pytest.fixture
def folder(whole, tmp_path):
    """A copy to be damaged."""
    return shutil.copytree(whole, tmp_path / "out")


def complaint(folder) -> str:
    with pytest.raises(UserError) as caught:
        seqloom.load(folder).predict("ab", beam=1, nbest=1)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def described(folder, **changes) -> None:
    path = folder / "export.json"
    path.write_text(json.dumps({**json.loads(path.read_bytes()), **changes}), encoding="utf-8")


def test_a_whole_folder_answers(folder):
    assert seqloom.load(folder).predict("ab", beam=1, nbest=1).outputs[0].finished is not None


def test_a_graph_that_was_cut_short_is_named(folder):
    path = folder / "greedy.onnx"
    path.write_bytes(path.read_bytes()[:-100])
    assert "greedy.onnx" in complaint(folder)
    assert "bytes were exported" in complaint(folder)


def test_a_graph_that_is_something_else_is_named_when_it_is_asked(folder, monkeypatch):
    monkeypatch.setenv("SEQLOOM_KERNEL", "0")
    path = folder / "greedy.onnx"
    path.write_bytes(b"\xff" * path.stat().st_size)
    assert "greedy.onnx: onnxruntime cannot read it" in complaint(folder)


@pytest.mark.parametrize("name", ["encoder.onnx", "step.onnx", "greedy.onnx"])
def test_a_missing_graph_is_named(folder, name):
    (folder / name).unlink()
    assert f"{name}: missing" in complaint(folder)


def test_a_missing_vocabulary_is_named(folder):
    (folder / "tokenizer" / "target.json").unlink()
    assert "target.json: not found" in complaint(folder)


def test_a_newer_format_asks_for_an_upgrade_whatever_else_it_holds(folder):
    described(folder, format=99, seqloom="9.0", unheard_of=True)
    assert "format 99 by seqloom 9.0" in complaint(folder)
    assert "pip install -U seqloom" in complaint(folder)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"format": 1}', '{"format": "x"}'])
def test_a_description_that_is_none_is_named(folder, text):
    (folder / "export.json").write_text(text, encoding="utf-8")
    assert "export.json: cannot be read" in complaint(folder)


def test_no_other_device_is_promised(folder):
    with pytest.raises(UserError, match="run on the CPU"):
        seqloom.load(folder, device="cuda")
