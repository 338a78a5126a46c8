"""What stands between the network and the app: hosts, tokens, sizes, headers, the log, the way out.

Everything that a browser gets carries headers under which no other page can frame ours, no script
that is not ours runs, and no address leaks. A request for a host that is not ours is refused: a page
elsewhere could otherwise have its name point here.

Where the queue is full, a question is refused before it is read: what is refused costs a service that
has too much to do next to nothing.

A client that hangs up is no longer answered. Nothing that a client sent is logged.
"""

import asyncio
import hmac
import logging
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from seqloom.server.bodies import BUSY, described, problem
from seqloom.server.dispatcher import Dispatcher
from seqloom.server.meters import Meters
from seqloom.server.settings import Settings

_log = logging.getLogger(__name__)

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = [
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
_LOCAL = {"127.0.0.1", "localhost", "[::1]"}
_QUESTIONS = {"/v1/predict", "/v1/explain", "/v1/score", "/v1/stream", "/v1/generate"}
_ROUTES = {*_QUESTIONS, "/v1/models", "/healthz", "/readyz", "/metrics", "/openapi.json"}
_PATIENCE = 10.0
"""Seconds in which the body of a request has to be there."""


class Refusal(Exception):  # noqa: N818
    """An answer that needs no app."""

    def __init__(self, status: int, code: str, message: str, *headers: tuple[bytes, bytes]) -> None:
        super().__init__(message)
        self.status, self.code, self.headers = status, code, headers


class Gate:
    """Whether new questions are let in, and how many are inside."""

    def __init__(self) -> None:
        self.draining = False
        self.inside = 0


class Guard:
    """An ASGI app around ours."""

    def __init__(
        self, app: ASGIApp, settings: Settings, meters: Meters, gate: Gate, dispatcher: Dispatcher
    ) -> None:
        self._app = app
        self._settings = settings
        self._meters = meters
        self._gate = gate
        self._dispatcher = dispatcher

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = perf_counter()
        reply = _Reply(send, api=scope["path"].startswith("/v1/"))
        self._gate.inside += 1
        try:
            await self._answer(scope, receive, reply)
        except Refusal as refusal:
            await reply.refuse(refusal)
        except _HungUpError:
            reply.status = reply.status or 499
        except Exception as error:
            await self._confess(error, reply)
        finally:
            self._gate.inside -= 1
            self._note(scope, reply.status, perf_counter() - started)

    async def _answer(self, scope: Scope, receive: Receive, reply: "_Reply") -> None:
        headers = dict(scope["headers"])
        self._check_host(headers.get(b"host", b"").decode("latin-1"))
        if self._settings.token and _protected(scope):
            self._check_token(headers.get(b"authorization", b""))
        if scope["method"] != "POST":
            await self._app(scope, receive, reply)
            return
        if self._gate.draining:
            raise Refusal(
                *(503, "draining", "The service is about to stop. Ask again in a moment."),
                *((b"retry-after", b"2"), (b"connection", b"close")),
            )
        if scope["path"] in _QUESTIONS and self._dispatcher.full:
            seconds = str(self._dispatcher.seconds_to_wait()).encode()
            raise Refusal(429, "busy", BUSY, (b"retry-after", seconds))
        body = await self._body(headers, receive)
        await _while_listening(self._app, scope, body, receive, reply)

    async def _confess(self, error: Exception, reply: "_Reply") -> None:
        _log.error("%s while answering.", described(error))
        if not reply.status:
            message = "The service failed at this request; it was noted."
            await reply.refuse(Refusal(500, "internal", message))

    def _check_host(self, host: str) -> None:
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host
        local = self._settings.host in _LOCAL | {"::1"}
        if local and name and name not in _LOCAL:
            raise Refusal(421, "wrong_host", "This service answers requests to localhost only.")

    def _check_token(self, given: bytes) -> None:
        wanted = b"Bearer " + self._settings.token.encode()
        if not hmac.compare_digest(given, wanted):
            raise Refusal(
                *(401, "token", "This service asks for a token: Authorization: Bearer TOKEN."),
                (b"www-authenticate", b"Bearer"),
            )

    async def _body(self, headers: dict[bytes, bytes], receive: Receive) -> bytes:
        limit = self._settings.limits.body
        length = headers.get(b"content-length", b"0")
        too_large = Refusal(413, "too_large", f"A request may have {limit:,} bytes at most.")
        if length.isdigit() and int(length[:20]) > limit:
            raise too_large
        parts: list[bytes] = []
        size, more = 0, True
        try:
            async with asyncio.timeout(_PATIENCE):
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise _HungUpError
                    parts.append(message.get("body", b""))
                    size += len(parts[-1])
                    more = message.get("more_body", False)
                    if size > limit:
                        raise too_large
        except TimeoutError:
            raise Refusal(408, "too_slow", "The request did not arrive in time.") from None
        return b"".join(parts)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = scope["path"] if scope["path"] in _ROUTES else "other"
        self._meters.requests.labels(route, str(status)).inc()
        self._meters.seconds.labels(route).observe(seconds)
        _log.info("%s %s %d %.1f ms", scope["method"], route, status, 1e3 * seconds)


class _HungUpError(Exception):
    """The client is gone."""


class _Reply:
    """Sends on what the app answers, with our headers; remembers the status."""

    def __init__(self, send: Send, *, api: bool) -> None:
        self.status = 0
        self._send = send
        self._own = [*_HEADERS, *([(b"cache-control", b"no-store")] if api else [])]

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message["headers"], *self._own]
        await self._send(message)

    async def refuse(self, refusal: Refusal) -> None:
        body = problem(refusal.code, str(refusal))
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            *refusal.headers,
        ]
        start = {"type": "http.response.start", "status": refusal.status, "headers": headers}
        await self(start)
        await self({"type": "http.response.body", "body": body})


def _protected(scope: Scope) -> bool:
    # A browser asks with OPTIONS whether it may send the token at all.
    path = scope["path"]
    return (path.startswith("/v1/") or path == "/metrics") and scope["method"] != "OPTIONS"


async def _while_listening(
    app: ASGIApp, scope: Scope, body: bytes, receive: Receive, reply: Send
) -> None:
    """Run the app on a body that is there; stop it when the client hangs up."""
    given = hung_up = False
    answering = asyncio.current_task()
    assert answering is not None

    async def replay() -> Message:
        nonlocal given
        if not given:
            given = True
            return {"type": "http.request", "body": body, "more_body": False}
        await listening
        return {"type": "http.disconnect"}

    async def listen() -> None:
        nonlocal hung_up
        while (await receive())["type"] != "http.disconnect":
            pass
        hung_up = True
        answering.cancel()

    listening = asyncio.create_task(listen())
    try:
        await app(scope, replay, reply)
    except asyncio.CancelledError:
        if hung_up and not answering.uncancel():
            raise _HungUpError from None
        raise
    finally:
        listening.cancel()
