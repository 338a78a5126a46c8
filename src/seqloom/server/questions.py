"""The routes that ask models, each from the request to the answer."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.responses import Response, StreamingResponse

from seqloom.server import shapes
from seqloom.server.asking import Asking
from seqloom.server.bodies import encoded, problem
from seqloom.server.direct import Direct
from seqloom.server.failures import FAILURES, FailedError, answered
from seqloom.server.job import Job, Reply
from seqloom.server.requests import Explain, Generate, Predict, Score, Stream


def add_questions(app: FastAPI, asking: Asking) -> None:
    """The models, and a route for each kind of question."""

    @app.get("/v1/models", response_model=shapes.Models, responses={401: FAILURES[401]})
    async def models() -> Any:
        """What is served, and its settings."""
        return answered(encoded({"models": asking.models}))

    direct = APIRouter(route_class=Direct)

    @direct.post("/v1/predict", response_model=shapes.Predictions, responses=FAILURES)
    async def predict(question: Predict) -> Any:
        """Outputs for one source or for several, in their order."""
        name = asking.model(question.model)
        jobs = asking.jobs("predict", name, question.changes, _items(question))
        return _listed(name, await asking.replies(jobs))

    @direct.post("/v1/score", response_model=shapes.Scores, responses=FAILURES)
    async def score(question: Score) -> Any:
        """How likely the model finds each target given its source."""
        name = asking.model(question.model)
        features = _features(question.features, len(question.pairs))
        items = [
            {"source": source, "target": target, "features": own}
            for (source, target), own in zip(question.pairs, features, strict=True)
        ]
        return _listed(name, await asking.replies(asking.jobs("score", name, {}, items)))

    @direct.post("/v1/explain", response_model=shapes.AnyExplanation, responses=FAILURES)
    async def explain(question: Explain) -> Any:
        """The answer to one source, the search behind it, and what else might have stood there."""
        name = asking.model(question.model)
        item = {"source": question.source, "features": question.features}
        [reply] = await asking.replies(asking.jobs("explain", name, question.changes, [item]))
        return _named(name, reply)

    @direct.post("/v1/generate", response_model=shapes.Samples, responses=FAILURES)
    async def generate(question: Generate) -> Any:
        """New strokes or texts, from a model that writes what comes next."""
        name = asking.model(question.model)
        item = {"source": question.text, "prime": question.prime, "features": []}
        [reply] = await asking.replies(asking.jobs("generate", name, question.changes, [item]))
        return _named(name, reply)

    @direct.post(
        "/v1/stream",
        response_class=StreamingResponse,
        responses=FAILURES
        | {200: {"content": {"text/event-stream": {}}, "description": "Events."}},
    )
    async def stream(question: Stream) -> Any:
        """The output as it grows: events `partial`, and at the end `result` or `error`."""
        name = asking.model(question.model)
        item = question.model_dump(include={"source", "features", "attention"})
        jobs = asking.jobs("stream", name, question.changes, [item])
        return await _streamed(asking, name, jobs[0])

    app.include_router(direct)


async def _streamed(asking: Asking, name: str, job: Job) -> Response:
    """Starts with the first sign of an answer, so that what fails before it has its status."""
    shown: asyncio.Queue[bytes | None] = asyncio.Queue()
    job.show = shown.put_nowait
    answering = asyncio.ensure_future(asking.replies([job]))
    answering.add_done_callback(lambda _: shown.put_nowait(None))
    try:
        first = await shown.get()
        if first is None:
            [reply] = answering.result()
            if reply.status != 200:
                return answered(reply.body, reply.status)
    except BaseException:
        answering.cancel()
        raise
    events = _events(name, first, shown, answering)
    return StreamingResponse(events, media_type="text/event-stream")


async def _events(
    name: str,
    first: bytes | None,
    shown: "asyncio.Queue[bytes | None]",
    answering: "asyncio.Future[list[Reply]]",
) -> AsyncIterator[bytes]:
    try:
        partial = first
        while partial is not None:
            yield _event("partial", partial)
            partial = await shown.get()
        yield _last_event(name, answering)
    finally:
        answering.cancel()


def _last_event(name: str, answering: "asyncio.Future[list[Reply]]") -> bytes:
    try:
        [reply] = answering.result()
    except FailedError as error:
        return _event("error", problem(error.code, str(error)))
    if reply.status != 200:
        return _event("error", reply.body)
    return _event("result", b'{"model":' + encoded(name) + b',"results":[' + reply.body + b"]}")


def _event(kind: str, data: bytes) -> bytes:
    return b"event: " + kind.encode() + b"\ndata: " + data + b"\n\n"


def _items(question: Predict) -> list[dict[str, Any]]:
    if (question.source is None) == (question.sources is None):
        raise FailedError(422, "invalid", "Give either 'source' or 'sources'.")
    features: Any = question.features
    shown = {"attention": question.attention, "alignments": question.alignments}
    if question.sources is None:
        if features and not all(isinstance(each, str) for each in features):
            raise FailedError(422, "invalid", "'features' of one source are a list of texts.")
        own = features or []
        return [{"source": question.source, "features": own, **shown}]
    lists = _features(features, len(question.sources))
    return [
        {"source": source, "features": own, **shown}
        for source, own in zip(question.sources, lists, strict=True)
    ]


def _features(given: Any, count: int) -> list[list[str]]:
    if not given:
        return [[] for _ in range(count)]
    if len(given) != count or not all(isinstance(each, list) for each in given):
        raise FailedError(422, "invalid", "'features' must be one list for each source.")
    return given


def _named(name: str, reply: Reply) -> Response:
    """An answer with the name of its model before it, or an error as it is."""
    if reply.status != 200:
        return answered(reply.body, reply.status)
    return answered(b'{"model":' + encoded(name) + b"," + reply.body[1:])


def _listed(name: str, replies: Sequence[Reply]) -> Response:
    """All results, or the first error."""
    for reply in replies:
        if reply.status != 200:
            return answered(reply.body, reply.status)
    results = b",".join(reply.body for reply in replies)
    return answered(b'{"model":' + encoded(name) + b',"results":[' + results + b"]}")
