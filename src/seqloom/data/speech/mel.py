"""Log-mel frames: what of a sound matters to the ear, some 80 numbers every 12 ms.

    m(f) = 2595 log10(1 + f / 700)                              O'Shaughnessy 1987
    frame_b = log max(sum_k W_b,k |X_t,k|, floor)               |X| of the short-time Fourier transform

W has triangles: band b rises from 0 at frequency f_b to 1 / (sum of its row) at f_(b+1) and falls to 0 at
f_(b+2), the f_b evenly apart in m. A row adds up to 1, so a frame tells the mean magnitude in its band.

The way back finds magnitudes >= 0 whose bands are those given (multiplicative updates, Lee & Seung 2001):

    S <- S * (W' V) / (W' W S)        V the bands without the logarithm

Sizes: T frames, F bands, K frequencies.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from seqloom.data.speech.fourier import stft
from seqloom.search.stepper import Reals

Magnitudes = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mel:
    """size, hop: samples of a frame, and from one to the next. lowest, highest: in Hz, between which the
    bands lie. floor: the smallest magnitude, whose logarithm stands for silence."""

    size: int = 1024
    hop: int = 256
    bands: int = 80
    lowest: float = 50.0
    highest: float = 8000.0
    floor: float = 1e-3


def log_mel(samples: Reals, rate: int, mel: Mel) -> Reals:
    """Frames [T, F] in nats."""
    magnitudes = np.abs(stft(samples, mel.size, mel.hop)) @ filters(rate, mel).T
    return np.log(np.maximum(magnitudes, mel.floor)).astype(np.float32)


def magnitudes_of(frames: Reals, rate: int, mel: Mel, steps: int = 50) -> Magnitudes:
    """|X| [T, K] with the bands [T, F] of these frames; 0 beyond the lowest and highest frequency."""
    bands, weights = np.exp(frames.astype(np.float64)), filters(rate, mel)
    pulled = bands @ weights
    found = pulled.copy()
    for _ in range(steps):
        found *= pulled / np.maximum(found @ weights.T @ weights, 1e-12)
    return found


@cache
def filters(rate: int, mel: Mel) -> Magnitudes:
    """W [F, K]. Bands so narrow that no frequency is in them take the nearest one."""
    edges = _hertz(np.linspace(_mel(mel.lowest), _mel(_top(rate, mel)), mel.bands + 2))
    frequencies = np.arange(mel.size // 2 + 1) * rate / mel.size
    rising = (frequencies - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - frequencies) / (edges[2:] - edges[1:-1])[:, None]
    weights = np.maximum(0, np.minimum(rising, falling))
    nearest = np.abs(frequencies - edges[1:-1, None]).argmin(axis=1)
    empty = np.flatnonzero(weights.sum(axis=1) < 1e-6)
    weights[empty, nearest[empty]] = 1.0
    return weights / weights.sum(axis=1, keepdims=True)


def _top(rate: int, mel: Mel) -> float:
    return min(mel.highest, rate / 2)


def _mel(hertz: float) -> float:
    return 2595 * float(np.log10(1 + hertz / 700))


def _hertz(mel: Magnitudes) -> Magnitudes:
    return 700 * (10 ** (mel / 2595) - 1)
