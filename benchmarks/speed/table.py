"""The tables of docs/performance.md, between two markers; the prose around them is left alone."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.speed.growth import picture
from benchmarks.speed.sections.decoding import decoding
from benchmarks.speed.sections.growth import growth
from benchmarks.speed.sections.profile import profile
from benchmarks.speed.sections.quality import to_quality
from benchmarks.speed.sections.trained import trained
from benchmarks.speed.sections.training import training

BEGIN, END = "<!-- speed: begin -->", "<!-- speed: end -->"

_BY_WORKLOAD: dict[str, Callable[[str, Mapping[str, Any]], str]] = {
    "train": training,
    "decode": decoding,
    "profile": profile,
}
_ORDER = ("train", "decode", "growth", "profile", "int8", "to-quality")


def write_page(path: Path, results: Mapping[str, Any], out: Path) -> None:
    """The tables, and the pictures they link to as images/speed-NAME.png beside the page."""
    for name in results.get("growth", {}):
        target = path.parent / "images" / f"speed-{name}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(picture(out, name), target)
    write_between(path, tables(results, "images/speed-"))


def write_between(path: Path, text: str) -> None:
    """Replace what stands between the markers; a page that has none gets them at its end."""
    page = path.read_text("utf-8") if path.exists() else "# Performance\n"
    if BEGIN not in page:
        page = f"{page.rstrip()}\n\n{BEGIN}\n{END}\n"
    before, rest = page.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{before}{BEGIN}\n{text.strip()}\n{END}{after}", "utf-8")


def tables(results: Mapping[str, Any], pictures: str = "growth-") -> str:
    """All tables there are results for.

    pictures  what stands before NAME.png in links to the pictures of growth
    """
    parts = [_about(results.get("about", {}))]
    for part in _ORDER:
        if part not in results:
            continue
        if part in _BY_WORKLOAD:
            draw = _BY_WORKLOAD[part]
            parts += [draw(workload, entry) for workload, entry in results[part].items()]
        elif part == "growth":
            parts.append(growth(results[part], pictures))
        else:
            parts.append((trained if part == "int8" else to_quality)(results[part]))
    return "\n\n".join(filter(None, parts)) + "\n"


def _about(parts: Mapping[str, Mapping[str, Any]]) -> str:
    """When, where and how; parts that were measured by one command share a line."""
    together: dict[tuple[str, str], list[str]] = {}
    for part, about in parts.items():
        where = (
            f"on {about['processor']}, {about['cores']} cores, {about['threads']} threads, "
            f"torch {about['torch']}, with `{about['command']}`"
        )
        together.setdefault((about["date"], where), []).append(part)
    return "\n".join(
        f"- {', '.join(names)}: measured on {date} {where}"
        for (date, where), names in together.items()
    )
