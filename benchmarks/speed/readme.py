"""What was to be reached (goals.py), and whether it was: the short table for the README.

Ours in decoding is an exported folder as it answers where the kernel was built. A ratio is formed within
rounds, as in the long tables. The best peer of a line is the one with the best median of that figure;
CTranslate2 runs a Transformer of the size and is a peer of speed only.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchmarks.speed.cells import SYSTEM, Get, Turns, cell, column, milliseconds, named, pipes
from benchmarks.speed.goals import (
    BATCH,
    BEAM,
    LOSS,
    MEMORY,
    MINUTES,
    PEAK,
    PEAK_PLAIN,
    SINGLE,
    SINGLE_TRANSFORMER,
    SIZE,
    START,
    TRAINING,
    Goal,
)
from benchmarks.speed.sections.quality import race
from benchmarks.speed.sections.trained import changes, scores_of, size_ratio
from benchmarks.speed.sections.training import shares_of_peak
from benchmarks.speed.summary import Rounds, best, middle, ratio

DECODING = "seqloom-kernel"
_PYTHON = ("opennmt", "joeynmt", "yoyodyne")
_TRANSFORMER = "ctranslate2"

HEAD = ("workload", "", "ours", "best peer", "ratio", "to reach", "")

Line = list[str]


def readme(results: Mapping[str, Any]) -> str:
    """The table, and when, where and with which command it was measured."""
    lines = [line for workload in ("pron", "mt") for line in _lines(workload, results)]
    lines += _races(results.get("to-quality", {}))
    return f"{pipes(HEAD, lines)}\n\n{_where(results.get('about', {}))}\n"


def _lines(workload: str, results: Mapping[str, Any]) -> Iterator[Line]:
    if entry := results.get("train", {}).get(workload):
        yield from _training(workload, entry)
    if entry := results.get("decode", {}).get(workload):
        yield from _decoding(workload, entry["systems"])
    if runs := results.get("int8"):
        yield from _bits(workload, runs)


def _training(workload: str, entry: Mapping[str, Any]) -> Iterator[Line]:
    turns: Turns = entry["systems"]
    rates = {name: column(rounds, named("train")) for name, rounds in turns.items()}
    peers = [name for name in _PYTHON if name in turns]
    yield _ratio(
        workload, "training, target tokens/s", rates, "seqloom", peers, TRAINING, form=",.0f"
    )
    shares = {name: shares_of_peak(name, workload, entry) for name in turns}
    for name, title, goal in (
        ("seqloom", "fraction of the matrix product's peak", PEAK),
        ("seqloom-no-feeding", "the same without input feeding", PEAK_PLAIN),
    ):
        rivals = peers if name == "seqloom" else []
        yield _value(workload, title, shares, name, rivals, goal, form=".0%")


def _decoding(workload: str, turns: Turns) -> Iterator[Line]:
    peers = [name for name in turns if SYSTEM[name].peer]
    recurrent = [name for name in peers if name != _TRANSFORMER]
    transformer = [name for name in peers if name == _TRANSFORMER]

    def figures(get: Get) -> dict[str, list[float | None]]:
        return {name: column(rounds, get) for name, rounds in turns.items()}

    single = figures(milliseconds(0.5))
    for rivals, goal, against in (
        (recurrent, SINGLE, "recurrent peers"),
        (transformer, SINGLE_TRANSFORMER, "a Transformer"),
    ):
        title = f"greedy, batch 1, p50 ms, against {against}"
        yield _ratio(workload, title, single, DECODING, rivals, goal, form=".2f", lowest=True)
    for title, key, goal in (
        ("greedy, batch 64, tokens/s", "greedy", BATCH),
        ("beam 5, batch 64, tokens/s", "beam", BEAM),
    ):
        yield _ratio(workload, title, figures(named(key)), DECODING, peers, goal, form=",.0f")
    for title, key, goal, form in (
        ("start-up to the first answer, s", "start", START, ".2f"),
        ("resident memory, MB", "memory_mb", MEMORY, ".0f"),
    ):
        yield _value(workload, title, figures(named(key)), DECODING, peers, goal, form=form)


def _ratio(
    workload: str,
    title: str,
    figures: Mapping[str, Rounds],
    ours: str,
    peers: Sequence[str],
    goal: Goal,
    *,
    form: str,
    lowest: bool = False,
) -> Line:
    """A line whose goal is a ratio to the best peer; for times, how many times faster."""
    rival = best({name: figures[name] for name in peers}, lowest=lowest)
    mine, theirs = figures.get(ours, ()), figures[rival] if rival else ()
    found = ratio(theirs, mine) if lowest else ratio(mine, theirs)
    return [
        *(workload, title, cell(middle(mine), form), _peer(rival, theirs, form)),
        *(cell(found, ".2f", "x"), goal.shown(workload, "g", "x"), _verdict(goal, workload, found)),
    ]


def _value(
    workload: str,
    title: str,
    figures: Mapping[str, Rounds],
    ours: str,
    peers: Sequence[str],
    goal: Goal,
    *,
    form: str,
) -> Line:
    """A line whose goal is our own figure; the best peer's stands beside it."""
    rival = best({name: figures[name] for name in peers}, lowest=not goal.at_least)
    mine, theirs = figures.get(ours, ()), figures[rival] if rival else ()
    found = middle(mine)
    against = cell(ratio(mine, theirs), ".2f", "x")
    return [
        *(workload, title, cell(found, form), _peer(rival, theirs, form), against),
        *(goal.shown(workload, _goal_form(form), ""), _verdict(goal, workload, found)),
    ]


