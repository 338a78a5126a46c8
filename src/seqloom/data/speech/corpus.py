"""Sentences spoken, turned into log-mel frames and kept in a folder.

    recognition   frames of a speaker     -> the text
    conversion    frames of a speaker     -> frames of another one who says the same in the same time

Each sentence has a speaker, a speed and a pitch of its own, drawn from the seed. Both speakers of a pair
take the same speed and pitch.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from seqloom.data.by_hash import PARTS, Part
from seqloom.data.made import Pair, Report, kept
from seqloom.data.speech.espeak import SAME_TIMING, espeak, version
from seqloom.data.speech.mel import Mel, log_mel
from seqloom.data.speech.sentences import sentences
from seqloom.errors import UserError
from seqloom.search.stepper import Reals

RATE = 22050
"""Samples a second of espeak-ng."""
NEAR = 2
"""Frames by which two speakers' lengths may differ: the longer one is cut at its end."""
_THREADS = 4
"""espeak-ng runs beside us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """What is said, by whom.

    train, dev, test  sentences of each part
    speakers          variants of the voice that speak the sources of train
    dev_speakers, test_speakers   those of dev and test, if they are others
    target            the variant that speaks the targets; without it the target is the text
    speeds, pitches   lowest and highest, both included
    """

    seed: int = 0
    train: int = 2000
    dev: int = 100
    test: int = 200
    voice: str = "en-us"
    speakers: tuple[str, ...] = ("adam",)
    dev_speakers: tuple[str, ...] = ()
    test_speakers: tuple[str, ...] = ()
    target: str = ""
    speeds: tuple[int, int] = (150, 180)
    pitches: tuple[int, int] = (40, 60)
    mel: Mel = field(default_factory=Mel)

    def of(self, part: Part) -> tuple[str, ...]:
        """Who speaks in a part."""
        own = {"train": (), "dev": self.dev_speakers, "test": self.test_speakers}[part]
        return own or self.speakers


def speech(folder: str | Path, plan: Speech, report: Report | None = None) -> dict[Part, str]:
    """The .npz file of each part, made if it is not there yet. Raises UserError where espeak-ng is
    needed and absent."""
    settings = asdict(plan)
    counts: dict[Part, int] = {part: settings.pop(part) for part in PARTS}
    return kept(
        Path(folder), settings, counts,
        lambda part, count: _pairs(plan, part, count),
        lambda: {"espeak-ng": version(), "numpy": np.__version__},
        report,
    )  # fmt: skip


class _Job(NamedTuple):
    text: str
    speaker: str
    speed: int
    pitch: int


def _pairs(plan: Speech, part: Part, count: int) -> Iterator[Pair]:
    with ThreadPoolExecutor(_THREADS) as pool:
        yield from pool.map(partial(_pair, plan), _jobs(plan, part, count))


def _jobs(plan: Speech, part: Part, count: int) -> Iterable[_Job]:
    random = np.random.default_rng([plan.seed, len(PARTS) + PARTS.index(part)])
    speakers = plan.of(part)
    for text in sentences(plan.seed, count, part):
        speaker = speakers[int(random.integers(len(speakers)))]
        speed, pitch = (
            int(random.integers(low, high + 1)) for low, high in (plan.speeds, plan.pitches)
        )
        yield _Job(text, speaker, speed, pitch)


def _pair(plan: Speech, job: _Job) -> Pair:
    source = frames_of(job.text, plan, job.speaker, job.speed, job.pitch)
    if not plan.target:
        return source, job.text
    target = frames_of(job.text, plan, plan.target, job.speed, job.pitch)
    return _side_by_side(source, target, job, plan.target)


def frames_of(text: str, plan: Speech, speaker: str, speed: int, pitch: int) -> Reals:
    """[T, F] of a text spoken."""
    sound = espeak(text, plan.voice, speaker, speed, pitch)
    return log_mel(sound.samples, sound.rate, plan.mel)


def _side_by_side(source: Reals, target: Reals, job: _Job, other: str) -> tuple[Reals, Reals]:
    """Both with as many frames as the shorter one, if they are about as long."""
    if abs(len(source) - len(target)) > NEAR:
        raise UserError(
            f"Two speakers must take the same time for a sentence, but '{job.speaker}' takes "
            f"{len(source)} frames and '{other}' {len(target)}. "
            f"Choose both from: {', '.join(SAME_TIMING)}."
        )
    length = min(len(source), len(target))
    return source[:length], target[:length]
