"""Build the compiled kernel (native/) into the package, where there is a C++ compiler.

    every file of native/ -> an object, the isa_*.cpp with the flags of their instruction set
    all objects           -> src/seqloom/kernel/kernel.so

Without a compiler, or where it fails, the install goes on and says so in one line: the package then
decodes and trains on its portable path. `python hatch_build.py` builds in place.
"""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
LIBRARY = HERE / "src" / "seqloom" / "kernel" / "kernel.so"
FLAGS = "-std=c++17 -O3 -fPIC -fvisibility=hidden -fno-math-errno -fno-trapping-math -Wno-psabi"
AVX2 = "-mavx2 -mfma"
AVX512 = f"{AVX2} -mavx512f -mavx512bw -mavx512dq -mavx512vl"
TILES = f"{AVX512} -mavx512bf16 -mamx-tile -mamx-bf16"
INSTRUCTIONS = {"isa_avx2.cpp": AVX2, "isa_avx512.cpp": AVX512, "isa_amx.cpp": TILES}


def compiler() -> str | None:
    """$CXX, or the first that is installed."""
    named = os.environ.get("CXX")
    return shutil.which(named) if named else next(filter(None, map(shutil.which, _USUAL)), None)


_USUAL = ("c++", "g++", "clang++")


def compile_kernel(library: Path, extra: str = "") -> None:
    """Raises OSError where there is no compiler, CalledProcessError where it fails."""
    cxx = compiler()
    if cxx is None:
        raise FileNotFoundError("no C++ compiler ($CXX, c++, g++ or clang++)")
    sources = sorted((HERE / "native").glob("*.cpp"))
    x86 = platform.machine() in ("x86_64", "AMD64")
    known = {
        name: flags.split() for name, flags in INSTRUCTIONS.items() if x86 and _knows(cxx, flags)
    }
    with tempfile.TemporaryDirectory() as folder:
        objects = [Path(folder) / f"{source.stem}.o" for source in sources]
        commands = [
            [
                *[cxx, *FLAGS.split(), *extra.split()],
                *known.get(source.name, ()),
                *["-c", str(source), "-o", str(target)],
            ]
            for source, target in zip(sources, objects, strict=True)
        ]
        with ThreadPoolExecutor(os.cpu_count()) as together:
            list(together.map(_run, commands))
        linked = library.with_suffix(f".{os.getpid()}.part")
        try:
            _run(
                [cxx, "-shared", "-pthread", *extra.split(), *map(str, objects), "-o", str(linked)]
            )
            linked.replace(library)  # in one step: a process that runs keeps the old one
        finally:
            linked.unlink(missing_ok=True)


def _knows(cxx: str, flags: str) -> bool:
    """An older compiler lacks newer instructions; their files then compile to nothing."""
    command = [cxx, *flags.split(), "-fsyntax-only", "-x", "c++", os.devnull]
    return subprocess.run(command, capture_output=True).returncode == 0


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)


def try_compile() -> str | None:
    """Compile; why not, in one line, if that cannot be."""
    if sys.platform == "win32":
        return (
            "seqloom: not building the decoding kernel on Windows; decoding takes the portable path"
        )
    try:
        compile_kernel(LIBRARY)
    except (OSError, subprocess.CalledProcessError) as error:
        said = (getattr(error, "stderr", None) or str(error)).strip().splitlines()
        reason = next((line for line in said if "error" in line), said[-1] if said else "it failed")
        return f"seqloom: no decoding kernel ({reason}); decoding takes the portable path"
    return None


try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run by hand
    BuildHookInterface = object  # type: ignore[assignment,misc]


class KernelHook(BuildHookInterface):  # type: ignore[type-arg,misc]
    """Called by hatchling for a wheel and for an editable install."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict) -> None:
        reason = try_compile()
        if reason:
            print(reason, file=sys.stderr)
            return
        build_data["artifacts"].append(f"/{LIBRARY.relative_to(HERE).as_posix()}")
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{_platform()}"


def _platform() -> str:
    from packaging.tags import sys_tags

    return next(iter(sys_tags())).platform


if __name__ == "__main__":
    sys.exit(try_compile())
