"""Pairs made at run time, in a cache that is used again."""

import shutil
from pathlib import Path

import pytest

from seqloom.config import Recipe, override
from seqloom.data.series.embedded import cache, embedded_pairs
from seqloom.data.series.sources import read_series_pairs
from seqloom.data.speech import espeak as speaking
from seqloom.errors import UserError

HERSHEY = override(
    Recipe(),
    [
        "source.kind=strokes",
        "data.embedded=hershey",
        "data.hershey.train=6",
        "data.hershey.dev=2",
        "data.hershey.test=2",
    ],
)
SPEECH = override(
    Recipe(),
    [
        "source.kind=frames",
        "data.embedded=speech",
        "data.speech.train=3",
        "data.speech.dev=1",
        "data.speech.test=1",
        "data.speech.speakers=[m1]",
    ],
)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("SEQLOOM_CACHE", str(tmp_path / "cache"))


def test_lines_are_written_once_and_no_text_is_in_two_parts():
    pytest.importorskip("HersheyFonts")
    files = embedded_pairs(HERSHEY.data)
    stamp = Path(files["train"]).stat().st_mtime_ns
    texts = {part: [e.target for e in read_series_pairs([f], HERSHEY)] for part, f in files.items()}
    assert {part: len(some) for part, some in texts.items()} == {"train": 6, "dev": 2, "test": 2}
    assert len({text for some in texts.values() for text in some}) == 10
    assert embedded_pairs(HERSHEY.data) == files
    assert Path(files["train"]).stat().st_mtime_ns == stamp


def test_other_settings_have_a_folder_of_their_own():
    pytest.importorskip("HersheyFonts")
    other = override(HERSHEY, ["data.hershey.seed=2"])
    assert embedded_pairs(HERSHEY.data) != embedded_pairs(other.data)
    assert len([*cache().iterdir()]) == 2


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
def test_sentences_are_spoken():
    [first, *_] = read_series_pairs([embedded_pairs(SPEECH.data)["train"]], SPEECH)
    assert first.frames.shape[1] == 80
    assert first.target.islower()


def test_without_espeak_there_is_one_line_that_says_how_to_get_it(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    speaking.variants.cache_clear()
    with pytest.raises(UserError, match=r"sudo apt-get install espeak-ng") as error:
        embedded_pairs(SPEECH.data)
    assert "\n" not in str(error.value)
