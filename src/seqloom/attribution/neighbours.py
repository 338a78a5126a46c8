"""Nearest training examples by decoder state: what did the model see in training when it was in a state
like this one? (Khandelwal 2021, the data store of kNN-MT)

    d(q, s) = || q - s ||       q the state that wrote an output token, s one that a training target went
                                through; the state is what the readout sees (`states`)

Up to MOST_COMPARED states all are compared, block by block, in the float16 that they are kept in: that is
exact. More of them stand in a graph (graph.py), which finds nearly all that are nearest.

    RUN/neighbours/states.npy      [n, F] float16, to be compared one by one
                   states.graph    or the same as a graph
                   places.npy      [n, 2] pair and step of each state
                   pairs.jsonl     source, target and target tokens of each pair
                   index.json      format, the SHA-256 of the weights that the states are of, and that of a
                                   graph, by which a file that is not whole is known before it is read

Sizes: n states, F features, T output tokens, k neighbours.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import file_digest
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from seqloom.attribution.graph import Graph
from seqloom.errors import UserError
from seqloom.search.stepper import Ids, Reals

FOLDER = "neighbours"
WEIGHTS = "weights.safetensors"
FORMAT = 1
EXACT, GRAPH = "states.npy", "states.graph"
MOST_COMPARED = 300_000
"""States that are compared one by one: at 512 features some 300 MB."""
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


class States(Protocol):
    """n states, to be searched."""

    def __len__(self) -> int: ...
    def save(self, path: Path, /) -> None: ...
    def nearest(self, asked: Reals, k: int, /) -> tuple[NDArray[np.float64], Ids]:
        """Distances and rows [T, k], the nearest first; of equals the one met first."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Exact:
    """States [n, F], all of which are compared."""

    states: NDArray[np.float16]

    def __len__(self) -> int:
        return len(self.states)

    def save(self, path: Path) -> None:
        np.save(path, self.states)

    def nearest(self, asked: Reals, k: int) -> tuple[NDArray[np.float64], Ids]:
        return _nearest(self.states, asked, k)


@dataclass(slots=True)
class Growing:
    """States as they come in; a graph from the moment that there are too many to compare."""

    blocks: list[NDArray[np.float16]] = field(default_factory=list[NDArray[np.float16]])
    graph: Graph | None = None
    count: int = 0

    def add(self, states: NDArray[np.float16]) -> None:
        self.count += len(states)
        if self.graph is not None:
            self.graph.add(states)
            return
        self.blocks.append(states)
        if self.count > MOST_COMPARED:
            self.graph = Graph.empty(states.shape[1])
            self.graph.add(np.concatenate(self.blocks))
            self.blocks.clear()

    def grown(self) -> States:
        return self.graph or Exact(np.concatenate(self.blocks))


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """States, and where each was met."""

    states: States
    places: Ids
    pairs: Sequence[Pair]

    def nearest(self, asked: Reals, k: int) -> list[list[Neighbour]]:
        """For each state [T, F] its k nearest, the nearest first; of equals the one met first."""
        distances, rows = self.states.nearest(asked.astype(np.float32), k)
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
        for name in (EXACT, GRAPH):
            (folder / name).unlink(missing_ok=True)
        graph = isinstance(self.states, Graph)
        self.states.save(folder / (GRAPH if graph else EXACT))
        np.save(folder / "places.npy", self.places.astype(np.int32))
        lines = (json.dumps(pair, ensure_ascii=False) for pair in self.pairs)
        (folder / "pairs.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        about = {"format": FORMAT, "weights": _digest(run / WEIGHTS)}
        about |= {"graph": _digest(folder / GRAPH)} if graph else {}
        (folder / "index.json").write_text(json.dumps(about) + "\n", encoding="utf-8")
        return folder


def load_index(run: Path) -> Index:
    """Raises UserError if there is none, or one of other weights."""
    folder = run / FOLDER
    again = f"Build one with: seqloom index {run}"
    try:
        about = json.loads((folder / "index.json").read_text(encoding="utf-8"))
        if about["format"] != FORMAT or about["weights"] != _digest(run / WEIGHTS):
            raise UserError(f"{folder}: an index of other weights than {run / WEIGHTS}. {again}")
        states = _states(folder, about.get("graph"))
        places = np.load(folder / "places.npy").astype(np.int64)
        pairs = list(_pairs((folder / "pairs.jsonl").read_text(encoding="utf-8").splitlines()))
        _check(states, places, pairs)
    except FileNotFoundError:
        raise UserError(f"{run}: there is no index of training examples. {again}") from None
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(f"{folder}: cannot be read ({error}). {again}") from error
    return Index(states, places, pairs)


def _pairs(lines: Iterable[str]) -> Iterable[Pair]:
    for line in lines:
        source, target, tokens = json.loads(line)
        yield Pair(source, target, tuple(tokens))


def _states(folder: Path, graph: str | None) -> States:
    if graph is None:
        states = np.load(folder / EXACT, mmap_mode="r")
        if states.dtype != np.float16 or states.ndim != 2:
            raise ValueError(f"{EXACT} holds no states")
        return Exact(states)
    if _digest(folder / GRAPH) != graph:
        raise ValueError(f"{GRAPH} is not the one that was saved")
    return Graph.load(folder / GRAPH)


def _check(states: States, places: Ids, pairs: Sequence[Pair]) -> None:
    if places.shape != (len(states), 2) or (places < 0).any():
        raise ValueError(f"{len(states):,} states, but places of another number")
    if len(places) and int(places[:, 0].max()) >= len(pairs):
        raise ValueError(f"a state of pair {int(places[:, 0].max())}, but {len(pairs):,} pairs")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


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
