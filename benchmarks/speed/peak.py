"""The machine's own limit: a large matrix product with the same threads, in GFLOP/s.

python -m benchmarks.speed.peak THREADS SIZE
"""

import sys
import time
from pathlib import Path
from statistics import median

from benchmarks.speed.drivers.protocol import report
from benchmarks.speed.systems import run_measured


def peak(out: Path, threads: int, quick: bool) -> float | None:
    """Measured in a process of its own, as everything else is."""
    size = 1024 if quick else 4096
    command = [sys.executable, "-m", "benchmarks.speed.peak", str(threads), str(size)]
    return run_measured(command, out / "logs" / "peak.txt", threads, 300).get("gflops")


def main() -> None:
    import torch

    threads, size = int(sys.argv[1]), int(sys.argv[2])
    torch.set_num_threads(threads)
    a, b = torch.randn(size, size), torch.randn(size, size)
    torch.mm(a, b)
    rates: list[float] = []
    for _ in range(5):
        started = time.perf_counter()
        torch.mm(a, b)
        rates.append(2 * size**3 / (time.perf_counter() - started) / 1e9)
    report(gflops=median(rates))


if __name__ == "__main__":
    main()
