"""Reruns the documents table: python -m benchmarks.documents [ROW ...] [--out OUT] [--seeds 1 2 3]

A row is named SET/ROW, and patterns choose many: 'imdb/*', '*/han'. Each cell, a row with a seed,
trains from scratch in a process of its own, answers the test set and writes result.json in its folder;
one that has a result is not run again, and one that was stopped goes on where it was. The tables and
pictures are then written to docs/documents-results.md and docs/images.
"""

import argparse
import json
import os
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

from benchmarks.documents.page import write_page
from benchmarks.documents.rows import Cell, cells, set_named
from benchmarks.documents.sets import files_of
from benchmarks.quality.rows import data_folder


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("rows", nargs="*", default=["*"], help="SET/ROW, or patterns")
    parser.add_argument("--out", type=Path, default=Path("runs/documents"))
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--docs", type=Path, default=Path("docs"), help="where the page goes")
    options = parser.parse_args()
    if not data_folder().is_dir():
        sys.exit(
            f"{data_folder()}: no data here. Set SEQLOOM_DATA to the folder with imdb, newsgroups."
        )
    chosen = [
        cell
        for cell in cells(options.seeds)
        if any(fnmatch(f"{cell.set}/{cell.row}", want) for want in options.rows)
    ]
    codes = [_run(cell, options.out) for cell in chosen if not _result(cell, options.out).exists()]
    found = {
        Cell.named("/".join(path.parts[-4:-1])): json.loads(path.read_text())
        for path in sorted(options.out.glob("*/*/*/result.json"))
    }
    write_page(found, options.docs)
    sys.exit(max(codes, default=0))


def _result(cell: Cell, out: Path) -> Path:
    return out / cell.name / "result.json"


def _run(cell: Cell, out: Path) -> int:
    files_of(set_named(cell.set), out / "data" / cell.set)
    folder = out / cell.name
    folder.mkdir(parents=True, exist_ok=True)
    print(cell.name, flush=True)
    threads = os.environ.get("OMP_NUM_THREADS", str(os.cpu_count() or 1))
    with (folder / "log.txt").open("a") as log:
        command = [sys.executable, "-m", "benchmarks.documents.cell", cell.name, str(out)]
        environment = {**os.environ, "OMP_NUM_THREADS": threads}
        code = subprocess.run(
            command, stdout=log, stderr=log, env=environment, check=False
        ).returncode
    if code:
        print(f"{cell.name}: failed; see {folder / 'log.txt'}", file=sys.stderr)
    return code


if __name__ == "__main__":
    main()
