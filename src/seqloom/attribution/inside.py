"""What a model shows of itself while it writes an output: gates and states over time, and the training
examples that it was in the nearest states on.

Several models as one write an output together; then each is asked by itself about that output. What they
show stays apart, member by member: a layer of one is no layer of another, and a distance among the states
of one says nothing beside a distance among those of another.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from seqloom.data.example import Example
from seqloom.errors import UserError
from seqloom.predict import Output

if TYPE_CHECKING:
    from seqloom.attribution.gates import Trace
    from seqloom.attribution.neighbours import Neighbour

Found = TypeVar("Found")


class Member(Protocol):
    """A model by itself, that says what it can show or raises a UserError."""

    @property
    def folders(self) -> tuple[Path, ...]: ...
    def gates(self, source: Example, output: Output, /) -> "list[Trace]": ...
    def neighbours(self, source: Example, output: Output, k: int, /) -> "list[list[Neighbour]]": ...


@dataclass(frozen=True, slots=True)
class Inside:
    """Of one model and one output; None stands for what was not asked for, or cannot be told.

    number         of the member, from 1, in the order in which they were given
    name           its folder
    gates          a trace for each layer
    neighbours     for each output token, the nearest first
    no_gates       why there are none, in a sentence; empty if there are
    no_neighbours  the same
    """

    number: int
    name: str
    gates: "Sequence[Trace] | None" = None
    neighbours: "Sequence[Sequence[Neighbour]] | None" = None
    no_gates: str = ""
    no_neighbours: str = ""

    @property
    def title(self) -> str:
        """As pictures and tables call it: a folder may be there twice."""
        return f"{self.number}. {self.name}"

    @property
    def notes(self) -> tuple[str, ...]:
        """What cannot be told, and why; once where both have one reason."""
        return tuple(dict.fromkeys(note for note in (self.no_gates, self.no_neighbours) if note))

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        gates, near = self.gates, self.neighbours
        return {
            "number": self.number,
            "run": self.name,
            "gates": None if gates is None else [trace.to_dict() for trace in gates],
            "neighbours": None
            if near is None
            else [[pair.to_dict() for pair in of_token] for of_token in near],
            "notes": [*self.notes],
        }


def insides(
    members: Sequence[Member], example: Example, output: Output, *, gates: bool, neighbours: int
) -> list[Inside]:
    """Of each member. What one of them cannot tell is in its notes, if another can; else it raises.

    neighbours  how many for each output token; 0 leaves them out
    """
    unasked: list[tuple[None, str]] = [(None, "")] * len(members)
    traced = _asked(members, lambda own: own.gates(example, output)) if gates else unasked
    near = unasked
    if neighbours:
        near = _asked(members, lambda own: own.neighbours(example, output, neighbours))
    found: list[Inside] = []
    whole = zip(members, traced, near, strict=True)
    for number, (member, (traces, refused), (nearest, unindexed)) in enumerate(whole, start=1):
        name = str(member.folders[0])
        if traces is not None and output.ids:
            refused = _without(name, traces)
        found.append(Inside(number, name, traces, nearest, refused, unindexed))
    return found


def _without(name: str, traces: "Sequence[Trace]") -> str:
    from seqloom.attribution.gates import no_gates  # who has traces has torch

    return f"{name}: {why}" if (why := no_gates(traces)) else ""


def _asked(
    members: Sequence[Member], ask: Callable[[Member], Found]
) -> list[tuple[Found | None, str]]:
    """What each says, or why it does not. Raises UserError with all reasons if no member says anything."""
    answers: list[tuple[Found | None, str]] = []
    for member in members:
        try:
            answers.append((ask(member), ""))
        except UserError as error:
            answers.append((None, str(error)))
    if all(refused for _, refused in answers):
        raise UserError("; ".join(dict.fromkeys(refused for _, refused in answers)))
    return answers
