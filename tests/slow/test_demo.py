"""The main job: the demo trains, and reads dates it has never seen in every language."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import seqloom

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("demo") / "run"
    environment = {key: value for key, value in os.environ.items() if key != "OMP_NUM_THREADS"}
    subprocess.run(
        [Path(sys.executable).parent / "seqloom", "demo", "--out", str(out)],
        check=True, env=environment, capture_output=True,
    )  # fmt: skip
    return out


def test_at_least_99_percent_are_right_in_at_least_12_languages(run: Path) -> None:
    evaluation = seqloom.load(run).evaluate(bootstrap=0)
    right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for example, references, result in zip(
        evaluation.examples, evaluation.references, evaluation.results, strict=True
    ):
        language = example.origin.split(":")[1]
        asked[language] += 1
        right[language] += result.text in references

    good = {language for language in asked if right[language] >= 0.99 * asked[language]}

    assert {"ko", "ar", "hi", "ja", "de"} <= good
    assert len(good) >= 12
    assert sum(right.values()) >= 0.99 * sum(asked.values())


def test_it_leaves_pictures_a_page_and_a_card(run: Path) -> None:
    assert len(list(run.glob("attention-*.png"))) == 5
    assert "<svg" in (run / "attention.html").read_text(encoding="utf-8")
    assert (run / "README.md").exists()
    assert (run / "curve.png").exists()
    last = (run / "metrics.jsonl").read_text(encoding="utf-8").splitlines()[-1]
    assert json.loads(last)["dev_loss"] < 0.05
