"""Sound as frames, and back."""

import wave
from pathlib import Path

import numpy as np
import pytest

from seqloom.data.speech.espeak import Sound
from seqloom.data.speech.fourier import hann, istft, stft
from seqloom.data.speech.griffin_lim import convergence, griffin_lim
from seqloom.data.speech.mel import Mel, filters, log_mel, magnitudes_of
from seqloom.data.speech.wav import read_wav, write_wav
from seqloom.errors import UserError

RATE = 8000
MEL = Mel(size=512, hop=128, bands=40, lowest=0.0, highest=4000.0)


def noise(count: int) -> np.ndarray:
    return np.random.default_rng(0).standard_normal(count)


def sine(hertz: float, count: int = 4000) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * hertz / RATE * np.arange(count))).astype(np.float32)


def peak(samples: np.ndarray) -> float:
    """The strongest frequency, in Hz."""
    spectrum = np.abs(np.fft.rfft(samples * hann(len(samples))))
    return float(spectrum.argmax() * RATE / len(samples))


@pytest.mark.parametrize(("size", "hop"), [(64, 16), (64, 32), (60, 7)])
@pytest.mark.parametrize("count", [1, 100, 256, 1001])
def test_the_inverse_gives_the_samples_back(size, hop, count):
    samples = noise(count)
    assert istft(stft(samples, size, hop), size, hop, count) == pytest.approx(samples, abs=1e-9)


def test_without_a_length_whole_hops_come_back():
    assert istft(stft(noise(1001), 64, 16), 64, 16) == pytest.approx(noise(1001)[:992], abs=1e-9)


@pytest.mark.parametrize("count", [0, 127, 128, 129, 1000])
def test_there_is_a_frame_for_every_hop_begun(count):
    assert stft(noise(count), 512, 128).shape == (1 + count // 128, 257)


def test_a_frame_has_the_energy_of_its_samples():
    # Parseval: sum x^2 = (1 / N) sum |X|^2 over all N frequencies; those between the ends count twice.
    samples, size = noise(256), 64
    padded = np.pad(samples, size // 2)[128 : 128 + size] * hann(size)
    energy = np.abs(stft(samples, size, 32)[4]) ** 2
    assert (2 * energy.sum() - energy[0] - energy[-1]) / size == pytest.approx((padded**2).sum())


def test_the_transform_is_linear():
    one, two = noise(500), noise(1000)[500:]
    both = stft(one + 2 * two, 64, 16)
    assert both == pytest.approx(stft(one, 64, 16) + 2 * stft(two, 64, 16))


def test_every_band_is_a_mean():
    weights = filters(RATE, MEL)
    assert weights.shape == (40, 257)
    assert (weights >= 0).all()
    assert weights.sum(axis=1) == pytest.approx(np.ones(40))


def test_bands_follow_each_other_and_leave_no_frequency_out():
    weights = filters(RATE, MEL)
    centres = weights @ np.arange(257)
    assert (np.diff(centres) > 0).all()
    assert (weights[:, 1:-1].sum(axis=0) > 0).all()


def test_bands_narrower_than_a_frequency_are_not_empty():
    assert filters(RATE, Mel(size=64, hop=16, bands=60)).sum(axis=1) == pytest.approx(np.ones(60))


@pytest.mark.parametrize("hertz", [200.0, 440.0, 1000.0, 3000.0])
def test_a_sine_is_loudest_in_its_own_band(hertz):
    frames = log_mel(sine(hertz), RATE, MEL)
    band = int(frames[len(frames) // 2].argmax())
    rising = np.flatnonzero(filters(RATE, MEL)[band])
    assert rising.min() * RATE / 512 - 16 <= hertz <= rising.max() * RATE / 512 + 16


def test_silence_is_the_floor():
    frames = log_mel(np.zeros(1000, np.float32), RATE, MEL)
    assert frames == pytest.approx(np.full((8, 40), np.log(MEL.floor), np.float32))


def test_twice_as_loud_is_log_two_more():
    quiet, loud = (log_mel(k * noise(4000).astype(np.float32), RATE, MEL) for k in (1, 2))
    assert loud - quiet == pytest.approx(np.full(quiet.shape, np.log(2)), abs=1e-4)


def test_magnitudes_found_have_the_bands_asked_for():
    frames = log_mel(sine(700), RATE, MEL)
    found = magnitudes_of(frames, RATE, MEL, steps=500)
    assert (found >= 0).all()
    again = np.log(np.maximum(found @ filters(RATE, MEL).T, MEL.floor))
    assert np.abs(again - frames).mean() < 0.05


@pytest.mark.parametrize("hertz", [300.0, 1200.0])
def test_a_sine_comes_back_at_the_same_pitch(hertz):
    sound = griffin_lim(log_mel(sine(hertz), RATE, MEL), RATE, MEL, rounds=20)
    assert sound.rate == RATE
    assert len(sound.samples) == 4000 // 128 * 128
    # A band's width is what the frames can tell.
    assert peak(sound.samples) == pytest.approx(hertz, abs=60)


def test_more_rounds_come_nearer_to_the_magnitudes():
    frames = log_mel(sine(300) * np.linspace(0, 1, 4000, dtype=np.float32), RATE, MEL)
    magnitudes = magnitudes_of(frames, RATE, MEL)
    far = [
        convergence(griffin_lim(frames, RATE, MEL, rounds).samples, magnitudes, MEL)
        for rounds in (0, 3, 30)
    ]
    assert far[0] > far[1] > far[2]


def test_convergence_of_the_sound_itself_is_zero():
    samples = sine(300)
    assert convergence(samples, np.abs(stft(samples, 512, 128)), MEL) == pytest.approx(0)


def test_the_same_seed_gives_the_same_sound():
    frames = log_mel(sine(300), RATE, MEL)
    first, second, other = (griffin_lim(frames, RATE, MEL, 2, seed).samples for seed in (1, 1, 2))
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)


def test_a_sound_survives_its_file(tmp_path):
    path = tmp_path / "a.wav"
    write_wav(path, Sound(sine(300), RATE))
    found = read_wav(str(path))
    assert found.rate == RATE
    assert found.samples == pytest.approx(sine(300), abs=1 / 32768)


def test_too_loud_a_sound_is_cut_off(tmp_path):
    path = tmp_path / "a.wav"
    write_wav(path, Sound(np.array([2.0, -2.0, 0.0], dtype=np.float32), RATE))
    assert read_wav(str(path)).samples.tolist() == [32767 / 32768, -1.0, 0.0]


def written(path: Path, width: int, channels: int, content: bytes) -> str:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(RATE)
        file.writeframes(content)
    return str(path)


def test_of_two_channels_the_mean_is_read(tmp_path):
    content = np.array([[16384, 0], [-16384, -16384]], dtype="<i2").tobytes()
    assert read_wav(written(tmp_path / "a.wav", 2, 2, content)).samples.tolist() == [0.25, -0.5]


def test_other_widths_are_refused(tmp_path):
    path = written(tmp_path / "a.wav", 1, 1, b"\x80\x80")
    with pytest.raises(UserError, match=r"samples must have 16 bits, but have 8. Convert it"):
        read_wav(path)


@pytest.mark.parametrize("content", [b"", b"RIFF", b"no sound at all, but some text"])
def test_what_is_no_sound_is_refused(tmp_path, content):
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(UserError, match=r"must be a \.wav file"):
        read_wav(str(tmp_path / "a.wav"))
