"""Scores by group: for the embedded dates, by language."""

from typing import TYPE_CHECKING

from seqloom.cli.table import columns

if TYPE_CHECKING:
    from seqloom.evaluation import Evaluation
    from seqloom.metrics import Report

_PREFIX = "dates:"


def group_of(origin: str) -> str:
    """The language in 'dates:LANGUAGE:STYLE:NUMBER'; nothing for other origins."""
    return origin.split(":")[1] if origin.startswith(_PREFIX) else ""


def by_group(evaluation: "Evaluation") -> dict[str, "Report"]:
    """A report for each group in the test set, by name; no intervals, no perplexity."""
    from seqloom.metrics import evaluate

    places: dict[str, list[int]] = {}
    for place, example in enumerate(evaluation.examples):
        if group := group_of(example.origin):
            places.setdefault(group, []).append(place)
    names = [score.name for score in evaluation.report.scores if score.name != "perplexity"]
    return {
        group: evaluate(
            [evaluation.results[place].text for place in places[group]],
            [evaluation.references[place] for place in places[group]],
            names,
            bootstrap=0,
        )
        for group in sorted(places)
    }


def group_table(reports: dict[str, "Report"]) -> str:
    """A line for each group."""
    scores = [score.name for score in next(iter(reports.values())).scores]
    rows = [
        [group, f"{report.items:,}", *(f"{score.value:.2f}" for score in report.scores)]
        for group, report in reports.items()
    ]
    return columns(["group", "items", *scores], rows)
