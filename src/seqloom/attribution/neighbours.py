"""Nearest training examples by decoder state: what did the model see in training when it was in a state
like this one? (Khandelwal 2021, the data store of kNN-MT)

    d(q, s) = || q - s ||       q the state that wrote an output token, s one that a training target went
                                through; the state is what the readout sees (`states`)

All states are compared, block by block, in the float16 that they are kept in. That is exact, and quick
enough for some 100,000 states; an index is cut to as many as its builder allows.

    RUN/neighbours/states.npy      [n, F] float16
                   places.npy      [n, 2] pair and step of each state
                   pairs.jsonl     source, target and target tokens of each pair
                   index.json      format, and the SHA-256 of the weights that the states are of

Sizes: n states, F features, T output tokens, k neighbours.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from seqloom.errors import UserError
from seqloom.search.stepper import Ids, Reals

FOLDER = "neighbours"
WEIGHTS = "weights.safetensors"
FORMAT = 1
_BLOCK = 16384
"""States compared at a time."""


class Pair(NamedTuple):
    """A training pair as it is shown."""

    source: str
    target: str
    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A training pair that went through a state like the one asked about when it wrote token `step`."""

    distance: float
    source: str
    target: str
    tokens: tuple[str, ...]
    step: int

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "distance": round(self.distance, 4),
            "source": self.source,
            "target": self.target,
            "tokens": list(self.tokens),
            "step": self.step,
        }


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """States, and where each was met."""

    states: NDArray[np.float16]
    places: Ids
    pairs: Sequence[Pair]

    def nearest(self, asked: Reals, k: int) -> list[list[Neighbour]]:
        """For each state [T, F] its k nearest, the nearest first; of equals the one met first."""
        distances, rows = _nearest(self.states, asked.astype(np.float32), k)
        return [
            [self._neighbour(*found) for found in zip(near.tolist(), own.tolist(), strict=True)]
            for near, own in zip(distances, rows, strict=True)
        ]

    def _neighbour(self, distance: float, row: int) -> Neighbour:
        pair, step = self.places[row].tolist()
        source, target, tokens = self.pairs[pair]
        return Neighbour(distance, source, target, tokens, step)

    def save(self, run: Path) -> Path:
        """Into the run's folder; the description is written last, so that it vouches for the rest."""
        folder = run / FOLDER
        folder.mkdir(exist_ok=True)
        (folder / "index.json").unlink(missing_ok=True)
        np.save(folder / "states.npy", self.states)
        np.save(folder / "places.npy", self.places.astype(np.int32))
        lines = (json.dumps(pair, ensure_ascii=False) for pair in self.pairs)
        (folder / "pairs.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        about = {"format": FORMAT, "weights": _digest(run)}
        (folder / "index.json").write_text(json.dumps(about) + "\n", encoding="utf-8")
        return folder


def load_index(run: Path) -> Index:
    """Raises UserError if there is none, or one of other weights."""
    folder = run / FOLDER
    again = f"Build one with: seqloom index {run}"
    try:
        about = json.loads((folder / "index.json").read_text(encoding="utf-8"))
        if about["format"] != FORMAT or about["weights"] != _digest(run):
            raise UserError(f"{folder}: an index of other weights than {run / WEIGHTS}. {again}")
        states = np.load(folder / "states.npy", mmap_mode="r")
        places = np.load(folder / "places.npy").astype(np.int64)
        pairs = list(_pairs((folder / "pairs.jsonl").read_text(encoding="utf-8").splitlines()))
    except FileNotFoundError:
        raise UserError(f"{run}: there is no index of training examples. {again}") from None
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(f"{folder}: cannot be read ({error}). {again}") from error
    return Index(states, places, pairs)


def _pairs(lines: Iterable[str]) -> Iterable[Pair]:
    for line in lines:
        source, target, tokens = json.loads(line)
        yield Pair(source, target, tuple(tokens))


def _digest(run: Path) -> str:
    return sha256((run / WEIGHTS).read_bytes()).hexdigest()


def _nearest(states: NDArray[np.float16], asked: Reals, k: int) -> tuple[NDArray[np.float64], Ids]:
    """Distances and rows [T, k]."""
    best = np.full((len(asked), 0), np.inf)
    rows = np.zeros((len(asked), 0), dtype=np.int64)
    own = (asked**2).sum(axis=1, keepdims=True)
    for start in range(0, len(states), _BLOCK):
        block = np.asarray(states[start : start + _BLOCK], dtype=np.float32)
        squares = own - 2 * asked @ block.T + (block**2).sum(axis=1)
        here = np.broadcast_to(np.arange(start, start + len(block)), squares.shape)
        best, rows = np.hstack([best, squares]), np.hstack([rows, here])
        order = np.argsort(best, axis=1, kind="stable")[:, :k]
        best, rows = (np.take_along_axis(part, order, axis=1) for part in (best, rows))
    return np.sqrt(np.maximum(best, 0.0)), rows
