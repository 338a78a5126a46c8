"""Ctrl-C, and SIGTERM from whoever runs us: finish the update, save, and only then go.

The first signal is a wish, which is read between two updates; the second one stops at once. Before
there is anything to save the first one already does.
"""

import os
import signal
import threading
from types import FrameType, TracebackType
from typing import Any, Self

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_NOTICE = b"\nStopping after this update. Press Ctrl-C again to stop at once.\n"


class Stop:
    """While it is entered, signals are kept here.

    asked  the number of the signal that came, 0 if none did
    waits  whether there is something to save, so that the first signal has to wait
    """

    def __init__(self) -> None:
        self.asked = 0
        self.waits = False
        self._before: dict[int, Any] = {}

    @property
    def status(self) -> int:
        """The exit status of a process that a signal ended."""
        return 128 + (self.asked or signal.SIGINT)

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():  # others may not set handlers
            self._before = {number: signal.signal(number, self._received) for number in _SIGNALS}
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _received(self, number: int, frame: FrameType | None) -> None:
        again, self.asked = bool(self.asked), number
        if again or not self.waits:
            raise KeyboardInterrupt
        os.write(2, _NOTICE)  # not through sys.stderr, which may be in the midst of a write
