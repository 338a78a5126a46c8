"""The build hook compiles where it can, and never keeps an install from going on."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def hook() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_without_a_compiler_the_reason_is_one_line(hook, monkeypatch):
    monkeypatch.setenv("CXX", "no-such-compiler")
    reason = hook.try_compile()
    assert "no C++ compiler" in reason
    assert "\n" not in reason


def test_with_a_compiler_that_fails_the_library_before_stays(hook, monkeypatch, tmp_path):
    library = tmp_path / "kernel.so"
    library.write_bytes(b"before")
    monkeypatch.setattr(hook, "LIBRARY", library)
    monkeypatch.setenv("CXX", "false")
    assert "no decoding kernel" in hook.try_compile()
    assert library.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [library]
