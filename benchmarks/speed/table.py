"""The tables of docs/performance.md, between two markers; the prose around them is left alone."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.speed.flops import training_flops
from benchmarks.speed.summary import best, middle, percentile, ratio, spread
from benchmarks.speed.systems import SYSTEMS, Figures
from benchmarks.speed.workload import SHAPES

BEGIN, END = "<!-- speed: begin -->", "<!-- speed: end -->"

Get = Callable[[Figures], float | None]
Turns = Mapping[str, Sequence[Figures]]

_SYSTEM = {system.name: system for system in SYSTEMS}


def write_between(path: Path, text: str) -> None:
    """Replace what stands between the markers; a page that has none gets them at its end."""
    page = path.read_text("utf-8") if path.exists() else "# Performance\n"
    if BEGIN not in page:
        page = f"{page.rstrip()}\n\n{BEGIN}\n{END}\n"
    before, rest = page.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{before}{BEGIN}\n{text.strip()}\n{END}{after}", "utf-8")


def tables(results: Mapping[str, Any]) -> str:
    """All tables there are results for."""
    parts = [_about(results)]
    for part, draw in (("train", _training), ("decode", _decoding)):
        for workload, entry in results.get(part, {}).items():
            parts.append(draw(workload, entry))
    if "to-quality" in results:
        parts.append(_to_quality(results["to-quality"]))
    return "\n\n".join(filter(None, parts)) + "\n"


def _about(results: Mapping[str, Any]) -> str:
    about = results.get("about")
    if not about:
        return ""
    return (
        f"Measured on {about['date']} on {about['processor']}, {about['cores']} cores, "
        f"{about['threads']} threads, torch {about['torch']}, with `{about['command']}`. Systems took "
        "turns; figures are medians over the rounds, with the lowest and highest in brackets; ratios "
        "are medians of the ratios within each round."
    )


def _training(workload: str, entry: Mapping[str, Any]) -> str:
    turns: Turns = entry["systems"]
    peers = {name: t for name, t in turns.items() if _SYSTEM[name].peer}
    rates = {name: column(t, _named("train")) for name, t in turns.items()}
    first = best({name: rates[name] for name in peers}, lowest=False)
    rows: list[list[str]] = []
    for name, rounds in turns.items():
        against = ratio(rates[name], rates[first]) if first else None
        share = middle(_shares(name, workload, entry))
        memory = middle(column(rounds, _named("peak_mb")))
        cells = [_ranged(rates[name], ",.0f"), _cell(against, ".2f", "x"), _cell(share, ".0%")]
        rows.append([name, *cells, _cell(memory, ".0f"), _note(name, rounds)])
    head = ["system", "target tokens/s", f"against {first}", "of peak", "peak MB", "note"]
    return f"### Training, {workload}\n\n{_pipes(head, rows)}\n\n{_peaks(workload, entry)}"


def flops_per_token(name: str, workload: str, entry: Mapping[str, Any]) -> float:
    """Operations of training for one target token of the workload's data."""
    data = entry["data"]
    return training_flops(
        SHAPES[workload],
        data["target_vocabulary"] + 4,
        data["source_tokens"] / data["target_tokens"],
        data["source_tokens"] / data["pairs"],
        _SYSTEM[name].feeding,
    )


def _shares(name: str, workload: str, entry: Mapping[str, Any]) -> list[float | None]:
    """Fraction of the round's peak, which is the mean of before and after, for each round."""
    work = flops_per_token(name, workload, entry)
    shares: list[float | None] = []
    for turn, both in zip(entry["systems"][name], entry["peaks"], strict=False):
        peak = [gflops for gflops in both if gflops]
        rate = turn.get("train")
        known = rate is not None and peak
        shares.append(rate * work / (1e9 * sum(peak) / len(peak)) if known else None)
    return shares


def _peaks(workload: str, entry: Mapping[str, Any]) -> str:
    peaks = [gflops for both in entry["peaks"] for gflops in both if gflops]
    if not peaks:
        return ""
    work = flops_per_token("seqloom", workload, entry) / 1e6
    plain = flops_per_token("seqloom-no-feeding", workload, entry) / 1e6
    return (
        f"Peak: a large matrix product ran at {min(peaks):.0f} to {max(peaks):.0f} GFLOP/s. "
        f"A target token takes {work:.1f} million operations, {plain:.1f} without input feeding."
    )


