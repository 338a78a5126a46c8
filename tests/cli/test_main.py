"""The frame around all commands: start, help, errors."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.conftest import Invoke

from seqloom.errors import UserError

COMMANDS = ("train", "predict", "evaluate", "explain", "score", "info", "demo")

SHOW_HELP = """
import sys
from seqloom.cli.main import app
try:
    app(["--help"])
except SystemExit:
    pass
print(sorted({"torch", "pydantic", "numpy", "sacrebleu"} & set(sys.modules)))
"""
WITHOUT_TORCH = """
import sys
sys.modules["torch"] = None
from seqloom.cli.main import app
app(sys.argv[1:])
"""


def python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )


def test_help_imports_nothing_heavy() -> None:
    assert python(SHOW_HELP).stdout.splitlines()[-1] == "[]"


def test_a_list_of_recipes_needs_no_torch() -> None:
    done = python(WITHOUT_TORCH, "info")
    assert (done.returncode, done.stderr) == (0, "")
    assert "dates" in done.stdout


@pytest.mark.parametrize(
    ("typed", "completed"),
    [("seqloom ex", {"explain", "export"}), ("seqloom train cm", {"cmudict"})],
)
def test_the_shell_completes_commands_and_recipes(typed: str, completed: set[str]) -> None:
    asked = {
        "_SEQLOOM_COMPLETE": "complete_bash",
        "COMP_WORDS": typed,
        "COMP_CWORD": str(typed.count(" ")),
    }
    command = Path(sys.executable).with_name("seqloom")
    done = subprocess.run(
        [command], env={**os.environ, **asked}, capture_output=True, text=True, check=False
    )
    assert set(done.stdout.split()) == completed


def test_what_needs_torch_says_how_to_install_it() -> None:
    done = python(WITHOUT_TORCH, "predict", "runs/any")
    assert done.returncode == 2
    assert done.stderr == (
        "seqloom: error: runs/any: a run that was not exported needs packages that are not installed: "
        "pip install 'seqloom[train]'\n"
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_help_has_an_example(invoke: Invoke, command: str) -> None:
    done = invoke(command, "--help")
    assert done.exit_code == 0
    assert f"seqloom {command}" in done.stdout.split("Example:")[1]


def test_version_is_printed(invoke: Invoke) -> None:
    assert invoke("--version").stdout.startswith("seqloom 0.")


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> list[BaseException]:
    """What `seqloom info` raises."""
    raised: list[BaseException] = []

    def fail() -> dict[str, str]:
        raise raised[0]

    monkeypatch.setattr("seqloom.config.recipe_names", fail)
    return raised


def test_a_users_error_is_one_line_and_status_2(
    invoke: Invoke, failing: list[BaseException]
) -> None:
    failing.append(UserError("this is wrong.\nDo that."))
    done = invoke("info")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == "seqloom: error: this is wrong. Do that.\n"


def test_an_interrupt_is_one_line_and_status_130(
    invoke: Invoke, failing: list[BaseException]
) -> None:
    failing.append(KeyboardInterrupt())
    done = invoke("info")
    assert (done.exit_code, done.stderr) == (130, "seqloom: interrupted.\n")


def test_a_bug_shows_its_traceback(invoke: Invoke, failing: list[BaseException]) -> None:
    failing.append(ZeroDivisionError())
    assert isinstance(invoke("info").exception, ZeroDivisionError)


def test_a_module_that_is_missing_by_mistake_is_a_bug(
    invoke: Invoke, failing: list[BaseException]
) -> None:
    failing.append(ModuleNotFoundError("No module named 'seqloom.typo'", name="seqloom.typo"))
    assert isinstance(invoke("info").exception, ModuleNotFoundError)
