"""How the threads of a matrix product wait for each other.

OpenMP's threads spin while they wait. Where another program wants the same cores, a spinning thread
keeps the one it waits for from running: training on two busy cores took ten times as long and more.
Threads that sleep at once lose as much on small products where the cores are free. So: spin shortly,
then sleep (docs/decisions/0005).
"""

import os

SPINS = 1000


def spin_shortly() -> None:
    """Ask GNU's OpenMP, which torch's Linux builds use, for threads that soon go to sleep.

    Has an effect only before torch is first imported; a choice that the user made stands.
    """
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", str(SPINS))
