"""A real-valued source as everything but the model sees it: a sequence of positions.

    positions   what an encoder makes of the frames: one for each frame, or one for several that it joins
    frames      [S, F], scaled as the model reads them

Search counts positions, as it counts the ids of a text; what a position holds is between the frames and
the model. The number at a position tells its frames from others, as an id does, for draws that are to
depend on the source alone.
"""

from collections.abc import Sequence
from typing import final, overload
from zlib import crc32

import numpy as np
from numpy.typing import NDArray


@final
class Series(Sequence[int]):
    """Frames, `joined` of which make a position; the last one may have fewer."""

    def __init__(self, frames: NDArray[np.float32], joined: int) -> None:
        self.frames = frames
        self.joined = joined

    def __len__(self) -> int:
        return -(-len(self.frames) // self.joined)

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> list[int]: ...
    def __getitem__(self, index: int | slice) -> int | list[int]:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        if not 0 <= index < len(self):
            raise IndexError(index)
        first = index * self.joined
        return crc32(self.frames[first : first + self.joined].tobytes())
