"""Routes whose request is one JSON object and whose endpoint answers with a response of its own.

FastAPI describes them in the OpenAPI document as any other; but what it does for each request to find
out what an endpoint wants is known here from the start: pydantic reads the object from the bytes.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response


class Direct(APIRoute):
    """Its endpoint takes the object, and nothing else."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        [parameter] = self.dependant.body_params
        question = parameter.field_info.annotation
        assert isinstance(question, type)
        assert issubclass(question, BaseModel)
        endpoint = self.endpoint

        async def handle(request: Request) -> Response:
            kind = request.headers.get("content-type", "").partition(";")[0]
            if kind.strip().lower() != "application/json":
                # A page elsewhere could send any other type without having asked whether it may.
                raise RequestValidationError(_UNNAMED)
            body = await request.body()
            try:
                asked = question.model_validate_json(body)
            except ValidationError as error:
                errors = error.errors(include_url=False, include_input=False)
                if errors[0]["type"] == "json_invalid":
                    raise HTTPException(400) from None
                raise RequestValidationError(errors) from None
            return await endpoint(asked)

        return handle


_UNNAMED = [
    {
        "type": "model_attributes_type",
        "loc": ("body",),
        "msg": "must come with Content-Type: application/json",
    }
]
