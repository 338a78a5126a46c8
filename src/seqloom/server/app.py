"""The app: questions, the state of the service, and the page, behind the guard."""

from typing import Any

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp

from seqloom.server import shapes
from seqloom.server.asking import Asking, Serving
from seqloom.server.dispatcher import Dispatcher
from seqloom.server.failures import FAILURES, HANDLERS, FailedError, answered
from seqloom.server.guard import Gate, Guard
from seqloom.server.meters import Meters
from seqloom.server.questions import add_questions
from seqloom.server.settings import Settings
from seqloom.server.static import add_page


def make_app(
    settings: Settings, crew: Serving, dispatcher: Dispatcher, meters: Meters, gate: Gate
) -> ASGIApp:
    """The whole service but for its processes."""
    app = FastAPI(
        title="seqloom",
        summary="Answers of sequence-to-sequence models, with how they came about.",
        version="1",
        docs_url=None,
        redoc_url=None,
    )
    asking = Asking(settings, crew, dispatcher)
    add_questions(app, asking)
    _add_state(app, crew, meters, gate)
    add_page(app, settings.page)
    for error, handler in HANDLERS.items():
        app.add_exception_handler(error, handler)
    guarded: ASGIApp = Guard(app, settings, meters, gate, dispatcher)
    if settings.origins:
        headers = ["Authorization", "Content-Type"]
        guarded = CORSMiddleware(
            guarded,
            settings.origins,
            allow_methods=["GET", "POST"],
            allow_headers=headers,
            expose_headers=["Retry-After"],
        )
    return guarded


def _add_state(app: FastAPI, crew: Serving, meters: Meters, gate: Gate) -> None:
    @app.get("/healthz", response_model=shapes.State)
    async def healthz() -> Any:
        """Whether the process is alive."""
        return answered(b'{"status":"alive"}')

    @app.get("/readyz", response_model=shapes.State, responses={503: FAILURES[503]})
    async def readyz() -> Any:
        """Whether it is worth to send questions here."""
        if gate.draining:
            raise FailedError(503, "draining", "The service is about to stop.", 2)
        if not crew.ready:
            raise FailedError(503, "starting", "No worker is ready.", 1)
        return answered(b'{"status":"ready"}')

    @app.get("/metrics", response_class=Response, responses={401: FAILURES[401]})
    async def metrics() -> Response:
        """Counters in the text format of Prometheus."""
        return Response(meters.text(), media_type="text/plain; version=0.0.4")