def _goal_form(form: str) -> str:
    return form if form.endswith("%") else "g"


def _peer(name: str | None, rounds: Rounds, form: str) -> str:
    return "-" if name is None else f"{cell(middle(rounds), form)} ({name})"


def _verdict(goal: Goal, workload: str, found: float | None) -> str:
    if found is None:
        return "not measured"
    return _met(goal.met(workload, found))


def _met(reached: bool) -> str:
    return "met" if reached else "missed"


def _bits(workload: str, runs: Mapping[str, Any]) -> Iterator[Line]:
    """Size and quality in 8 bits: of several runs each figure stands there, and the worst decides."""
    metric, title, sign = ("wer", "WER", 1) if workload == "pron" else ("bleu", "BLEU", -1)
    scored = scores_of(runs, metric)
    sizes = {name: size_ratio(run) for name, run in scored.items()}
    moved = {
        name: round(rounded - exact, 2)
        for name, run in scored.items()
        for each, exact, rounded in changes(run)
        if each == metric
    }
    told = ", ".join(
        f"{run['int8_megabytes']:.1f} of {run['weights_megabytes']:.1f} MB ({name})"
        for name, run in scored.items()
    )
    worst = max(sizes.values(), default=None)
    yield [
        *(workload, "export in 8 bits, against the weights in 32", told or "-", ""),
        *(cell(worst, ".2f", "x"), SIZE.shown(workload, "g", "x")),
        _verdict(SIZE, workload, worst),
    ]
    told = ", ".join(f"{change:+.2f} ({name})" for name, change in moved.items())
    worst = max((sign * change for change in moved.values()), default=None)
    limit = f"{'<= +' if sign > 0 else '>= -'}{LOSS.of(workload):g}"
    yield [
        *(workload, f"change of {title} in 8 bits", told or "-", "", ""),
        *(limit, _verdict(LOSS, workload, worst)),
    ]


def _races(entry: Mapping[str, Any]) -> Iterator[Line]:
    """Every language has to be reached in a third of the time."""
    if not entry:
        return
    races = {language: race(systems) for language, systems in entry.items()}
    ours = " / ".join(cell(found.ours, ".1f") for found in races.values())
    peers = " / ".join(f"{cell(r.theirs, '.1f')} ({r.peer or '-'})" for r in races.values())
    ratios = [found.ratio for found in races.values()]
    reached = all(each is not None and each <= MINUTES for each in ratios)
    known = all(found.theirs is not None for found in races.values())
    shown = " / ".join(cell(each, ".2f", "x") for each in ratios)
    title = f"minutes to the best peer's dev WER, {' / '.join(races)}"
    yield ["g2p15", title, ours, peers, shown, "<= 1/3", _met(reached) if known else "not measured"]


def _where(about: Mapping[str, Mapping[str, Any]]) -> str:
    """A line for each day and machine, with all commands of it."""
    commands: dict[str, list[str]] = {}
    for each in about.values():
        place = (
            f"Measured on {each['date']} on {each['processor']}, {each['cores']} cores, "
            f"{each['threads']} threads"
        )
        commands.setdefault(place, []).append(f"`{each['command']}`")
    return "\n".join(
        f"{place}, with {', '.join(dict.fromkeys(typed))}." for place, typed in commands.items()
    )
