"""The tree of a search as it is shown: tokens instead of ids, and no larger than one can look at."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from seqloom.search.hypothesis import Hypothesis
from seqloom.search.record import Node
from seqloom.symbols import EOS

MAX_NODES: Final = 2000


class TreeNode(NamedTuple):
    """A token that continues its parent, which stands before it in the list; None at the start.

    log_prob  of the token, natural log
    score     log p of the output up to here
    kept      the beam went on with it, or it ended there among the best
    finished  it ends the output
    output    which output of the result stops here; None if none does
    """

    parent: int | None
    token: str
    log_prob: float
    score: float
    kept: bool
    finished: bool
    output: int | None

    def to_dict(self) -> dict[str, object]:
        return {
            **self._asdict(),
            "log_prob": round(self.log_prob, 6),
            "score": round(self.score, 6),
        }


@dataclass(frozen=True, slots=True)
class Tree:
    """The nodes in the order of the steps, and how many were left out."""

    nodes: tuple[TreeNode, ...] = ()
    left_out: int = 0

    def path(self, number: int) -> list[int]:
        """The nodes from the start to node `number`."""
        path = [number]
        while (parent := self.nodes[path[-1]].parent) is not None:
            path.append(parent)
        return path[::-1]

    def to_dict(self) -> dict[str, object]:
        return {"nodes": [node.to_dict() for node in self.nodes], "left_out": self.left_out}


def tree_of(
    nodes: Sequence[Node],
    hypotheses: Sequence[Hypothesis],
    behind: Sequence[int],
    shown: Callable[[Sequence[int]], Sequence[str]],
    max_nodes: int = MAX_NODES,
) -> Tree:
    """What a record of the search holds.

    behind  for each output which hypothesis it was written from
    """
    ends = _ends(nodes, hypotheses)
    outputs = {ends[h]: o for o, h in enumerate(behind) if h in ends}
    kept = _most_telling(nodes, outputs, max_nodes)
    place = {number: new for new, number in enumerate(kept)}
    tokens = shown([nodes[number].token for number in kept])
    return Tree(
        tuple(
            TreeNode(
                None if node.parent is None else place[node.parent],
                token,
                node.log_prob,
                node.score,
                node.kept,
                node.finished,
                outputs.get(number),
            )
            for number, node, token in zip(kept, map(nodes.__getitem__, kept), tokens, strict=True)
        ),
        len(nodes) - len(kept),
    )


def _ends(nodes: Sequence[Node], hypotheses: Sequence[Hypothesis]) -> dict[int, int]:
    """The node at which each hypothesis stops; one without a token stops at none.

    Two samples may be the same, and two groups may have found the same: each has nodes of its own, in
    the order of the hypotheses.
    """
    spelled: list[tuple[int, ...]] = []
    found: dict[tuple[int, ...], deque[int]] = {}
    for number, node in enumerate(nodes):
        spelled.append((*(() if node.parent is None else spelled[node.parent]), node.token))
        if node.kept:
            found.setdefault(spelled[number], deque()).append(number)
    ends: dict[int, int] = {}
    for h, hypothesis in enumerate(hypotheses):
        tokens = (*hypothesis.tokens, EOS) if hypothesis.finished else hypothesis.tokens
        if tokens:
            ends[h] = found[tokens].popleft()
    return ends


def _most_telling(nodes: Sequence[Node], outputs: dict[int, int], max_nodes: int) -> list[int]:
    """The paths of all outputs; then what the beam went on with, then what it gave up, the earlier
    steps first. So no node is kept without its parent."""
    if len(nodes) <= max_nodes:
        return list(range(len(nodes)))
    leading = _above(nodes, outputs)
    rank = sorted(range(len(nodes)), key=lambda n: (n not in leading, not nodes[n].kept, n))
    return sorted(rank[: max(max_nodes, len(leading))])


def _above(nodes: Sequence[Node], ends: dict[int, int]) -> set[int]:
    """The nodes on the way to these ends, and they themselves."""
    above: set[int] = set()
    for end in ends:
        number: int | None = end
        while number is not None and number not in above:
            above.add(number)
            number = nodes[number].parent
    return above
