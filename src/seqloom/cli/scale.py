"""Drawings of another size than a model was trained on: counted while reading, told once at the end."""

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from seqloom.data.series.scaling import Scaler
    from seqloom.search.stepper import Reals

_OTHER = 4.0
"""So many times as far, or as near, a pen does not move from one hand to the next."""


class Scale:
    """Of drawings that are read one after the other."""

    def __init__(self, scaler: "Scaler") -> None:
        self._scaler = scaler
        self._count = 0
        self._first = ""

    def add(self, name: str, offsets: "Reals") -> None:
        from seqloom.data.series.absolute import times_as_far

        times = times_as_far(offsets, self._scaler)
        if 1 / _OTHER <= times <= _OTHER:
            return
        self._count += 1
        shown = f"{times:,.0f}" if times > 1 else f"{times:.2g}"
        self._first = self._first or f"{name} {shown} times as far"

    def tell(self) -> None:
        """One note, if there is anything to tell."""
        if self._count:
            typer.echo(
                f"Note: {self._count:,} drawing(s) move the pen farther, or less far, from point to point "
                f"than those that the model was trained on ({self._first}). Scale them first, as it never "
                "saw such sizes.",
                err=True,
            )
