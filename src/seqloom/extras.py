"""Packages that an extra of the installation brings, and what is said where they are missing."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Literal

from seqloom.errors import MissingExtra

BROUGHT = {
    "train": frozenset({"torch", "safetensors", "jaxtyping", "babel", "matplotlib", "pyarrow"}),
    "export": frozenset({"onnx", "onnxruntime"}),
    "runtime": frozenset({"onnxruntime", "safetensors"}),
    "serve": frozenset({"fastapi", "starlette", "uvicorn", "prometheus_client"}),
    "neighbours": frozenset({"usearch"}),
}
"""For each extra the packages that may be missing without it."""


@contextmanager
def needs(
    extra: Literal["train", "export", "runtime", "serve", "neighbours"], what: str
) -> Generator[None]:
    """A block whose imports an extra brings. Raises MissingExtra where they fail."""
    try:
        yield
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] not in BROUGHT[extra]:
            raise
        raise MissingExtra(what, extra) from missing