_DECODING: list[tuple[str, Get, str]] = [
    ("greedy, batch 1, p50 ms", lambda f: _percentile(f, 0.5), ".2f"),
    ("p95 ms", lambda f: _percentile(f, 0.95), ".2f"),
    ("greedy, batch 64, tokens/s", lambda f: f.get("greedy"), ",.0f"),
    ("beam 5, batch 64, tokens/s", lambda f: f.get("beam"), ",.0f"),
    ("first answer, s", lambda f: f.get("start"), ".2f"),
    ("MB", lambda f: f.get("memory_mb"), ".0f"),
    ("peak MB", lambda f: f.get("peak_mb"), ".0f"),
]


def _decoding(workload: str, entry: Mapping[str, Any]) -> str:
    turns: Turns = entry["systems"]
    rows: list[list[str]] = []
    for name, rounds in turns.items():
        cells = [_cell(middle(column(rounds, get)), form) for _, get, form in _DECODING]
        rows.append([name, *cells, _note(name, rounds)])
    head = ["system", *(title for title, _, _ in _DECODING), "note"]
    head_of_ratios, ratios = _ratios(turns)
    compared = f"\n\n{_pipes(head_of_ratios, ratios)}" if ratios and len(head_of_ratios) > 1 else ""
    title = f"### Decoding, {workload}, {SHAPES[workload].steps} steps an output"
    return f"{title}\n\n{_pipes(head, rows)}{compared}"


def _ratios(turns: Turns) -> tuple[list[str], list[list[str]]]:
    """How many times faster each of our ways is than the best peer, by round."""
    ours = [name for name in turns if not _SYSTEM[name].peer]
    recurrent = [name for name in turns if _SYSTEM[name].peer and name != "ctranslate2"]
    rows: list[list[str]] = []
    for title, get, lowest in (
        ("batch 1", lambda f: _percentile(f, 0.5), True),
        ("batch 64", lambda f: f.get("greedy"), False),
        ("beam 5", lambda f: f.get("beam"), False),
    ):
        figures = {name: column(turn, get) for name, turn in turns.items()}
        for rivals in (recurrent, ["ctranslate2"] if "ctranslate2" in turns else []):
            rival = best({name: figures[name] for name in rivals}, lowest=lowest)
            if rival is None:
                continue
            cells = [
                ratio(figures[rival], figures[name])
                if lowest
                else ratio(figures[name], figures[rival])
                for name in ours
            ]
            rows.append([f"{title}, against {rival}", *(_cell(cell, ".2f", "x") for cell in cells)])
    return ["times faster", *ours], rows


def _to_quality(entry: Mapping[str, Any]) -> str:
    rows: list[list[str]] = []
    for language, systems in entry.items():
        for name, found in systems.items():
            rows.append(
                [
                    language,
                    name,
                    _cell(found.get("lowest"), ".2f"),
                    _cell(found.get("target"), ".2f"),
                    _cell(found.get("minutes"), ".1f"),
                    _cell(found.get("total"), ".1f"),
                    found.get("failed", ""),
                ]
            )
    head = [
        "language",
        "system",
        "lowest dev WER",
        "best peer's WER",
        "minutes to it",
        "minutes in all",
        "note",
    ]
    return f"### Time to quality, g2p15, dev set, greedy\n\n{_pipes(head, rows)}"


def column(rounds: Sequence[Figures], get: Get) -> list[float | None]:
    return [get(figures) for figures in rounds]


def _named(name: str) -> Get:
    return lambda figures: figures.get(name)


def _percentile(figures: Figures, share: float) -> float | None:
    times = figures.get("milliseconds")
    return percentile(times, share) if times else None


def _cell(value: float | None, form: str, unit: str = "") -> str:
    return "-" if value is None else f"{value:{form}}{unit}"


def _ranged(rounds: Sequence[float | None], form: str) -> str:
    ends = spread(rounds)
    if ends is None:
        return "-"
    low, high = ends
    return f"{_cell(middle(rounds), form)} ({low:{form}} to {high:{form}})"


def _note(name: str, rounds: Sequence[Figures]) -> str:
    """What to know of the system, and why a turn of it failed."""
    failed = next((figures["failed"] for figures in rounds if "failed" in figures), "")
    return "; ".join(filter(None, (_SYSTEM[name].note, failed.replace("|", "/"))))


def _pipes(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
