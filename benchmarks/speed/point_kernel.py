"""The kernel at one point of growth.py: python -m benchmarks.speed.point_kernel SIZES SECONDS FOLDER

Decodes what point.py decodes, with the weights that it left in FOLDER, in a process without torch.
"""

import json
import os
import sys
from pathlib import Path

from benchmarks.speed.drivers.protocol import peak_mb, report
from benchmarks.speed.growth import WEIGHTS, Point, fixed, recipe_of, sources_of
from benchmarks.speed.repeated import per_call_ms
from seqloom.kernel import KernelStepper, read_weights, set_threads
from seqloom.search.decode import search


def main() -> None:
    sizes = Point(**json.loads(sys.argv[1]))
    seconds, folder = float(sys.argv[2]), Path(sys.argv[3])
    set_threads(int(os.environ["OMP_NUM_THREADS"]))
    stepper = KernelStepper(recipe_of(sizes), read_weights(folder / WEIGHTS))
    settings, ids = fixed(sizes), sources_of(sizes)
    took = per_call_ms(lambda: search(stepper, ids, settings), seconds)
    report(kernel_ms=took, kernel_mb=peak_mb())


if __name__ == "__main__":
    main()
