"""A virtual environment for each peer, with pinned versions.

What each takes to run on today's torch stands in ENVIRONMENTS. An environment is made once: a file in
it says which description it was made from, and another description makes it anew. One that cannot be
made is reported with the last line that pip wrote, not left out.
"""

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

TORCH = "torch==2.13.0"


@dataclass(frozen=True, slots=True)
class Environment:
    """How to install a peer.

    first      what goes in before the peer, so that the peer's own pin does not choose it
    alone      installed without its dependencies, whose pins are older than torch 2.13
    packages   installed with their dependencies
    stand_ins  modules that are imported but not used here: empty ones do
    """

    first: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    stand_ins: tuple[str, ...] = ()


ENVIRONMENTS = {
    "yoyodyne": Environment(first=(TORCH,), packages=("yoyodyne==0.5.27",)),
    "opennmt": Environment(
        first=(TORCH, "numpy<3"),
        alone=("OpenNMT-py==3.5.1",),
        packages=(
            "configargparse",
            "ctranslate2==4.8.5",
            "pyahocorasick",
            "pyonmttok>=1.37,<2",
            "pyyaml",
            "rapidfuzz",
            "sacrebleu",
            "safetensors",
            "sentencepiece",
            "six",
            "tensorboard",
        ),
        stand_ins=("spacy", "fasttext"),
    ),
    "joeynmt": Environment(
        first=(TORCH, "numpy<3"),
        alone=("joeynmt==2.3.0",),
        packages=(
            "importlib_metadata",
            "matplotlib",
            "packaging",
            "pyyaml",
            "sacrebleu",
            "sacremoses",
            "sentencepiece",
            "setuptools<81",
            "six",
            "subword-nmt",
            "tensorboard",
            "tqdm",
        ),
    ),
    "ctranslate2": Environment(packages=("ctranslate2==4.8.5", "numpy<3", "pyyaml")),
    "marian": Environment(packages=("pymarian==1.12.42", "numpy<3", "pyyaml")),
}


class InstallError(Exception):
    """A peer that cannot be installed here; the message is the reason."""


def python_of(name: str, folder: Path) -> Path:
    """The interpreter that has the peer; installs it first where that is still to do."""
    home = folder / name
    python, stamp = home / "bin" / "python", home / "installed.json"
    wanted = json.dumps(asdict(ENVIRONMENTS[name]), indent=1)
    if not stamp.exists() or stamp.read_text("utf-8") != wanted:
        print(f"installing {name} into {home} (once)", flush=True)
        _make(ENVIRONMENTS[name], home, python)
        stamp.write_text(wanted, "utf-8")
    return python


def versions(python: Path, names: tuple[str, ...]) -> dict[str, str]:
    """What is installed beside an interpreter, of some packages."""
    text = _run([python, "-m", "pip", "list", "--format=json"])
    found = {entry["name"].lower(): entry["version"] for entry in json.loads(text)}
    return {name: found[name] for name in names if name in found}


def _make(environment: Environment, home: Path, python: Path) -> None:
    if not python.exists():
        home.parent.mkdir(parents=True, exist_ok=True)
        _run([sys.executable, "-m", "venv", home])
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if environment.first:
        _run([*pip, *environment.first])
    if environment.alone:
        _run([*pip, "--no-deps", *environment.alone])
    _run([*pip, *environment.packages])
    site = Path(
        _run([python, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"]).strip()
    )
    for module in environment.stand_ins:
        (site / f"{module}.py").write_text('"""Imported by a peer, not used by it here."""\n')


def _run(command: list[str | Path]) -> str:
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise InstallError(lines[-1] if lines else f"{command[0]} ended with {done.returncode}")
    return done.stdout
