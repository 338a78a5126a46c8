"""A search for the terminal: the tree of what the beam kept, and a table of what else might have come.

    abc
    ├── J a n u  -0.310
    │   ├── a r y <eos>  -1.204  (1)
    │   └── e  -2.718
    └── F  -1.946

Tokens that nothing branches off stand on one line. A line ends with log p of the output up to there
and, where an output of the answer stops, with its number; what led to none is pale. What the beam
gave up at once is in the table and in the JSON, not in the tree.
"""

from math import exp
from typing import NamedTuple

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text
from rich.tree import Tree as Drawing

from seqloom.explain.labels import label
from seqloom.predict.alternatives import Alternative
from seqloom.predict.trace import Trace
from seqloom.predict.tree import Tree


class _Branch(NamedTuple):
    """A node that is to be drawn, and the drawing of what it branches off."""

    node: int
    below: Drawing


def print_trace(console: Console, trace: Trace) -> None:
    """The tree, and the table of each output."""
    console.print(search_tree(trace))
    for number, steps in enumerate(trace.alternatives):
        if steps:
            console.print(Text(f"({number + 1}) {trace.result.outputs[number].text}", "bold"))
            console.print(alternatives_table(trace, number))


def search_tree(trace: Trace) -> Drawing:
    """What the beam kept, to print with rich."""
    tree = trace.tree
    children = _kept_children(tree)
    ends = [number for number, node in enumerate(tree.nodes) if node.output is not None]
    telling = {number for end in ends for number in tree.path(end)}
    top = Drawing(Text(label(trace.result.source)), guide_style="dim")
    waiting = [_Branch(child, top) for child in reversed(children[None])]
    while waiting:
        branch = waiting.pop()
        run = _run(tree, children, branch.node)
        drawn = branch.below.add(_line(tree, run, branch.node in telling))
        waiting += [_Branch(child, drawn) for child in reversed(children[run[-1]])]
    if tree.left_out:
        top.add(Text(f"… and {tree.left_out:,} nodes that were left out", "dim"))
    return top


def alternatives_table(trace: Trace, output: int = 0) -> Table:
    """Each step of an output: its token and the likeliest ones, with their probabilities."""
    table = Table("step", "token", "p", "likeliest", box=box.SIMPLE_HEAD, header_style="bold")
    for number, step in enumerate(trace.alternatives[output], start=1):
        taken = next(each for each in step if each.taken)
        others = "  ".join(f"{label(each.token)} {_probability(each)}" for each in step)
        table.add_row(str(number), Text(label(taken.token)), _probability(taken), Text(others))
    return table


def _kept_children(tree: Tree) -> dict[int | None, list[int]]:
    """Of every node and, under None, those that outputs begin with."""
    children: dict[int | None, list[int]] = {number: [] for number in range(len(tree.nodes))}
    children[None] = []
    for number, node in enumerate(tree.nodes):
        if node.kept:
            children[node.parent].append(number)
    return children


def _run(tree: Tree, children: dict[int | None, list[int]], first: int) -> list[int]:
    """From a node down to where a branch or an output is."""
    run = [first]
    while len(children[run[-1]]) == 1 and tree.nodes[run[-1]].output is None:
        run += children[run[-1]]
    return run


def _line(tree: Tree, run: list[int], telling: bool) -> Text:
    last = tree.nodes[run[-1]]
    tokens = " ".join(label(tree.nodes[number].token) for number in run)
    line = Text(tokens, "" if telling else "dim").append(f"  {last.score:.3f}", "dim")
    return line if last.output is None else line.append(f"  ({last.output + 1})", "bold")


def _probability(alternative: Alternative) -> str:
    return f"{exp(alternative.log_prob):.3f}"
