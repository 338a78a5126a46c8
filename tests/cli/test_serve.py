"""What `seqloom serve` refuses before it serves anything."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from typer.testing import CliRunner

from seqloom.cli.main import app
from seqloom.cli.serve import _named
from seqloom.config import read_recipe
from seqloom.errors import UserError
from seqloom.model import Model
from seqloom.server.nursery import _load


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


def test_a_model_that_reads_no_text_is_refused_before_it_is_served(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recipe = read_recipe("recognise")
    answering = cast("Any", SimpleNamespace(recipe=recipe, codec=None))
    monkeypatch.setattr("seqloom.api.load", lambda *_: Model(answering, [Path("runs/speech")]))
    with pytest.raises(UserError, match=r"runs/speech: .* reads frames from files\. Use: seqloom"):
        _load("runs/speech")


def test_help_teaches_without_loading_anything() -> None:
    shown = CliRunner().invoke(app, ["serve", "--help"])
    assert shown.exit_code == 0
    assert "SIGTERM" in shown.output
