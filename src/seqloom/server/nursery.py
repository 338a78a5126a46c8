"""The process that loads the models, and of which workers are born: `python -m seqloom.server.nursery FD`.

    front -> {"models": [[name, folder], ...], "threads": n}
    front <- {"ready": [description, ...]}   or {"error": message}, and the end
    front -> {"fork": 1} and a socket        a new process answers there (worker.py)

Loading takes seconds, forking milliseconds, and the memory of the weights is shared. A fork takes no
threads along, so nothing here may start one: no model is asked, and the front starts this process
with an environment in which every library uses a single thread (hatchery.py).

It ends, and so do its workers, when the front is gone. Signals are the front's business.
"""

import gc
import os
import signal
import socket
import sys
from pathlib import Path
from typing import cast

from seqloom.errors import UserError
from seqloom.server.answers import Served
from seqloom.server.bodies import described
from seqloom.server.describe import describe
from seqloom.server.wire import Frame, receive, send
from seqloom.server.worker import work
from seqloom.tuning import tune


def main(control: socket.socket) -> None:
    """Load what the front asks for, then fork on demand."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    asked = receive(control)
    if asked is None:
        return
    try:
        models = {name: _load(folder) for name, folder in asked.header["models"]}
    except Exception as error:
        told = str(error) if isinstance(error, UserError) else described(error)
        send(control, Frame({"error": told}))
        return
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the workers that end
    ready = [describe(name, model) for name, model in models.items()]
    send(control, Frame({"ready": ready}))
    _fork_on_demand(control, models, asked.header["threads"])


def _fork_on_demand(control: socket.socket, models: dict[str, Served], threads: int) -> None:
    while True:
        _, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not descriptors:
            return
        ours = socket.socket(fileno=descriptors[0])
        if os.fork() == 0:
            control.close()
            _live(ours, models, threads)
        ours.close()


def _live(ours: socket.socket, models: dict[str, Served], threads: int) -> None:
    """The whole life of a worker; never returns."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    status = 1
    try:
        work(ours, models, threads)
        status = 0
    except BrokenPipeError:
        pass
    except Exception as error:
        print(f"A worker ended: {described(error)}.", file=sys.stderr)
    os._exit(status)


def _load(folder: str) -> Served:
    from seqloom.api import as_pairs, load

    model = load(Path(folder), "cpu")
    if model.recipe.family in ("documents", "next_step"):
        return cast("Served", model)
    model = as_pairs(model, "seqloom serve")
    if model.recipe.series is not None:
        raise UserError(
            f"{folder}: seqloom serve is for sources of text, but this model reads "
            f"{model.recipe.source.kind} from files. Use: seqloom predict {folder} FILE"
        )
    model.answering.stepper()  # packs the weights of the compiled kernel
    return model


if __name__ == "__main__":
    tune()
    main(socket.socket(fileno=int(sys.argv[1])))
