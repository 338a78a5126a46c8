"""`seqloom generate` for converters of frames: what --prime holds, in the other voice or as it goes on. It
is what `seqloom predict` answers; frames of speech become a sound under a name that ends in .wav."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from seqloom.cli.predict_frames import predict_frames
from seqloom.errors import UserError

if TYPE_CHECKING:
    from seqloom.converter import Converter


def generate_frames(
    converter: "Converter",
    prime: Path | None,
    out: Path | None,
    seed: int,
    others: dict[str, bool],
) -> None:
    """Raises UserError for what a converter cannot take; others: which options were given besides."""
    given = [name for name, was_given in others.items() if was_given]
    if given:
        raise UserError(
            f"{converter.folder}: frames are written from frames, so {given[0]} says nothing here. "
            "Leave it out."
        )
    if prime is None or out is None:
        missing = (
            "--prime FILE" if prime is None else "--out FILE, such as answer.wav or answer.csv"
        )
        raise UserError(f"{converter.folder}: writes frames from frames, so it needs {missing}.")
    written = predict_frames(converter, str(prime), out, seed=seed)
    if written == [out]:
        typer.echo(f"Wrote {out}", err=True)
