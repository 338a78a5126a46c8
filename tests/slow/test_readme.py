"""The README does what it says: its commands and its Python run, on pairs that a test can make."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.documents.reviews import write

import seqloom
from seqloom.classifier import Classifier

pytestmark = pytest.mark.slow

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
SYLLABLES = ["가", "나", "다", "마", "바", "사", "감", "난"]
SOUNDS = dict(
    zip(SYLLABLES, ["k a", "n a", "t a", "m a", "p a", "s a", "k a m", "n a n"], strict=True)
)


def block(language: str, containing: str) -> str:
    blocks = re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)
    return next(text for text in blocks if containing in text)


@pytest.fixture
def workplace(tmp_path: Path) -> Path:
    """A folder with the files that the README's examples speak of."""
    words = [a + b + c for a in SYLLABLES for b in SYLLABLES for c in SYLLABLES[:4]]
    lines = [f"{word}\t{' '.join(SOUNDS[letter] for letter in word)}\n" for word in words]
    (tmp_path / "words.tsv").write_text("".join(lines[::2]), encoding="utf-8")
    (tmp_path / "test.tsv").write_text("".join(lines[1:40:2]), encoding="utf-8")
    return tmp_path


def environment() -> dict[str, str]:
    here = Path(sys.executable).parent
    return {**os.environ, "PATH": f"{here}{os.pathsep}{os.environ['PATH']}"}


def test_the_commands_for_your_own_pairs_run(workplace: Path) -> None:
    commands = block("bash", "seqloom train g2p")

    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands],
        cwd=workplace, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert len([line for line in done.stdout.splitlines() if "|||" in line]) == 3
    assert (workplace / "map.png").stat().st_size > 5000
    assert "<svg" in (workplace / "map.html").read_text(encoding="utf-8")
    assert (workplace / "runs" / "mine" / "weights.safetensors").exists()


def test_the_commands_for_your_own_documents_run(tmp_path: Path) -> None:
    write(tmp_path / "reviews.tsv", 300, 1)
    test = write(tmp_path / "reviews-test.tsv", 60, 2)

    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block("bash", "seqloom train han2016")],
        cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert "나쁨\t" in done.stdout
    assert "Taking out sentences" in done.stdout
    assert (tmp_path / "why.png").stat().st_size > 5000
    assert "지루했다" in (tmp_path / "why.html").read_text(encoding="utf-8")
    assert (tmp_path / "confusion.png").exists()
    model = seqloom.load(tmp_path / "runs/reviews")
    assert isinstance(model, Classifier)
    assert model.evaluate([test], bootstrap=0).report["accuracy"].value > 90  # chance: 50


def test_the_python_runs(workplace: Path) -> None:
    code = block("python", "import seqloom")

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=workplace, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert "wer" in done.stdout
