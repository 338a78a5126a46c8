"""What `seqloom serve` refuses before it serves anything."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from seqloom.cli.main import app
from seqloom.cli.serve import _named
from seqloom.errors import UserError


def test_models_are_called_like_their_folders_or_otherwise(tmp_path: Path) -> None:
    (tmp_path / "a=b").mkdir()
    assert _named([Path("runs/one"), Path("plain=runs/two"), tmp_path / "a=b"]) == {
        "one": Path("runs/one"),
        "plain": Path("runs/two"),
        "a=b": tmp_path / "a=b",
    }


def test_two_models_of_one_name_are_refused() -> None:
    with pytest.raises(UserError, match="two are called 'one'"):
        _named([Path("a/one"), Path("b/one")])


def test_help_teaches_without_loading_anything() -> None:
    shown = CliRunner().invoke(app, ["serve", "--help"])
    assert shown.exit_code == 0
    assert "SIGTERM" in shown.output
