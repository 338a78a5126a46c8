"""What holds for every test: shapes are checked, one thread, no deadlines.

The shapes in the signatures of the torch parts are checked at every call, as long as those modules
are first imported after this file.
"""

import os
from pathlib import Path

import jaxtyping
import pytest
from hypothesis import settings

# Before torch is first imported, here or in a child process: small tensors gain nothing by threads.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")

jaxtyping.install_import_hook(["seqloom.nn", "seqloom.models"], "beartype.beartype")

settings.register_profile("seqloom", deadline=None)
settings.load_profile("seqloom")

_ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real data sets; tests that need it are skipped where it is not there."""
    folder = Path(os.environ.get("SEQLOOM_DATA", _ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no data at {folder}: set SEQLOOM_DATA")
    return folder


@pytest.fixture
def unchecked_shapes(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that call the same modules hundreds of times: checking shapes doubles their time."""
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)
