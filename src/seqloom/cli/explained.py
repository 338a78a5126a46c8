"""What `seqloom explain` shows besides the map: gates and states over time, nearest training examples."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from seqloom.explain.gate_strips import LETTERS
from seqloom.explain.labels import clip, label
from seqloom.explain.terminal import fit

if TYPE_CHECKING:
    from seqloom.attribution.gates import Trace
    from seqloom.attribution.inside import Inside
    from seqloom.attribution.neighbours import Neighbour

LONGEST = 20
"""Cells of a token in a heading."""


def print_insides(
    console: Console, tokens: Sequence[str], insides: Sequence["Inside"], *, gates: bool
) -> None:
    """What each model shows of itself, and what it cannot, in a line.

    gates  whether to show them here, or in a picture alone
    """
    several = len(insides) > 1
    if several:
        console.print("Each model by itself, given this output:")
    for inside in insides:
        if several:
            console.print(Text(inside.title, "bold underline"), soft_wrap=True)
        if gates and inside.gates:
            print_gates(console, inside.gates)
        if inside.neighbours is not None:
            print_neighbours(console, tokens, inside.neighbours)
        for note in inside.notes:
            console.print(note, soft_wrap=True)


def print_gates(console: Console, traces: Sequence["Trace"]) -> None:
    """A table for each layer: a row for each token, a column for each gate."""
    told = [LETTERS[name] for name in {n: 0 for trace in traces for n in trace.values}]
    console.print(f"Means over the features ({', '.join(told)}).")
    for trace in traces:
        console.print(Text(trace.layer, "bold"))
        names = list(trace.values)
        width = max(len("token"), *(Text(_shown(token)).cell_len for token in trace.tokens))
        console.print("  ".join(["token".ljust(width), *(name.rjust(4) for name in names)]))
        for place, token in enumerate(trace.tokens):
            values = (f"{trace.values[name][place]:4.2f}" for name in names)
            console.print("  ".join([fit(_shown(token), width), *values]), soft_wrap=True)


def print_neighbours(
    console: Console, tokens: Sequence[str], found: Sequence[Sequence["Neighbour"]]
) -> None:
    """For each output token its nearest pairs, with the token that their state wrote in brackets."""
    console.print("Nearest training examples by decoder state (distance, pair, token written):")
    for token, near in zip(tokens, found, strict=True):
        console.print(Text(_shown(token), "bold"))
        for one in near:
            target = " ".join(
                f"[{label(each)}]" if step == one.step else label(each)
                for step, each in enumerate(one.tokens)
            )
            console.print(f"  {one.distance:6.2f}  {one.source} → {target}", soft_wrap=True)


def _shown(token: str) -> str:
    return clip(label(token), LONGEST)
