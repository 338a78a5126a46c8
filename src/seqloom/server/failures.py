"""Answers that are errors: {"error": {"code", "message"}}, whatever went wrong."""

from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from seqloom.server import shapes
from seqloom.server.bodies import problem
from seqloom.server.told import told

FAILURES: dict[int | str, dict[str, Any]] = {
    400: {"model": shapes.Failure, "description": "The body is no JSON in UTF-8."},
    401: {"model": shapes.Failure, "description": "The token is missing or wrong."},
    404: {"model": shapes.Failure, "description": "There is no such model."},
    408: {"model": shapes.Failure, "description": "The request did not arrive in time."},
    413: {"model": shapes.Failure, "description": "The request is too large."},
    422: {"model": shapes.Failure, "description": "The request asks for what cannot be done."},
    429: {"model": shapes.Failure, "description": "Too much waits; see Retry-After."},
    503: {"model": shapes.Failure, "description": "No answer for now; see Retry-After."},
}


class FailedError(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, code: str, message: str, retry_after: int = 0) -> None:
        super().__init__(message)
        self.status, self.code, self.retry_after = status, code, retry_after


def answered(body: bytes, status: int = 200) -> Response:
    return Response(body, status, media_type="application/json")


async def _on_failed(request: Request, error: Exception) -> Response:
    assert isinstance(error, FailedError)
    answer = answered(problem(error.code, str(error)), error.status)
    if error.retry_after:
        answer.headers["retry-after"] = str(error.retry_after)
    return answer


async def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return answered(problem("invalid", told(error.errors())), 422)


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code, message = {
        400: ("no_json", "The body must be JSON in UTF-8."),
        404: ("not_found", "There is nothing at this address."),
        405: ("method", "This address cannot be asked in this way."),
    }.get(error.status_code, ("refused", "The request cannot be answered."))
    return Response(
        problem(code, message), error.status_code, error.headers, media_type="application/json"
    )


HANDLERS: dict[type[Exception], Any] = {
    FailedError: _on_failed,
    RequestValidationError: _on_invalid,
    HTTPException: _on_http,
}
