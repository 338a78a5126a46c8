"""Bodies of answers: JSON, and what is said where there is no answer.

No message holds text that a client sent, or a path: what our own errors say is passed on only where
it is known to have neither.
"""

import json
import traceback

BUSY = "Too many requests are waiting. Ask again after the seconds of Retry-After."


class RefusedError(Exception):
    """What a client asked for cannot be done; the message is for people, the code for programs."""

    def __init__(self, message: str, code: str = "refused") -> None:
        super().__init__(message)
        self.code = code


def encoded(content: object) -> bytes:
    """As JSON. Lone surrogates, which UTF-8 cannot hold, are replaced."""
    return json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")


def problem(code: str, message: str) -> bytes:
    """The body of every answer that is an error."""
    return encoded({"error": {"code": code, "message": message}})


def described(error: Exception) -> str:
    """What an unknown error is, and the module and line where it arose: its message may quote what was
    asked, and a file's name is a path."""
    frames = [*traceback.walk_tb(error.__traceback__)]
    place = f"{frames[-1][0].f_globals.get('__name__')}:{frames[-1][1]}" if frames else "?"
    return f"{type(error).__name__} at {place}"
