"""The measured section of docs/serving.md, between two marks."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def write(results: Sequence[Path], page: Path) -> None:
    """Put the figures of results files, one after the other, where the page has its marks."""
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    found = [json.loads(each.read_text(encoding="utf-8")) for each in results]
    sections = "\n\n".join(map(section, found))
    page.write_text(f"{before}{BEGIN}\n{sections}\n{END}{after}", encoding="utf-8")


def section(found: dict[str, Any]) -> str:
    """Markdown; parts that were not run are left out."""
    parts = {
        "merging": _merging,
        "keystrokes": _keystrokes,
        "browser": _browser,
        "soak": _soak,
        "recovery": _recovery,
    }
    rows = [row for name, shown in parts.items() if name in found for row in shown(found[name])]
    setup, machine = found["setup"], found["machine"]
    lines = [
        f"{machine['processor']}, {machine['cores']} cores; load average before the run "
        f"{machine['load']:.1f}. Service: `seqloom serve --workers {setup['workers']} --threads "
        f"{setup['threads']}`; generator: `benchmarks/serve`, on the same machine over loopback; "
        f"model: {found['model']}, its own search; {setup['rounds']} rounds of "
        f"{setup['seconds']:g} s in turns, medians.",
        "",
        "| | asked for | measured |",
        "|---|---|---|",
        *(f"| {what} | {asked} | {figure} |" for what, asked, figure in rows),
        "",
        f"Command: `{found['command']}`",
    ]
    return "\n".join(lines)


Row = tuple[str, str, str]


def _merging(found: dict[str, Any]) -> list[Row]:
    rates, latency = found["requests_per_second"], found["p50_ms_of_one_client"]
    return [
        (
            f"throughput of {found['clients']} clients, merged / one by one",
            ">= 3 times",
            f"{rates['merged']:.0f} / {rates['one by one']:.0f} requests a second: "
            f"{found['throughput_ratio']:.1f} times",
        ),
        (
            "p50 latency of one client, merged / one by one",
            "<= 1.2 times",
            f"{latency['merged']:.1f} / {latency['one by one']:.1f} ms: "
            f"{found['p50_ratio']:.2f} times",
        ),
        ("ready after a cold start", "", f"{found['cold_start_seconds']:.1f} s"),
    ]


def _keystrokes(found: dict[str, Any]) -> list[Row]:
    figure = f"p50 {found['p50_ms']:.1f} ms, p95 {found['p95_ms']:.1f} ms"
    return [("an explanation after a keystroke (HTTP alone)", "p50 <= 50 ms", figure)]


def _browser(found: dict[str, Any]) -> list[Row]:
    if "missing" in found:
        return [
            (
                "the answer on the page after a keystroke",
                "p50 <= 50 ms",
                f"not measured: {found['missing']}",
            )
        ]
    what = f"the answer on the page after a keystroke ({found['browser']}, headless)"
    return [
        (what, "p50 <= 50 ms", _percentiles(found["in_the_document_ms"])),
        ("- painted", "", _percentiles(found["painted_ms"])),
    ]


def _percentiles(ms: dict[str, float]) -> str:
    return f"p50 {ms['p50']:.1f} ms, p95 {ms['p95']:.1f} ms"


def _soak(found: dict[str, Any]) -> list[Row]:
    minutes = f"{found['minutes']:g} minutes at twice the capacity"
    statuses = ", ".join(f"{number:,} x {code}" for code, number in found["statuses"].items())
    return [
        (f"{minutes} ({found['capacity_per_second']:.0f} a second)", "200, 429, 503", statuses),
        ("- arrivals for which the generator had no connection free", "", f"{found['unsent']:,}"),
        ("- accepted and never answered", "0", f"{found['never_answered']}"),
        ("- answers other than offline", "0", f"{found['other_than_offline']}"),
        (
            f"- memory after {found['settled_after_seconds']:.0f} s, most later, at the end",
            "no growth",
            f"{found['rss_mib_then']:.0f}, {found['rss_mib_most_later']:.0f}, "
            f"{found['rss_mib_at_the_end']:.0f} MiB",
        ),
    ]


def _recovery(found: dict[str, Any]) -> list[Row]:
    gaps = found["seconds_until_answered_again"]
    statuses = ", ".join(f"{n} x {code}" for code, n in found["failed_statuses"].items()) or "none"
    return [
        (
            f"answers again after kill -9 of a worker ({found['kills']} kills)",
            "<= 2 s",
            f"median {gaps['median']:.2f} s, most {gaps['most']:.2f} s",
        ),
        ("- requests that failed, all in flight there", "retryable", statuses),
    ]
