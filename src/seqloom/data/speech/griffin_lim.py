"""A sound from log-mel frames: magnitudes without phases, to which phases are found.

    X <- stft(istft(|X| e^(i phase)))         phase <- that of X + a (X - the X before)
                                               Griffin & Lim 1984; a = 0.99: Perraudin et al. 2013

Each round moves the transform towards those that a sound can have and then gives it the wanted magnitudes
again. `convergence` tells how far the two are apart:

    || |stft(x)| - M || / || M ||
"""

import numpy as np
from numpy.typing import NDArray

from seqloom.data.speech.espeak import Sound
from seqloom.data.speech.fourier import Spectra, istft, stft
from seqloom.data.speech.mel import Magnitudes, Mel, magnitudes_of
from seqloom.search.stepper import Reals

_MOMENTUM = 0.99


def griffin_lim(frames: Reals, rate: int, mel: Mel, rounds: int = 60, seed: int = 0) -> Sound:
    """The sound of frames [T, F], (T - 1) hops long. What the frames do not tell is drawn by the seed."""
    magnitudes = magnitudes_of(frames, rate, mel)
    magnitudes[magnitudes < mel.floor] = 0
    spectra = _fitted(magnitudes, mel, rounds, seed)
    return Sound(istft(spectra, mel.size, mel.hop).astype(np.float32), rate)


def _fitted(magnitudes: Magnitudes, mel: Mel, rounds: int, seed: int) -> Spectra:
    """The wanted magnitudes with phases that fit."""
    random = np.random.default_rng(seed)
    phases: NDArray[np.complex128] = np.exp(2j * np.pi * random.random(magnitudes.shape))
    before = np.zeros_like(phases)
    for _ in range(rounds):
        now = stft(istft(magnitudes * phases, mel.size, mel.hop), mel.size, mel.hop)
        ahead = now + _MOMENTUM * (now - before)
        phases = ahead / np.maximum(np.abs(ahead), 1e-12)
        before = now
    return magnitudes * phases


def convergence(samples: Reals, magnitudes: Magnitudes, mel: Mel) -> float:
    """0 if the sound has just these magnitudes [T, K]."""
    found = np.abs(stft(samples, mel.size, mel.hop))
    return float(np.linalg.norm(found - magnitudes) / np.linalg.norm(magnitudes))
