"""Pairs with a real-valued source that are made at run time: sentences spoken, lines written by hand.

They are made once and kept in the user's cache folder, one folder for each setting; SEQLOOM_CACHE names
another place.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from hashlib import blake2b
from pathlib import Path

from seqloom.config.data import Data
from seqloom.config.series import Handwritten, Spoken
from seqloom.data.by_hash import Part
from seqloom.data.made import Pair, Report, kept
from seqloom.data.series.hershey import lines
from seqloom.data.speech.corpus import Speech, speech


def cache() -> Path:
    """Where made data is kept."""
    if named := os.environ.get("SEQLOOM_CACHE"):
        return Path(named)
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "seqloom"


def embedded_pairs(data: Data, report: Report | None = None) -> dict[Part, str]:
    """The file of each part. Raises UserError where what makes them is absent."""
    if data.embedded == "speech":
        plan = _plan(data.speech)
        return speech(_folder("speech", asdict(plan)), plan, report)
    assert data.embedded == "hershey"
    return _written(data.hershey, report)


def _plan(spoken: Spoken) -> Speech:
    return Speech(
        seed=spoken.seed,
        train=spoken.train,
        dev=spoken.dev,
        test=spoken.test,
        voice=spoken.voice,
        speakers=spoken.speakers,
        dev_speakers=spoken.dev_speakers,
        test_speakers=spoken.test_speakers,
        speeds=spoken.speeds,
        pitches=spoken.pitches,
    )


def _written(settings: Handwritten, report: Report | None) -> dict[Part, str]:
    counts: dict[Part, int] = {
        "train": settings.train, "dev": settings.dev, "test": settings.test,
    }  # fmt: skip
    about = {"hershey": 1, "seed": settings.seed}

    def make(part: Part, count: int) -> Iterator[Pair]:
        return ((line.offsets, line.text) for line in lines(settings.seed, count, part))

    return kept(_folder("hershey", {**about, **counts}), about, counts, make, report=report)


def _folder(what: str, settings: dict[str, object]) -> Path:
    text = json.dumps(settings, sort_keys=True)
    return cache() / f"{what}-{blake2b(text.encode(), digest_size=6).hexdigest()}"
