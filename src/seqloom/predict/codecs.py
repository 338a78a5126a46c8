"""What prediction asks of the codecs of a model: to read sources and to write outputs."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from seqloom.text.copying import Source


class SourceCodec(Protocol):
    """How ids are shown, and a text as it was typed."""

    @property
    def blank_led(self) -> bool: ...
    @property
    def parted(self) -> bool: ...
    def tokens(self, ids: Sequence[int]) -> tuple[str, ...]: ...
    def unknown(self, text: str) -> tuple[str, ...]: ...
    def surface(self, text: str) -> list[str]: ...
    def units(self, text: str) -> list[str]: ...


class TargetCodec(Protocol):
    """How ids become outputs, and the beginning of an output ids."""

    @property
    def blank_led(self) -> bool: ...
    @property
    def parted(self) -> bool: ...
    @property
    def size(self) -> int: ...
    def encode(self, text: str, *, open: Sequence[str] = ()) -> list[int]: ...
    def decode(self, ids: Sequence[int], open: Sequence[str] = ()) -> str: ...
    def tokens(self, ids: Sequence[int], open: Sequence[str] = ()) -> tuple[str, ...]: ...


class Codecs(Protocol):
    """What the predictor needs of the codecs of a model."""

    @property
    def source(self) -> SourceCodec: ...
    @property
    def target(self) -> TargetCodec: ...
    def read(
        self, text: str, features: Sequence[str] = (), frames: NDArray[np.float32] | None = None
    ) -> Source:
        """A text, or the frames that go by that name."""
        ...
