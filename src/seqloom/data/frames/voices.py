"""Two voices that speak the same sentences in the same time: what voice conversion is learnt from.

train, dev, test   n, n/8 and n/8 sentences, by their own hash, so that none is in two parts
"""

from collections.abc import Sequence
from pathlib import Path

from seqloom.config.frame_data import Voices
from seqloom.data.by_hash import PARTS, Part
from seqloom.data.frames.write import ENDINGS
from seqloom.data.made import Report
from seqloom.data.speech.corpus import RATE, Speech, speech
from seqloom.data.speech.griffin_lim import griffin_lim
from seqloom.data.speech.mel import Mel, log_mel
from seqloom.data.speech.wav import read_wav, write_wav
from seqloom.errors import UserError
from seqloom.search.stepper import Reals


def speak(
    voices: Voices,
    seed: int,
    folder: Path,
    parts: Sequence[Part] = PARTS,
    report: Report | None = None,
) -> dict[Part, str]:
    """The file of each part, as `read_frame_pairs` reads it. Raises UserError where espeak-ng is
    absent."""
    few = max(1, voices.sentences // 8)
    plan = Speech(
        seed=seed,
        train=voices.sentences if "train" in parts else 0,
        dev=few if "dev" in parts else 0,
        test=few if "test" in parts else 0,
        voice=voices.language,
        speakers=(voices.source,),
        target=voices.target,
        speeds=voices.speeds,
        pitches=voices.pitches,
    )
    return speech(folder, plan, report)


def frames_of_wav(path: str) -> Reals:
    """A sound as log-mel frames [T, F], as those of the voices are. Raises UserError for one without a
    sample, which is no silence."""
    sound = read_wav(path)
    if not len(sound.samples):
        raise UserError(
            f"{path}: must hold a sound, but has no samples. Record or copy it again, or leave it out."
        )
    if sound.rate != RATE:
        raise UserError(
            f"{path}: must have {RATE} samples a second, but has {sound.rate}. Convert it, as with: "
            f"sox {path} -r {RATE} converted.wav"
        )
    return log_mel(sound.samples, sound.rate, Mel())


def check_sound(path: Path, width: int) -> None:
    """Raises UserError for frames that are not as wide as log-mel frames are here."""
    if width != Mel().bands:
        raise UserError(
            f"{path}: a sound is made of log-mel frames with {Mel().bands} features, but these have "
            f"{width}. Write a file that ends in {', '.join(ENDINGS)} or .png."
        )


def wav_of_frames(frames: Reals, path: Path) -> None:
    """Log-mel frames as a sound (Griffin-Lim)."""
    check_sound(path, frames.shape[1])
    write_wav(path, griffin_lim(frames, RATE, Mel()))
