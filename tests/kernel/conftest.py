"""The kernel is built by the install where there is a compiler; elsewhere there is nothing to test."""

import pytest

from seqloom import kernel


@pytest.fixture(autouse=True)
def _built() -> None:
    if not kernel.available():
        pytest.skip("the decoding kernel was not built: python hatch_build.py")
