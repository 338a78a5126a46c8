"""A few rows in which every two choices meet.

All combinations of eight factors are far too many to test, yet most bugs take no more than two
choices to show. So the rows are picked one by one, each taking in as many new pairs as it can.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

Row = dict[str, int]
"""For each factor the number of a choice."""
Pair = tuple[tuple[str, int], ...]
"""Two factors, each with the number of a choice."""


def covering(factors: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """Rows with one choice for each factor. Any choice of any factor meets every choice of every
    other one in some row."""
    missing = {
        ((one, i), (two, j)): None
        for one, two in combinations(sorted(factors), 2)
        for i in range(len(factors[one]))
        for j in range(len(factors[two]))
    }
    rows: list[Row] = []
    while missing:
        row = _filled(dict(next(iter(missing))), factors, missing, rows)
        for pair in _pairs(row):
            missing.pop(pair, None)
        rows.append(row)
    return [{name: factors[name][row[name]] for name in factors} for row in rows]


def _filled(
    row: Row,
    factors: Mapping[str, Sequence[Any]],
    missing: Mapping[Pair, None],
    rows: Sequence[Row],
) -> Row:
    """The row with its other factors chosen one after the other: each for the most new pairs, and
    among equals the choice that was made least often."""
    for name in [name for name in factors if name not in row]:
        options = [{**row, name: choice} for choice in range(len(factors[name]))]
        row = max(
            options,
            key=lambda option: (
                sum(pair in missing for pair in _pairs(option)),
                -sum(other[name] == option[name] for other in rows),
            ),
        )
    return row


def _pairs(row: Row) -> list[Pair]:
    return list(combinations(sorted(row.items()), 2))
