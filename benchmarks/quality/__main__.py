"""Reruns the quality table: python -m benchmarks.quality [ROW ...] [--jobs 2]

Each row trains its recipe from scratch, answers the test set and writes result.json in its folder;
a row that has one is not run again, and one that was stopped goes on where it was. The table is then
written to docs/quality.md.
"""

import argparse
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatch
from pathlib import Path

from benchmarks.quality.rows import ROWS, data_folder
from benchmarks.quality.table import write_table


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "rows", nargs="*", default=["*"], help="names or patterns, such as 'g2p15/*'"
    )
    parser.add_argument("--out", type=Path, default=Path("runs/quality"))
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, help="rows at a time, a thread each"
    )
    options = parser.parse_args()
    if not data_folder().is_dir():
        sys.exit(
            f"{data_folder()}: no data here. Set SEQLOOM_DATA to the folder with g2p15, cmudict, multi30k."
        )
    chosen = [row.name for row in ROWS if any(fnmatch(row.name, want) for want in options.rows)]
    waiting = [name for name in chosen if not (options.out / name / "result.json").exists()]
    threads = max(1, (os.cpu_count() or 1) // options.jobs)
    with ThreadPoolExecutor(options.jobs) as pool:
        codes = list(pool.map(lambda name: _run(name, options.out, threads), waiting))
    results = {
        row.name: json.loads(path.read_text())
        for row in ROWS
        if (path := options.out / row.name / "result.json").exists()
    }
    write_table(results, Path("docs/quality.md"))
    sys.exit(max(codes, default=0))


def _run(name: str, out: Path, threads: int) -> int:
    """One row in a process of its own, so that each has its own threads and memory."""
    folder = out / name
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "log.txt").open("a") as log:
        command = [sys.executable, "-m", "benchmarks.quality.row", name, str(folder)]
        environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
        return subprocess.run(
            command, stdout=log, stderr=log, env=environment, check=False
        ).returncode


if __name__ == "__main__":
    main()
