"""Speech made at run time."""

import shutil
from collections import Counter

import numpy as np
import pytest

from seqloom.data.by_hash import PARTS
from seqloom.data.series.frame_pairs import PairRules, Side, read_frame_pairs
from seqloom.data.speech import corpus, espeak
from seqloom.data.speech import sentences as module
from seqloom.data.speech.corpus import Speech, speech
from seqloom.data.speech.espeak import SAME_TIMING, Sound
from seqloom.data.speech.mel import Mel
from seqloom.data.speech.sentences import ALPHABET, sentences
from seqloom.errors import UserError

spoken = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason=espeak.INSTALL)
MEL = Mel(size=256, hop=128, bands=8)
SMALL = Speech(train=4, dev=2, test=3, mel=MEL)
SAME = PairRules(same_length=True)
TO_TEXT = PairRules(target=Side(kind="text", name="target"))


def test_sentences_are_small_letters_and_use_all_of_them():
    said = list(sentences(0, 1000, "train"))
    assert set("".join(said)) == set(ALPHABET)
    assert all("  " not in text and text == text.strip() for text in said)


def test_there_are_thousands_of_sentences_and_none_twice():
    assert Counter(sentences(0, 4000, "train")).most_common(1)[0][1] == 1


def test_no_sentence_is_in_two_parts():
    parts = [set(sentences(0, 300, part)) for part in PARTS]
    assert not parts[0] & parts[1]
    assert not parts[0] & parts[2]
    assert not parts[1] & parts[2]


def test_the_same_seed_says_the_same():
    assert [*sentences(5, 20, "dev")] == [*sentences(5, 20, "dev")]
    assert [*sentences(5, 20, "dev")] != [*sentences(6, 20, "dev")]


def test_more_sentences_than_there_are_is_an_error(monkeypatch):
    monkeypatch.setattr(module, "compose", lambda random: str(random.integers(100)))
    with pytest.raises(UserError, match="dev cannot have 100 different sentences"):
        list(sentences(0, 100, "dev"))


def test_where_espeak_is_absent_the_command_to_install_it_is_named(monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    espeak.variants.cache_clear()
    with pytest.raises(UserError, match=r"not installed: sudo apt-get install espeak-ng$"):
        espeak.espeak("hello")


@spoken
def test_a_sentence_is_heard():
    sound = espeak.espeak("nine four two")
    assert sound.rate == corpus.RATE
    assert sound.samples.dtype == np.float32
    assert 0.5 < len(sound.samples) / sound.rate < 3.0
    assert 0.1 < np.abs(sound.samples).max() <= 1.0


@spoken
def test_faster_speech_is_shorter():
    slow, fast = (len(espeak.espeak("nine four two", speed=s).samples) for s in (100, 300))
    assert fast < slow


@spoken
def test_the_klatt_variants_take_the_same_time_at_every_pitch():
    lengths = {
        len(espeak.espeak("the fox sees a quiet river", variant=each, pitch=pitch).samples)
        for each in SAME_TIMING
        for pitch in (20, 70)
    }
    assert len(lengths) == 1


@spoken
def test_an_unknown_variant_is_refused_with_the_nearest_name():
    with pytest.raises(UserError, match=r"no variant 'davit'. Did you mean 'david'"):
        espeak.espeak("hello", variant="davit")


@spoken
def test_an_unknown_voice_is_refused():
    with pytest.raises(UserError, match="could not speak with the voice 'nosuch'"):
        espeak.espeak("hello", voice="nosuch")


@spoken
@pytest.mark.parametrize("text", ["", "  "])
def test_silence_is_refused(text):
    with pytest.raises(UserError, match="found nothing to say"):
        espeak.espeak(text)


@spoken
def test_a_text_that_looks_like_an_option_is_spoken():
    assert len(espeak.espeak("--version").samples) > 0


@spoken
def test_two_voices_that_speak_alike_make_pairs_frame_by_frame(tmp_path):
    files = speech(tmp_path / "voices", Speech(train=2, dev=1, test=1, target="david", mel=MEL))
    pairs = list(read_frame_pairs([files["train"]], SAME))
    assert len(pairs) == 2
    assert all(np.abs(pair.source - pair.target).mean() > 0.1 for pair in pairs)


def beep(text: str, voice: str, variant: str, speed: int, pitch: int) -> Sound:
    """In place of espeak-ng: a voice is a pitch, and 'late' takes longer."""
    count = 200 * len(text) + {"late": 2000, "soon": 128}.get(variant, 0)
    wave = np.sin((1 + len(variant)) / 10 * np.arange(count))
    return Sound(wave.astype(np.float32), 8000)


@pytest.fixture
def beeping(monkeypatch) -> list[str]:
    """Who spoke."""
    speakers: list[str] = []

    def speak(text: str, voice: str, variant: str, speed: int, pitch: int) -> Sound:
        speakers.append(variant)
        return beep(text, voice, variant, speed, pitch)

    monkeypatch.setattr(corpus, "espeak", speak)
    monkeypatch.setattr(corpus, "version", lambda: "0.0")
    return speakers


def test_sound_stands_beside_its_text(tmp_path, beeping):
    files = speech(tmp_path / "a", SMALL)
    found = {part: list(read_frame_pairs([path], TO_TEXT)) for part, path in files.items()}
    assert {part: len(pairs) for part, pairs in found.items()} == {"train": 4, "dev": 2, "test": 3}
    assert [pair.target for pair in found["test"]] == [*sentences(0, 3, "test")]
    assert all(len(p.source) == 1 + 200 * len(p.target) // 128 for p in found["train"])


def test_held_out_speakers_speak_only_where_they_are_asked_for(tmp_path, beeping):
    plan = Speech(train=9, dev=3, test=3, speakers=("a", "b"), test_speakers=("c",), mel=MEL)
    speech(tmp_path / "a", plan)
    assert set(beeping[:12]) == {"a", "b"}
    assert set(beeping[12:]) == {"c"}


def test_what_is_there_is_not_spoken_again(tmp_path, beeping):
    first = speech(tmp_path / "a", SMALL)
    count = len(beeping)
    assert speech(tmp_path / "a", SMALL) == first
    assert len(beeping) == count


def test_other_settings_are_spoken_anew(tmp_path, beeping):
    speech(tmp_path / "a", SMALL)
    count = len(beeping)
    speech(tmp_path / "a", Speech(seed=1, train=4, dev=2, test=3, mel=MEL))
    assert len(beeping) == 2 * count


def test_a_frame_or_two_more_are_cut_off(tmp_path, beeping):
    files = speech(tmp_path / "a", Speech(train=3, dev=1, test=1, target="soon", mel=MEL))
    assert len(list(read_frame_pairs([files["train"]], SAME))) == 3


def test_speakers_of_different_timing_are_refused(tmp_path, beeping):
    with pytest.raises(UserError, match=r"must take the same time .* Choose both from: adam"):
        speech(tmp_path / "a", Speech(train=3, dev=1, test=1, target="late", mel=MEL))
