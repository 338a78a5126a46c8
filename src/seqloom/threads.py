"""How the threads of a matrix product wait for each other.

OpenMP's threads spin while they wait. Where another program wants the same cores, a spinning thread
keeps the one it waits for from running: training on two busy cores took ten times as long and more.
Threads that sleep instead cost next to nothing where the cores are free.
"""

import os


def sleep_while_waiting() -> None:
    """Ask OpenMP for threads that sleep. Has an effect only before torch is first imported; a choice
    that the user made in OMP_WAIT_POLICY stands."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
