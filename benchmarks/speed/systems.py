"""Who takes part, and one turn of one of them: a process of its own that measures and ends."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from compileall import compile_dir
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import seqloom
from benchmarks.speed.drivers.protocol import MARK, Task
from benchmarks.speed.environments import InstallError, python_of
from benchmarks.speed.workload import SHAPES, Prepared

_HERE = Path(__file__).parent

Figures = dict[str, Any]
"""What a turn measured, by name; `failed` and the reason if it did not."""


@dataclass(frozen=True, slots=True)
class System:
    """A program, or a way of running one.

    driver    drivers/drive_NAME.py, and its settings peers/NAME-WORKLOAD.yaml
    peer      whether it is somebody else's, with an environment of that name
    feeding   whether it feeds the attention back in, for counting its operations
    note      what a reader has to know beside its figures
    """

    name: str
    driver: str
    option: str = ""
    trains: bool = True
    decodes: bool = True
    peer: bool = True
    feeding: bool = True
    note: str = ""


SYSTEMS = [
    System("seqloom", "seqloom", decodes=False, peer=False),
    System("seqloom-no-feeding", "seqloom", "no-feeding", decodes=False, peer=False, feeding=False),
    System(
        "seqloom-bfloat16",
        "seqloom",
        "bfloat16",
        decodes=False,
        peer=False,
        note="weights multiplied in bfloat16; all others train in 32 bits, and so does the peak",
    ),
    System("seqloom-torch", "seqloom", "torch", trains=False, peer=False, note="a run"),
    System(
        "seqloom-kernel",
        "seqloom",
        "kernel",
        trains=False,
        peer=False,
        note="an exported folder, as it answers where the kernel was built",
    ),
    System(
        "seqloom-onnx",
        "seqloom",
        "onnx",
        trains=False,
        peer=False,
        note="the same folder without the kernel: ONNX Runtime",
    ),
    System("opennmt", "opennmt", note="OpenNMT-py 3.5.1"),
    System("joeynmt", "joeynmt", note="Joey NMT 2.3.0"),
    System("yoyodyne", "yoyodyne", note="Yoyodyne 0.5.27; the context is fed in, not the output"),
    System("marian", "marian", note="pymarian 1.12.42, built for plain AVX; encoder 2x as wide"),
    System(
        "ctranslate2",
        "ctranslate2",
        trains=False,
        note="CTranslate2 4.8.5; a Transformer of the size with random weights",
    ),
]


@dataclass(frozen=True, slots=True)
class Effort:
    """How long a turn takes; see drivers/protocol.Task."""

    warm: int = 5
    seconds: float = 20.0
    singles: int = 100
    batches: int = 3
    limit: float = 900.0
    """Seconds after which a turn is given up."""


QUICK = Effort(warm=1, seconds=2.0, singles=5, batches=1, limit=400.0)


@dataclass(slots=True)
class Field:
    """Where the systems run: the folders, the threads, and who could not be set up."""

    out: Path
    environments: Path
    threads: int
    effort: Effort
    failed: dict[str, str] = field(default_factory=dict[str, str])

    def install(self, systems: list[System]) -> None:
        """Set the peers up; those that cannot be are noted with the reason. Ours is compiled to bytecode,
        as pip does with what it installs."""
        compile_dir(Path(seqloom.__file__).parent, quiet=1)
        for name in {system.driver: None for system in systems if system.peer}:
            try:
                python_of(name, self.environments)
            except InstallError as error:
                self.failed[name] = f"cannot be installed here: {error}"

    def train(self, system: System, workload: Prepared) -> Figures:
        """One turn of training in a fresh folder."""
        return self._turn(system, workload, "train", self.out / "scratch" / system.name)

    def decode(self, system: System, workload: Prepared) -> Figures:
        """One turn of decoding, with a model that is made first where there is none."""
        made = self.made(system, workload)
        if "failed" in made:
            return made
        return self._turn(system, workload, "decode", self._model(system, workload))

    def made(self, system: System, workload: Prepared) -> Figures:
        """Make the model that is decoded with, after a few updates, where it is not there yet."""
        folder = self._model(system, workload)
        stamp = folder.with_name(f"{folder.name}.made")
        made_by = self.settings(system, workload), _driver(system)
        version = sha256(b"".join(path.read_bytes() for path in made_by)).hexdigest()
        if stamp.exists() and stamp.read_text() == version:
            return {}
        figures = self._turn(system, workload, "make", folder)
        if "failed" not in figures:
            stamp.write_text(version)
        return figures

    def settings(self, system: System, workload: Prepared) -> Path:
        return _HERE / "peers" / f"{system.driver}-{workload.name}.yaml"

    def _model(self, system: System, workload: Prepared) -> Path:
        return self.out / "models" / workload.folder.name / system.name

    def _turn(self, system: System, workload: Prepared, action: str, folder: Path) -> Figures:
        if system.driver in self.failed:
            return {"failed": self.failed[system.driver]}
        if action != "decode":
            shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        given = Task(
            action=action,
            data=str(workload.folder.absolute()),
            model=str(folder.absolute()),
            settings=str(self.settings(system, workload)),
            started=time.time(),
            threads=self.threads,
            warm=self.effort.warm,
            seconds=self.effort.seconds,
            steps=SHAPES[workload.name].steps,
            singles=self.effort.singles,
            batches=self.effort.batches,
            option=system.option,
        )
        log = self.out / "logs" / f"{workload.folder.name}-{system.name}-{action}.txt"
        return self.run(system, given, log)

    def run(self, system: System, given: Task, log: Path, limit: float | None = None) -> Figures:
        """A driver in its environment; what it printed for us."""
        python = Path(sys.executable)
        if system.peer:
            python = python_of(system.driver, self.environments).absolute()
        command = [str(python), str(_driver(system)), json.dumps(asdict(given))]
        return run_measured(command, log, self.threads, limit or self.effort.limit)


def _driver(system: System) -> Path:
    return _HERE / "drivers" / f"drive_{system.driver}.py"


def run_measured(command: list[str], log: Path, threads: int, limit: float) -> Figures:
    """Run a command and collect its marked lines; the last line of the log says why it failed."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as file:
        try:
            code = subprocess.run(
                command,
                stdout=file,
                stderr=subprocess.STDOUT,
                env=_environment(threads),
                timeout=limit,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            code = -1
    told = log.read_text("utf-8", errors="replace")
    figures = merged(told)
    if code:
        figures["failed"] = _reason(told.splitlines(), code, limit)
    return figures


def merged(told: str) -> Figures:
    """Figures behind the marks, the later ones on top; those named `point` are kept as a list. Where a
    program's messages got in between, the end of a figure's line may be lost, but not the figure."""
    figures: Figures = {}
    for part in told.split(MARK)[1:]:
        found: Mapping[str, Any] = json.JSONDecoder().raw_decode(part)[0]
        if "point" in found:
            figures.setdefault("points", []).append(found["point"])
        else:
            figures.update(found)
    return figures


def _reason(lines: list[str], code: int, limit: float) -> str:
    if code == -1:
        return f"not done after {limit:.0f} s"
    said = [line.strip() for line in lines if line.strip() and not line.startswith(MARK)]
    return f"ended with {code}: {said[-1][:200]}" if said else f"ended with {code}"


def _environment(threads: int) -> dict[str, str]:
    """The same threads for everybody, and nobody phones home."""
    return {
        **os.environ,
        "OMP_NUM_THREADS": str(threads),
        "MKL_NUM_THREADS": str(threads),
        "TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD": "1",
        "WANDB_MODE": "disabled",
        "PYTHONWARNINGS": "ignore",
        "PYTHONUNBUFFERED": "1",
    }
