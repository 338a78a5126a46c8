""".wav files of 16-bit samples: mono is written; of several channels the mean is read."""

import wave
from pathlib import Path

import numpy as np

from seqloom.atomic import replacing
from seqloom.data.sources.lines import check_readable
from seqloom.data.speech.espeak import Sound
from seqloom.errors import UserError

_FULL = 32768
"""Of a 16-bit sample."""


def read_wav(path: str) -> Sound:
    """Raises UserError for a file that is no .wav of 16-bit samples."""
    check_readable(path)
    try:
        with wave.open(path, "rb") as file:
            width, channels, rate = file.getsampwidth(), file.getnchannels(), file.getframerate()
            content = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        why = str(error) or "it ends too early"
        raise UserError(
            f"{path}: must be a .wav file, but cannot be read as one ({why}). "
            "Convert it: ffmpeg -i IN -c:a pcm_s16le OUT.wav"
        ) from error
    if width != 2:
        raise UserError(
            f"{path}: samples must have 16 bits, but have {8 * width}. "
            "Convert it: ffmpeg -i IN -c:a pcm_s16le OUT.wav"
        )
    whole = len(content) // (2 * channels) * 2 * channels
    samples = np.frombuffer(content[:whole], dtype="<i2").astype(np.float32) / _FULL
    return Sound(samples.reshape(-1, channels).mean(axis=1), rate)


def write_wav(path: str | Path, sound: Sound) -> None:
    """Samples beyond -1 and 1 are cut off there."""
    whole = np.rint(np.clip(sound.samples, -1, 1) * _FULL).clip(-_FULL, _FULL - 1)
    with replacing(Path(path)) as part, part.open("wb") as opened, wave.open(opened, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sound.rate)
        file.writeframes(whole.astype("<i2").tobytes())
