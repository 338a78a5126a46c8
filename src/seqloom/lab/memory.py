"""The most memory that any of a cell's processes held, kept in its folder from one to the next.

A process that goes on behind a training that another one finished would else tell its own peak alone,
which is that of answering the test set.
"""

import resource
import sys
from pathlib import Path

from seqloom.atomic import replacing

_FILE = "peak-bytes.txt"


def kept_peak(folder: Path) -> int:
    """In bytes: that of this process so far or that of an earlier one, whichever is more; from now on
    kept."""
    file = folder / _FILE
    earlier = int(file.read_text("utf-8")) if file.exists() else 0
    peak = max(earlier, peak_bytes())
    folder.mkdir(parents=True, exist_ok=True)
    with replacing(file) as part:
        part.write_text(f"{peak}\n", "utf-8")
    return peak


def peak_bytes() -> int:
    """The most memory this process held. Linux counts in kilobytes, macOS in bytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else 1024 * most
