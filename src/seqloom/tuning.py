"""What torch's libraries are told before they are first loaded, by the environment.

**How threads wait for each other.** OpenMP's threads spin while they wait. Where another program wants the
same cores, a spinning thread keeps the one it waits for from running: training on two busy cores took ten
times as long and more. Threads that sleep at once lose as much on small products where the cores are free,
and more on a virtual machine, which wakes them late. So they spin, for long only if nothing else runs, then
sleep (docs/decisions/0005).

**How many products are remembered.** oneDNN writes a program for every size of product that it meets in
bfloat16, and keeps 1,024 of them with their room. Batches of sequences hardly ever have a size twice: a
training reached 4.5 GB.

**How large tensors get their memory.** What is larger than 32 MB comes anew from the system every time, and
Linux clears it page by page, 4 KB each, when it is first written. In pages of 2 MB, where the system has
them, a training over a vocabulary of 33,000 words took 28% less processor time, and its validation a third
less, of the same memory. (Never giving memory back took 40% less, and 27% more memory.)
"""

import os
from pathlib import Path

SPINS = 1000
SPINS_ALONE = 50_000
PRODUCTS = 128
_RUNNING = Path("/proc/loadavg")


def tune() -> None:
    """Has an effect only before torch is first imported; a choice that the user made stands."""
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", str(PRODUCTS))
    os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")  # of torch: ask for huge pages
    if "OMP_WAIT_POLICY" not in os.environ:  # of GNU's OpenMP, which torch's Linux builds use
        os.environ.setdefault("GOMP_SPINCOUNT", str(SPINS_ALONE if _alone() else SPINS))


def _alone() -> bool:
    """Whether this thread is the only one that runs on the machine, as far as Linux says."""
    try:
        running = _RUNNING.read_text("ascii").split()[3].partition("/")[0]
    except (OSError, IndexError):
        return False
    return running == "1"
