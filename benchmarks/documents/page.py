"""The documents table as a page with pictures. What has not been run is not on it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.documents.plots import plot_deletion, plot_lengths
from benchmarks.documents.rows import Cell, Row, rows
from benchmarks.documents.sets import SETS, Set
from benchmarks.documents.verdict import compared, gaps
from seqloom.lab.summary import Estimate, estimate

Result = dict[str, Any]
Results = dict[Cell, Result]

HEAD = """# Documents: what was measured

Made with `python -m benchmarks.documents` from the recipe `han2016`; the settings of each row stand in
[benchmarks/documents/rows](../benchmarks/documents/rows), what the sets are in
[benchmarks/documents/sets.py](../benchmarks/documents/sets.py). A tenth of each training set is the dev
set; scores are of the test set, in percent. With several seeds: their mean, and the 95% interval of the
mean by Student's t. Minutes are wall-clock, validations included, whatever else the machine was doing; CPU
minutes are the process's own; a mean that a seed lacks its part of is left out. Words are counted as the
model reads them, punctuation included. The sentence below a table gives the 95% interval of HAN's
difference from each other row, in points, by Welch's t; the bag of words is not drawn by chance and
counts as exact. Many comparisons are made, and none is corrected for that.
"""


def write_page(found: Results, docs: Path) -> None:
    parts = [HEAD, *(_of_set(each, found, docs) for each in SETS)]
    (docs / "documents-results.md").write_text("\n".join(filter(None, parts)), "utf-8")


def _of_set(chosen: Set, found: Results, docs: Path) -> str:
    runs = {row: _runs(found, chosen, row) for row in rows()}
    runs = {row: results for row, results in runs.items() if results}
    if not runs:
        return ""
    parts = [f"## {chosen.name}: {chosen.about}\n", _scores(runs), _lengths(chosen, runs, docs)]
    parts += [_costs(runs), _deletion(chosen, runs, docs)]
    return "\n".join(filter(None, parts))


def _runs(found: Results, chosen: Set, row: Row) -> list[Result]:
    return [
        result for cell, result in found.items() if (cell.set, cell.row) == (chosen.name, row.name)
    ]


def _scores(runs: dict[Row, list[Result]]) -> str:
    names = ("accuracy", "macro_f1", "ece")
    table = _table(
        ["model", "accuracy", "macro-F1", "calibration error", "seeds"],
        [
            [row.about, *(_mean(results, _score(name)) for name in names), str(len(results))]
            for row, results in runs.items()
        ],
    )
    heads = {"Accuracy": "accuracy", "Macro-F1": "macro_f1"}
    told = (_compared(what, runs, _score(name)) for what, name in heads.items())
    return "\n".join([table, *filter(None, told)])


def _compared(
    what: str, runs: dict[Row, list[Result]], value: Callable[[Result], float | None]
) -> str:
    """A paragraph, without rows in which a value is missing."""
    values = {row.about: [value(result) for result in results] for row, results in runs.items()}
    whole = {
        name: [each for each in column if each is not None]
        for name, column in values.items()
        if None not in column
    }
    told = compared(what, whole, [row.about for row in runs if row.seeds == 1])
    return f"{told}\n" if told else ""


def _score(name: str) -> Callable[[Result], float]:
    return lambda result: float(result["scores"][name]["value"])


def _lengths(chosen: Set, runs: dict[Row, list[Result]], docs: Path) -> str:
    """Accuracy by the number of words, parted by blanks, in the document."""
    bins = next(iter(runs.values()))[0]["lengths"]
    heads = [f"{_span(each)} ({each['documents']:,})" for each in bins]
    estimates = {row.about: _by_length(results) for row, results in runs.items()}
    plot_lengths([_span(each) for each in bins], estimates, _picture(docs, chosen, "lengths"))
    cells = [[name, *map(_told, each)] for name, each in estimates.items()]
    table = _table(["accuracy by words (documents)", *heads], cells)
    longest = _compared(
        f"Accuracy from {_span(bins[-1])} words on".replace("+", ""),
        runs,
        lambda result: result["lengths"][-1]["accuracy"],
    )
    picture = f"![Accuracy by length](images/documents-{chosen.name}-lengths.png)\n"
    return "\n".join(filter(None, [table, longest, picture]))


def _by_length(results: Sequence[Result]) -> list[Estimate | None]:
    columns = zip(*(result["lengths"] for result in results), strict=True)
    values = [[each["accuracy"] for each in column] for column in columns]
    return [None if None in column else estimate(column) for column in values]


def _span(each: dict[str, Any]) -> str:
    return f"{each['from']}+" if each["to"] is None else f"{each['from']}-{each['to'] - 1}"


def _costs(runs: dict[Row, list[Result]]) -> str:
    columns: dict[str, Callable[[Result], float | None]] = {
        "minutes": lambda result: result["minutes"],
        "CPU minutes": lambda result: result["cpu_minutes"],
        "threads": lambda result: result["threads"],
        "words/s": lambda result: result["words_per_second"],
        "words/CPU s": lambda result: result["words_per_cpu_second"],
        "of the matrix peak, %": lambda result: _percent(result.get("of_peak")),
        "padding of words, %": lambda result: _percent(result.get("padding")),
        "of sentences, %": lambda result: _percent(result.get("sentence_padding")),
    }
    table = _table(
        ["training", *columns],
        [
            [
                row.about,
                *(_plain([value(result) for result in results]) for value in columns.values()),
            ]
            for row, results in runs.items()
        ],
    )
    longest = max(result["minutes"] for results in runs.values() for result in results)
    return f"{table}\nThe longest training took {longest:.1f} minutes.\n"


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _plain(values: Sequence[float | None]) -> str:
    """The mean; empty where a seed has no value, so that a mean is always of all seeds."""
    known = [value for value in values if value is not None]
    if not known or len(known) < len(values):
        return ""
    mean = sum(known) / len(known)
    return f"{mean:,.0f}" if mean >= 100 else f"{mean:.1f}"


def _deletion(chosen: Set, runs: dict[Row, list[Result]], docs: Path) -> str:
    """For rows with attention: what taking out units does to the probability of the label given."""
    tested = {row: results for row, results in runs.items() if "deletion" in results[0]}
    if not tested:
        return ""
    plot_deletion(
        {row.about: [result["deletion"] for result in results] for row, results in tested.items()},
        _picture(docs, chosen, "deletion"),
    )
    cells = [
        [row.about, results[0]["deletion"][at]["unit"] + "s"]
        + [_mean(results, _gap(at, one, other)) for one, other in _GAPS]
        for row, results in tested.items()
        for at in (0, 1)
    ]
    heads = ["deletion test", "taken out", "most below random", "most below least"]
    told = "\n\n".join(_gaps_told(tested, upper) for upper, _ in _GAPS)
    drawn = tested_documents(tested)
    return (
        f"{_table(heads, cells)}\n{told}\n\nPoints of the probability of the label given by which the "
        f"curve lies lower, in the mean over shares from 0 to a half, {drawn} documents drawn from the "
        f"test set. In the picture: means over seeds, and the range of the seeds.\n\n"
        f"![Deletion](images/documents-{chosen.name}-deletion.png)\n"
    )


_GAPS = (("random", "most"), ("least", "most"))


def _gaps_told(tested: dict[Row, list[Result]], upper: str) -> str:
    return gaps(
        {
            f"{results[0]['deletion'][at]['unit']}s of {row.about}": [
                _gap(at, upper, "most")(result) for result in results
            ]
            for row, results in tested.items()
            for at in (0, 1)
        },
        {"random": "taking out random ones", "least": "taking out what weighs least"}[upper],
    )


def tested_documents(tested: dict[Row, list[Result]]) -> int:
    return min(each["documents"] for results in tested.values() for each in results[0]["deletion"])


def _gap(at: int, upper: str, lower: str) -> Callable[[Result], float]:
    """The mean distance between two curves, by trapezoids as in predict/deletion.py."""

    def gap(result: Result) -> float:
        told = result["deletion"][at]
        shares = told["shares"]
        apart = [a - b for a, b in zip(told["curves"][upper], told["curves"][lower], strict=True)]
        steps = zip(shares, shares[1:], apart, apart[1:], strict=False)
        area = sum((right - left) * (a + b) / 2 for left, right, a, b in steps)
        return 100 * area / (shares[-1] - shares[0])

    return gap


def _mean(results: Sequence[Result], value: Callable[[Result], float]) -> str:
    return _told(estimate([value(result) for result in results]))


def _told(value: Estimate | None) -> str:
    return "" if value is None else str(value)


def _picture(docs: Path, chosen: Set, kind: str) -> Path:
    path = docs / "images" / f"documents-{chosen.name}-{kind}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _table(heads: Sequence[str], cells: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in cells), ""])
