"""Answering over HTTP: the service behind `seqloom serve`, and the page in the browser (extra `serve`).

    client -> front (app, guard) -> queue -> dispatcher ==socket==> worker -> answers
                                                 crew, nursery: keep the workers alive

The front is one process that holds all connections and no model. Models answer in workers, which
are forked from a nursery that has loaded them (docs/decisions/0008). Requests that wait together
are answered together.
"""

from seqloom.server.settings import Settings

__all__ = ["Settings"]
