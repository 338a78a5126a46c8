"""Taking turns: A B C A B C ..., the machine's peak measured before and after every round."""

from collections.abc import Callable

from benchmarks.speed.peak import peak
from benchmarks.speed.results import Rounds
from benchmarks.speed.systems import Field, Figures, System
from benchmarks.speed.workload import Prepared

Measure = Callable[[System, Prepared], Figures]


def take_turns(
    field: Field,
    systems: list[System],
    workload: Prepared,
    measure: Measure,
    rounds: int,
    quick: bool,
    done: Rounds,
    saved: Callable[[Rounds], None],
) -> None:
    """Measure every system once a round; `saved` is called with all there is after each round.

    done  rounds of these systems that were measured before, to go on from
    """
    for number in range(len(done["peaks"]), rounds):
        before = peak(field.out, field.threads, quick)
        for system in systems:
            figures = measure(system, workload)
            done["systems"][system.name].append(figures)
            print(f"{workload.name} round {number + 1}: {system.name} {brief(figures)}", flush=True)
        done["peaks"].append([before, peak(field.out, field.threads, quick)])
        saved(done)


def begun(earlier: Rounds | None, systems: list[System]) -> Rounds:
    """The earlier rounds if they were of the same systems, else none."""
    names = [system.name for system in systems]
    if earlier is not None and list(earlier["systems"]) == names:
        return {"peaks": earlier["peaks"], "systems": earlier["systems"]}
    return {"peaks": [], "systems": {name: [] for name in names}}


def brief(figures: Figures) -> str:
    """The figures on one line."""
    if "failed" in figures:
        return f"FAILED {figures['failed']}"
    named = {name: value for name, value in figures.items() if isinstance(value, int | float)}
    return " ".join(f"{name}={value:.4g}" for name, value in named.items())
