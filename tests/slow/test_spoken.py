"""Systems on speech that espeak-ng makes at run time, in small: voices converted, sentences recognised."""

import shutil

import numpy as np
import pytest
from typer.testing import CliRunner

import seqloom
from seqloom.cli.main import app
from seqloom.config import override, read_recipe
from seqloom.data.speech import espeak
from seqloom.data.speech.sentences import ALPHABET
from seqloom.data.speech.wav import read_wav, write_wav

pytestmark = [
    pytest.mark.slow,
    pytest.mark.usefixtures("unchecked_shapes"),
    pytest.mark.skipif(
        shutil.which("espeak-ng") is None, reason=f"needs espeak-ng: {espeak.INSTALL}"
    ),
]
VOICE = [
    "data.voices.sentences=24", "model.hidden=32", "model.layers=1", "training.batch_size=4",
    "training.max_epochs=10", "training.device=cpu",
]  # fmt: skip
RECOGNISE = [
    "data.speech.train=40", "data.speech.dev=5", "data.speech.test=5", "data.speech.speakers=[m1]",
    "data.speech.dev_speakers=[m2]", "data.speech.test_speakers=[f3]", "encoder.hidden=32",
    "encoder.embedding=32", "decoder.hidden=48", "decoder.embedding=16", "training.batch_size=6",
    "training.optimizer.rate=0.005", "training.max_epochs=8", "training.metric=loss",
    "training.device=cpu", "metrics=[cer, perplexity]", "search.beam=1",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("SEQLOOM_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def wav(tmp_path):
    path = tmp_path / "spoken.wav"
    write_wav(path, espeak.espeak("seven three nine one"))
    return path


def test_a_voice_comes_nearer_to_the_one_it_is_converted_to(tmp_path, wav):
    recipe, run = override(read_recipe("convert-voice"), VOICE), tmp_path / "run"
    converter = seqloom.train(recipe, out=run, quiet=True)
    found = converter.evaluate()
    assert found.pairs == 3
    assert found.values["distance"] < 0.9 * found.values["distance_plain"]
    out = tmp_path / "converted.wav"
    result = CliRunner().invoke(app, ["generate", str(run), "--prime", str(wav), "--out", str(out)])
    assert result.exit_code == 0, result.output
    given, made = read_wav(str(wav)), read_wav(str(out))
    assert made.rate == given.rate
    assert 0 <= len(given.samples) - len(made.samples) < 256
    assert np.abs(made.samples).max() > 0.01


def test_speech_is_read_in_a_voice_never_heard(tmp_path, wav):
    """It knows what letters to expect by then, hardly more: to recognise them takes the whole recipe."""
    recipe, run = override(read_recipe("recognise"), RECOGNISE), tmp_path / "run"
    model = seqloom.train(recipe, out=run, quiet=True)
    letters_and_end = len(ALPHABET) + 1
    assert model.evaluate().report["perplexity"].value < letters_and_end
    result = CliRunner().invoke(app, ["predict", str(run), str(wav)])
    assert result.exit_code == 0, result.output
    assert set(result.stdout.strip()) <= set(ALPHABET)
