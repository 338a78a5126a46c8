"""The short-time Fourier transform and its inverse.

    X_t,k = sum_n w_n x_(tH + n) e^(-2 pi i k n / N)          frames of N samples, H apart
    x_n   = sum_t w_(n - tH) y_t,(n - tH) / sum_t w^2_(n - tH)     y_t the inverse transform of X_t

The inverse is exact for a transform, and for anything else the sound whose transform is nearest to it
(Griffin & Lim 1984, eq. 6). w is the Hann window of period N. A sound is taken to be silent before its
beginning and behind its end, so that every sample is in N / H frames; frame t has sample tH in its
middle.

Sizes: N samples of a frame, T = 1 + len(x) // H frames, K = N / 2 + 1 frequencies.
"""

import numpy as np
from numpy.typing import NDArray

from seqloom.search.stepper import Reals

Spectra = NDArray[np.complex128]
Samples = NDArray[np.float64]


def stft(samples: Reals | Samples, size: int, hop: int) -> Spectra:
    """[T, K]."""
    assert size % 2 == 0
    assert 0 < hop <= size // 2
    padded = np.pad(samples.astype(np.float64), size // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop]
    return np.fft.rfft(frames * hann(size), axis=1)


def istft(spectra: Spectra, size: int, hop: int, length: int | None = None) -> Samples:
    """Samples [length]; (T - 1) H of them if not said, which is the least that has T frames."""
    frames = np.fft.irfft(spectra, n=size, axis=1) * hann(size)
    wanted = (len(spectra) - 1) * hop if length is None else length
    total = (len(spectra) - 1) * hop + size
    places = (np.arange(len(spectra)) * hop)[:, None] + np.arange(size)
    weights = np.broadcast_to(hann(size) ** 2, frames.shape)
    summed = np.bincount(places.ravel(), frames.ravel(), total)
    squares = np.bincount(places.ravel(), weights.ravel(), total)
    samples = (summed / np.maximum(squares, 1e-10))[size // 2 :]
    return np.pad(samples, (0, max(0, wanted - len(samples))))[:wanted]


def hann(size: int) -> Samples:
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)
