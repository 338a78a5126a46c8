"""Growth as pictures, and in words what a corpus ten times as large costs."""

from collections.abc import Mapping, Sequence

from benchmarks.speed.systems import Figures

_ABOUT = {
    "length": "tokens of source and target",
    "batch": "pairs side by side",
    "vocabulary": "units of the target vocabulary",
    "hidden": "features of an encoder direction; the decoder has twice as many",
    "pairs": "pairs of the corpus",
}


def growth(series: Mapping[str, Sequence[Figures]], pictures: str) -> str:
    """pictures  what stands before NAME.png in the links to them"""
    parts = ["### Growth, all else as in pron"]
    parts += [f"![{name}: {_ABOUT[name]}]({pictures}{name}.png)" for name in series]
    parts += [corpus(series.get("pairs", ())), *_missing(series)]
    return "\n\n".join(filter(None, parts))


def corpus(points: Sequence[Figures]) -> str:
    """The largest corpus against the smallest; nothing where one of them was not measured."""
    known = [point for point in points if point.get("seconds") and point.get("epoch_seconds")]
    if len(known) < 2:
        return ""
    first, last = known[0], known[-1]
    times = {key: last[key] / first[key] for key in ("value", "seconds", "epoch_seconds")}
    memory = last["train_mb"] / first["train_mb"]
    return (
        f"A corpus {times['value']:.3g} times as large ({last['value']:,} pairs against "
        f"{first['value']:,}) took {times['seconds']:.1f} times as long to read, encode and train on "
        f"for one epoch ({times['epoch_seconds']:.1f} times for the epoch alone), and "
        f"{memory:.2f} times the memory ({last['train_mb']:.0f} MB against {first['train_mb']:.0f})."
    )


def _missing(series: Mapping[str, Sequence[Figures]]) -> list[str]:
    """The points that were not measured, with the reason."""
    return [
        f"- {name} {point['value']:,}: {point[key]}"
        for name, points in series.items()
        for point in points
        for key in ("failed", "kernel_failed")
        if key in point
    ]
