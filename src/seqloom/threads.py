"""How the threads of a matrix product wait for each other.

OpenMP's threads spin while they wait. Where another program wants the same cores, a spinning thread
keeps the one it waits for from running: training on two busy cores took ten times as long and more.
Threads that sleep at once lose as much on small products where the cores are free, and more on a virtual
machine, which wakes them late. So they spin, for long only if nothing else runs, then sleep
(docs/decisions/0005).
"""

import os
from pathlib import Path

SPINS = 1000
SPINS_ALONE = 50_000
_RUNNING = Path("/proc/loadavg")


def set_spins() -> None:
    """Ask GNU's OpenMP, which torch's Linux builds use, for threads that go to sleep after a while.

    Has an effect only before torch is first imported; a choice that the user made stands.
    """
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", str(SPINS_ALONE if _alone() else SPINS))


def _alone() -> bool:
    """Whether this thread is the only one that runs on the machine, as far as Linux says."""
    try:
        running = _RUNNING.read_text("ascii").split()[3].partition("/")[0]
    except (OSError, IndexError):
        return False
    return running == "1"
