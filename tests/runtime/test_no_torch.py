"""An exported model answers where torch, and all else that training needs, is not installed."""

import subprocess
import sys

import pytest
from tests.export.runs import PAIRS, saved

import seqloom

BARE = """
import sys
for name in ("torch", "jaxtyping", "babel", "matplotlib", "pyarrow", "onnx",
             "fontTools", "fontpkg"):
    sys.modules[name] = None
import seqloom
from seqloom.errors import UserError
model = seqloom.load({folder!r})
"""


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exported")
    saved(folder / "run")
    seqloom.load(folder / "run").export(folder / "out")
    return folder / "out"


@pytest.fixture(params=["1", "0"], ids=["kernel", "graphs"], autouse=True)
def _who_answers(request, monkeypatch) -> None:
    monkeypatch.setenv("SEQLOOM_KERNEL", request.param)


def bare(folder, code: str) -> str:
    """What the code prints."""
    command = [sys.executable, "-c", BARE.format(folder=str(folder)) + code]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


def test_it_predicts_scores_and_evaluates(exported):
    code = f"""
print(model.predict("cab").text)
print(model.predict("cab", beam=1, nbest=1).text)
print(round(model.score({PAIRS!r})[0].log_prob, 3))
print(model.evaluate(metrics=["wer", "perplexity"]).report["wer"].value)
"""
    model = seqloom.load(exported)
    expected = [
        model.predict("cab").text,
        model.predict("cab", beam=1, nbest=1).text,
        str(round(model.score(PAIRS)[0].log_prob, 3)),
        str(model.evaluate(metrics=["wer"]).report["wer"].value),
    ]
    assert bare(exported, code).splitlines() == expected


def test_it_explains_and_says_what_a_png_needs(exported, tmp_path):
    code = f"""
explanation = model.explain("cab")
print(explanation)
explanation.html({str(tmp_path / "map.html")!r})
explanation.svg({str(tmp_path / "map.svg")!r})
try:
    explanation.png({str(tmp_path / "map.png")!r})
except UserError as error:
    print(error)
"""
    assert bare(exported, code).splitlines()[-1].endswith("pip install 'seqloom[train]'")
    assert (tmp_path / "map.html").stat().st_size > 1000
    assert (tmp_path / "map.svg").stat().st_size > 100


def test_a_run_that_was_not_exported_asks_for_the_extra(exported):
    code = f"""
try:
    seqloom.load({str(exported.parent / "run")!r})
except UserError as error:
    print(error)
"""
    assert "pip install 'seqloom[train]'" in bare(exported, code)


def test_the_command_line_answers_too(exported):
    code = f"""
import sys
from seqloom.cli.main import main
sys.argv = ["seqloom", "explain", {str(exported)!r}, "cab"]
main()
"""
    assert "cab →" in bare(exported, code)


def test_whoever_only_asks_for_answers_waits_for_no_other_family_and_no_pictures(exported):
    code = """
model.predict("cab", beam=5)
others = ("seqloom.config.documents", "seqloom.config.frames", "seqloom.config.next_step",
          "seqloom.explain", "seqloom.metrics", "seqloom.data.sources", "rich", "rapidfuzz")
print(sorted(set(others) & set(sys.modules)))
"""
    assert bare(exported, code) == "[]\n"
