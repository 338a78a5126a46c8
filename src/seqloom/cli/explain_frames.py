"""`seqloom explain` for converters of frames: the forecast beside what came, and what it looked at."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from seqloom.cli.drawn import write_drawing

if TYPE_CHECKING:
    from seqloom.converter import Converter
    from seqloom.explain.conversion import Explanation
    from seqloom.explain.theme import Scheme

_FIRST = 3
"""Source frames named for each answer."""


def explain_frames(
    converter: "Converter", file: str, png: Path | None, at: str | None, theme: "Scheme"
) -> None:
    """The picture, and in the terminal where most attention went."""
    explanation = converter.explain(file, at=at)
    typer.echo(told(explanation))
    write_drawing(png, partial(explanation.png, theme=theme))


def told(explanation: "Explanation") -> str:
    """What was read and written, in words."""
    answer = explanation.answer
    lines = [f"{len(explanation.known)} frames read, {len(answer.frames)} written"]
    if answer.times:
        lines.append(f"from {answer.times[0]} to {answer.times[-1]}")
    if answer.attention is not None:
        mean = answer.attention.mean(axis=0)
        most = mean.argsort()[::-1][:_FIRST].tolist()
        shares = ", ".join(
            f"{_place(place, mean.size, explanation)} {mean[place]:.1%}" for place in most
        )
        lines.append(f"most attention, over all steps: {shares}")
    return "\n".join(lines)


def _place(place: int, read: int, explanation: "Explanation") -> str:
    return f"step {place - read}" if explanation.ahead else f"frame {place + 1}"
