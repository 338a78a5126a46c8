"""Sentences spoken by espeak-ng, a formant synthesiser with many variants of every voice.

Durations follow from the text, the language and the speed. Most variants nevertheless differ by some
hundredths, since a voiced sound ends with a whole period of the voice's pitch. Those in SAME_TIMING are
made by the Klatt synthesiser and do not: measured with espeak-ng 1.51, they speak a sentence in the same
number of samples at every pitch. Two of them make pairs for a model that answers frame by frame.
"""

import subprocess
from functools import cache
from typing import NamedTuple

import numpy as np

from seqloom.errors import UserError, suggestion
from seqloom.search.stepper import Reals

INSTALL = "sudo apt-get install espeak-ng"
SAME_TIMING = (
    "adam", "benjamin", "caleb", "david", "edward",
    "klatt", "klatt2", "klatt3", "klatt4", "klatt5", "klatt6",
)  # fmt: skip
"""Variants that take the same time for a sentence, to the sample."""

_HEADER = 44
_SECONDS = 60


class Sound(NamedTuple):
    """Samples [N] between -1 and 1, and how many of them make a second."""

    samples: Reals
    rate: int


def espeak(
    text: str, voice: str = "en-us", variant: str = "adam", speed: int = 160, pitch: int = 50
) -> Sound:
    """A text spoken; the silence after a sentence is left out.

    speed  words a minute, 80 to 450      pitch  0 to 99

    Raises UserError where espeak-ng is absent or has no such voice or variant.
    """
    if variant not in (known := variants()):
        raise UserError(f"espeak-ng has no variant '{variant}'. {suggestion(variant, known)}")
    asked = ["-v", f"{voice}+{variant}", "-s", str(speed), "-p", str(pitch), "-z", "--stdin"]
    done = _run([*asked, "--stdout"], text)
    if done.returncode:
        reason = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0].rstrip(".")
        raise UserError(
            f"espeak-ng could not speak with the voice '{voice}' ({reason}). "
            "Choose one that `espeak-ng --voices` lists."
        )
    return _sound(done.stdout, text)


def version() -> str:
    """What espeak-ng says about itself, such as '1.51'."""
    words = _run(["--version"], "").stdout.decode("utf-8", "replace").split()
    return next((word for word in words if word[0].isdigit()), "unknown")


@cache
def variants() -> tuple[str, ...]:
    """All that the installed espeak-ng knows."""
    listed = _run(["--voices=variant"], "").stdout.decode("utf-8", "replace")
    found = (line.partition("!v/")[2].partition("  ")[0] for line in listed.splitlines())
    return tuple(sorted(name.strip() for name in found if name))


def _run(arguments: list[str], text: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            ["espeak-ng", *arguments],
            input=text.encode(), capture_output=True, check=False, timeout=_SECONDS,
        )  # fmt: skip
    except FileNotFoundError as error:
        raise UserError(
            f"Making speech needs espeak-ng, which is not installed: {INSTALL}"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise UserError(
            f"espeak-ng took more than {_SECONDS} seconds for {text[:40]!r}. Give shorter sentences."
        ) from error


def _sound(wav: bytes, text: str) -> Sound:
    """espeak-ng writes to a pipe before it knows the length, so the header's own is not to be trusted."""
    samples = np.frombuffer(wav[_HEADER:], dtype="<i2") / np.float32(32768)
    if not np.any(samples):
        raise UserError(f"espeak-ng found nothing to say in {text[:40]!r}. Give words.")
    return Sound(samples.astype(np.float32), int.from_bytes(wav[24:28], "little"))
