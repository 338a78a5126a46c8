"""Speed and memory, side by side with peers: python -m benchmarks.speed [PART ...] [--out DIR]

    train       steady-state training, tokens per second                             45 minutes
    decode      start-up, greedy and beam search, memory                             35 minutes
    growth      time and memory of ours against length, batch, vocabulary, size and
                corpus, with pictures                                                15 minutes
    profile     where the time of a training step and of a decoding step goes         5 minutes
    int8        trained runs in 32 and in 8 bits: size, quality, and the time that
                real test sets take                                                  10 minutes
    to-quality  minutes until the dev word error rate is the best peer's                  hours

The times are rough, for two cores that are free and all 5 rounds, and add up to about two hours.
Without a PART all but the last run; `all` runs everything. Peers are installed into environments of
their own first, which takes longer the first time. What was measured is in DIR/results.json and, as
tables, in docs/performance.md, which is written after every part; DIR/readme.md has the short table of
what was to be reached. A part that is run again measures anew; `--resume` goes on from the rounds of
train and decode that were saved. `int8` takes trained runs from where benchmarks.quality leaves them, or
from `--run`. `--quick` only shows that everything runs: its figures mean nothing and go to DIR/quick.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.quality.rows import data_folder
from benchmarks.speed import growth, profiles, results, to_quality, trained
from benchmarks.speed.readme import readme
from benchmarks.speed.systems import QUICK, SYSTEMS, Effort, Field, System
from benchmarks.speed.table import tables, write_page
from benchmarks.speed.turns import begun, take_turns
from benchmarks.speed.workload import SHAPES, prepare

PARTS = ("train", "decode", "growth", "profile", "int8", "to-quality")
_PAGE = Path("docs/performance.md")


def main() -> None:
    options = _options()
    if not data_folder().is_dir():
        sys.exit(f"{data_folder()}: no data here. Set SEQLOOM_DATA to the folder with cmudict, ...")
    out = options.out / "quick" if options.quick else options.out
    out.mkdir(parents=True, exist_ok=True)
    field = Field(
        out=out,
        environments=options.environments.expanduser(),
        threads=options.threads,
        effort=QUICK if options.quick else Effort(),
    )
    chosen = [system for system in SYSTEMS if _wanted(system, options.only)]
    for part in _parts(options.parts):
        _run(part, field, chosen, options)
        if not options.quick:
            write_page(_PAGE, results.load(out / "results.json"), out)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)} or all")
    parser.add_argument("--out", type=Path, default=Path("runs/speed"))
    parser.add_argument(
        "--environments", type=Path, default=Path("~/.cache/seqloom/peers"), help="of the peers"
    )
    parser.add_argument("--workload", choices=[*SHAPES], action="append", help="both if not given")
    parser.add_argument("--only", default="", help="systems or drivers, with commas between")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--resume", action="store_true", help="go on from the rounds that are done")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--run",
        type=Path,
        action="append",
        metavar="FOLDER",
        help="a trained run for int8, given as often as wanted; runs/quality/g2p15/kor/run,\n"
        "runs/quality/cmudict/run and runs/quality/multi30k/en-de/run if not given",
    )
    parser.add_argument("--languages", default="bul,kor,hun", help="for to-quality")
    parser.add_argument("--quick", action="store_true", help="only see that it runs")
    options = parser.parse_args()
    for part in options.parts:
        if part not in (*PARTS, "all"):
            parser.error(f"there is no part '{part}': choose from {', '.join(PARTS)}, all")
    return options


def _parts(named: list[str]) -> list[str]:
    if "all" in named:
        return [*PARTS]
    return named or [part for part in PARTS if part != "to-quality"]


def _wanted(system: System, only: str) -> bool:
    return not only or bool({system.name, system.driver} & {*only.split(",")})


def _run(part: str, field: Field, systems: list[System], options: argparse.Namespace) -> None:
    path = field.out / "results.json"

    def keep(found: object) -> None:
        everything = results.load(path)
        everything.setdefault("about", {})[part] = results.about(field.threads)
        everything[part] = found
        results.save(path, everything)
        (field.out / "tables.md").write_text(tables(everything), "utf-8")
        (field.out / "readme.md").write_text(readme(everything), "utf-8")

    if part in ("train", "decode"):
        _compare(part, field, systems, options, keep)
    elif part == "growth":
        growth.measure(field, options.quick, keep)
    elif part == "profile":
        profiles.measure(field, options.workload or [*SHAPES], options.quick, keep)
    elif part == "int8":
        trained.measure(field, options.run or trained.RUNS, options.quick, keep)
    else:
        field.install([system for system in systems if system.name in to_quality.LEARNERS])
        names = options.languages.split(",")
        to_quality.measure(field, systems, names, options.quick, keep)


def _compare(
    part: str,
    field: Field,
    systems: list[System],
    options: argparse.Namespace,
    keep: Callable[[object], None],
) -> None:
    """Training or decoding, system by system in turns, for each workload."""
    taking = [s for s in systems if (s.trains if part == "train" else s.decodes)]
    measure = field.train if part == "train" else field.decode
    field.install(taking)
    for name in options.workload or [*SHAPES]:
        workload = prepare(name, field.out, options.quick)
        data = {key: getattr(workload, key) for key in _COUNTS}

        def saved(found: results.Rounds, name: str = name, data: dict[str, int] = data) -> None:
            others = results.load(field.out / "results.json").get(part, {})
            keep(others | {name: {"data": data, **found}})

        rounds = 1 if options.quick else options.rounds
        earlier = results.load(field.out / "results.json").get(part, {}).get(name)
        done = begun(earlier if options.resume else None, taking)
        take_turns(field, taking, workload, measure, rounds, options.quick, done, saved)


_COUNTS = (
    "source_vocabulary",
    "target_vocabulary",
    "pairs",
    "source_tokens",
    "target_tokens",
)


if __name__ == "__main__":
    main()
