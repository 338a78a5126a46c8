"""Trains and judges sequences that are not text: python -m benchmarks.series [ROW ...] [--out runs/series]

Each row trains its recipe from scratch, is judged on its test set, and writes result.json and pictures
in its folder; a row that has a result is not run again, and one that was stopped goes on where it was.
Ctrl-C stops a row with its state saved. docs/series.md is then written from all results: those of the
folder, and for other rows those that docs/results/series.json keeps from earlier runs.
"""

import argparse
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatch
from functools import partial
from pathlib import Path

from benchmarks.quality.rows import data_folder
from benchmarks.series.page import Results, write_page
from benchmarks.series.row import Result, Row
from benchmarks.series.rows import ROWS

PAGE = Path("docs/series.md")
KEPT = Path("docs/results/series.json")


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    made.add_argument("rows", nargs="*", default=["*"], help="names or patterns: 'forecast/*'")
    made.add_argument("--out", type=Path, default=Path("runs/series"))
    made.add_argument("--jobs", type=int, default=1, help="rows at a time, a process each")
    made.add_argument("--threads", type=int, default=1, help="of each row")
    made.add_argument("--list", action="store_true", help="only say what there is to run")
    made.add_argument("--page", action="store_true", help="only write the page anew")
    made.add_argument("--quick", action="store_true", help=argparse.SUPPRESS)
    return made


def main() -> None:
    options = parser().parse_args()
    rows = [row for row in ROWS if any(fnmatch(row.name, want) for want in options.rows)]
    if not rows:
        sys.exit(f"No row is named {', '.join(options.rows)}. See them with --list.")
    if options.list:
        print(listed(rows))
        return
    if any(row.files for row in rows) and not data_folder().is_dir():
        sys.exit(f"{data_folder()}: no data here. Set SEQLOOM_DATA to the folder that has it.")
    waiting = (
        [] if options.page else [row for row in rows if not _result(options.out, row).exists()]
    )
    # Rows that judge another one's model come after it.
    waves = [[row for row in waiting if bool(row.needs) == late] for late in (False, True)]
    codes: list[int] = []
    with ThreadPoolExecutor(options.jobs) as pool:
        for wave in waves:
            codes += pool.map(partial(run, options), wave)
    # Quick results say nothing: they never get to the real page.
    page, kept = (PAGE, KEPT)
    if options.quick:
        page, kept = (options.out / "docs" / path.name for path in (PAGE, KEPT))
    if results := keep(kept, options.out):
        write_page(ROWS, results, options.out, page)
    sys.exit(max(codes, default=0))


def listed(rows: list[Row]) -> str:
    lines = [f"{row.name:<28} {row.minutes:>4}  {row.recipe}" for row in rows]
    total = sum(row.minutes for row in rows)
    return "\n".join(["row                     CPU minutes  recipe", *lines, f"in all: {total}"])


def keep(kept: Path, out: Path) -> Results:
    """All results there are: those of the folder `out` take the place of older ones, and are kept."""
    results: dict[str, Result] = json.loads(kept.read_bytes()) if kept.exists() else {}
    found = [row.name for row in ROWS if _result(out, row).exists()]
    results |= {name: json.loads((out / name / "result.json").read_bytes()) for name in found}
    if found:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return results


def _result(out: Path, row: Row) -> Path:
    return out / row.name / "result.json"


def run(options: argparse.Namespace, row: Row) -> int:
    """One row in a process of its own, so that each has its own threads and memory."""
    absent = [name for name in row.needs if not (options.out / name / "result.json").exists()]
    if absent:
        print(f"{row.name}: left out, as it needs {', '.join(absent)}.", flush=True)
        return 1
    folder = options.out / row.name
    folder.mkdir(parents=True, exist_ok=True)
    print(f"{row.name}: about {row.minutes} CPU minutes; see {folder / 'log.txt'}", flush=True)
    log = folder / "log.txt"
    with log.open("a") as file:
        quick = ["--quick"] if options.quick else []
        module = [sys.executable, "-m", "benchmarks.series.run_row"]
        command = [*module, row.name, str(folder), str(options.out), *quick]
        environment = {**os.environ, "OMP_NUM_THREADS": str(options.threads)}
        done = subprocess.run(command, stdout=file, stderr=file, env=environment, check=False)
    if done.returncode:
        last = (log.read_text().strip().splitlines() or ["no reason given"])[-1]
        print(f"{row.name}: stopped: {last}", flush=True)
    return done.returncode


if __name__ == "__main__":
    main()
