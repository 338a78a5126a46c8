"""What every format turns its rows into."""

from dataclasses import dataclass

from seqloom.data.bad_rows import Place


@dataclass(frozen=True, slots=True)
class Row:
    """The wanted values of one row, as they stand in the file.

    features  one entry for each column of `data.features`, not yet cut at ';'
    id        the value of the column named 'id', if there is one
    content   the whole row, for the side file
    """

    place: Place
    source: str
    target: str | None
    features: tuple[str, ...]
    id: str | None
    content: str


def feature_values(fields: tuple[str, ...]) -> tuple[str, ...]:
    """The single features: 'V;PST' in one field is two of them, an empty field is none."""
    values = (value.strip() for field in fields for value in field.split(";"))
    return tuple(value for value in values if value)
