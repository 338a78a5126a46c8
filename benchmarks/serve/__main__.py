"""Load the service and write down how it did.

python -m benchmarks.serve RUN --out serve.json                 everything but the soak
python -m benchmarks.serve RUN --out serve.json --soak 10       with 10 minutes of overload
python -m benchmarks.serve --table serve.json                   the figures into docs/serving.md
"""

import argparse
import json
import os
import platform
import shlex
import sys
from pathlib import Path
from typing import Any

from benchmarks.serve import browser, parts, table

PAGE = Path(__file__).parents[2] / "docs" / "serving.md"
PARTS = ("merging", "keystrokes", "browser", "recovery", "soak")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.serve", description=__doc__)
    parser.add_argument("run", nargs="?", type=Path, help="the run folder to serve")
    parser.add_argument("--out", type=Path, help="where the figures go, as JSON")
    parser.add_argument("--sources", type=Path, help="a source a line; default: the test set")
    parser.add_argument("--only", choices=PARTS, action="append", help="repeatable")
    parser.add_argument("--seconds", type=float, default=10.0, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--soak", type=float, default=0.0, metavar="MINUTES")
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument(
        "--table", type=Path, nargs="+", metavar="JSON", help="write them into docs/serving.md"
    )
    asked = parser.parse_args()
    if asked.table:
        table.write(asked.table, PAGE)
    elif asked.run and asked.out:
        found = _measured(asked)
        asked.out.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
        print(table.section(found))
    else:
        parser.error("give RUN and --out, or --table")


def _measured(asked: argparse.Namespace) -> dict[str, Any]:
    load = os.getloadavg()[0]
    model, sources, offline = _asked_offline(asked.run, asked.sources)
    setup = parts.Setup(
        asked.run, sources, offline, asked.workers, asked.threads, asked.seconds, asked.rounds
    )
    chosen = asked.only or PARTS
    found: dict[str, Any] = {
        "machine": {"processor": _processor(), "cores": os.cpu_count(), "load": load},
        "model": model,
        "setup": parts.described(setup),
        "command": "python -m benchmarks.serve " + shlex.join(sys.argv[1:]),
    }
    if "merging" in chosen:
        found["merging"] = parts.merging(setup)
    if "keystrokes" in chosen:
        found["keystrokes"] = parts.keystrokes(setup)
    if "browser" in chosen:
        found["browser"] = browser.keystrokes(setup)
    if "recovery" in chosen:
        found["recovery"] = parts.recovery(setup, asked.kills)
    if "soak" in chosen and asked.soak:
        found["soak"] = parts.soak(setup, asked.soak)
    return found


def _asked_offline(
    run: Path, file: Path | None
) -> tuple[str, list[str], dict[str, tuple[str, float]]]:
    """The recipe's name, the sources, and what the model says of each without a service."""
    import seqloom
    from seqloom.data.sources import read_sources
    from seqloom.evaluation import read_test_set

    model = seqloom.load(run, "cpu")
    if file is not None:
        examples = list(read_sources(str(file), model.recipe.data))
    else:
        examples = read_test_set(model.recipe, None)
    sources = list(dict.fromkeys(example.source for example in examples))[:500]
    results = model.predict(sources)
    offline = {result.source: (result.text, result.outputs[0].log_prob) for result in results}
    return model.recipe.name, sources, offline


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()


main()
