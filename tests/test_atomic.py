"""A file is the old one or the new one, whatever happens while it is written."""

import errno
import os
import re

import pytest

from seqloom.atomic import replacing
from seqloom.errors import UserError


def everything_in(folder):
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_a_block_that_ends_well_puts_the_new_file_in_place(tmp_path):
    path = tmp_path / "model"
    path.write_text("old")
    with replacing(path) as part:
        part.write_text("new")
        assert path.read_text() == "old"
    assert everything_in(tmp_path) == {"model": "new"}


def test_folders_are_made_on_the_way(tmp_path):
    with replacing(tmp_path / "a" / "b" / "model") as part:
        part.write_text("new")
    assert everything_in(tmp_path / "a" / "b") == {"model": "new"}


def interrupted(path, error):
    """Write half of a file, then fail."""
    with replacing(path) as part:
        part.write_text("half of the n")
        raise error


@pytest.mark.parametrize("error", [ValueError, OSError, KeyboardInterrupt, MemoryError])
def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path, error):
    path = tmp_path / "model"
    path.write_text("old")
    with pytest.raises(error):
        interrupted(path, error)
    assert everything_in(tmp_path) == {"model": "old"}


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
        OSError(errno.EDQUOT, os.strerror(errno.EDQUOT)),
        RuntimeError("I/O error: No space left on device (os error 28)"),
    ],
    ids=["disk", "quota", "a library"],
)
def test_a_full_disk_is_said_in_one_line_and_the_old_file_stays(tmp_path, error):
    path = tmp_path / "model"
    path.write_text("old")
    expected = re.escape(f"{path}: the disk is full, so nothing was saved;")
    with pytest.raises(UserError, match=expected + " .*Free some space and resume[.]"):
        interrupted(path, error)
    assert everything_in(tmp_path) == {"model": "old"}


def test_a_folder_that_may_not_be_written_to_is_named(tmp_path):
    path = tmp_path / "model"
    error = PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    expected = re.escape(f"{path}: not allowed to write here. Choose another folder with --out.")
    with pytest.raises(UserError, match=expected):
        interrupted(path, error)
