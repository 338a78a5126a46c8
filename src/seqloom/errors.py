"""What a user can mend is a UserError: one line that names the thing, the rule, what was given and
the way out. The command line prints it without a traceback and exits with status 2.
"""

from collections.abc import Iterable
from difflib import get_close_matches


class UserError(Exception):
    """A mistake in the input, the settings or the surroundings that the reader of it can mend."""


class SourceTooLong(UserError):  # noqa: N818
    """Of the sources in a batch the longest is longer than the model can read."""


class MissingExtra(UserError):  # noqa: N818
    """A feature was asked for whose packages are not installed."""

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(
            f"{feature} needs packages that are not installed: pip install 'seqloom[{extra}]'"
        )


def suggestion(given: str, known: Iterable[str]) -> str:
    """A sentence to append to an error: the nearest known name, and the whole choice."""
    names = sorted(known)
    near = get_close_matches(given, names, n=1)
    guess = f"Did you mean '{near[0]}'? " if near else ""
    return f"{guess}Choose from: {', '.join(names)}."
