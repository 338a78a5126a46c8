"""A process that answers batches, one after the other.

front <- {"pid": n, "threads": n}
front -> {"model", "kind", "settings", "items"}
front <- {"begun": 1}
front <- {"partial": 1}, body                     any number of these, for a stream
front <- {"replies": [[status, length], ...]}, the bodies one after the other
"""

import os
import socket
import sys
from collections.abc import Mapping

from seqloom.kernel import available, set_threads
from seqloom.model import Model
from seqloom.runtime import OnnxStepper
from seqloom.server.answers import Served, answer
from seqloom.server.wire import Frame, receive, send


def work(front: socket.socket, models: Mapping[str, Served], threads: int) -> None:
    """Answer until the front is gone."""
    _use(threads, models)
    send(front, Frame({"pid": os.getpid(), "threads": threads}))

    def show(partial: bytes) -> None:
        send(front, Frame({"partial": 1}, partial))

    while (asked := receive(front)) is not None:
        send(front, Frame({"begun": 1}))
        about = asked.header
        replies = answer(
            models[about["model"]], about["kind"], about["settings"], about["items"], show
        )
        sizes = [[reply.status, len(reply.body)] for reply in replies]
        send(front, Frame({"replies": sizes}, b"".join(reply.body for reply in replies)))


def _use(threads: int, models: Mapping[str, Served]) -> None:
    """One pool for the process: that of whatever answers."""
    if available():
        set_threads(threads)
    if "torch" in sys.modules:
        import torch

        torch.set_num_threads(threads)
    for model in models.values():
        if not isinstance(model, Model):
            continue
        stepper = model.answering.stepper()
        if isinstance(stepper, OnnxStepper):
            stepper.threads = threads
