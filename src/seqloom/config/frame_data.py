"""Where real-valued sequences come from: pairs of arrays, or windows over the columns of a table."""

from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, PositiveInt, model_validator

from seqloom.config.section import Section

Covariate = Literal["hour", "weekday", "year"]
"""What of a date is known of the future too: the hour of the day, the day of the week, the day of the
year, each as a sine and a cosine."""

Constant = Literal["refuse", "keep"]


class _Files(Section):
    train: tuple[str, ...] = ()
    dev: tuple[str, ...] = ()
    test: tuple[str, ...] = ()
    constant: Constant = "refuse"
    """A feature that never varies: an error, or left as it is."""
    skip_bad: bool = False
    """Write bad rows to a side file with the reason and go on; otherwise the first one stops."""


class Voices(Section):
    """Who speaks in data made at run time: variants of a voice of espeak-ng that take the same time for a
    sentence."""

    sentences: PositiveInt = 400
    """To train on; an eighth as many are for dev, and for testing. No sentence is in two parts."""
    language: str = "en-us"
    source: str = "adam"
    target: str = "david"
    speeds: tuple[PositiveInt, PositiveInt] = (150, 180)
    """Words a minute, the fewest and the most; both voices take the same."""
    pitches: tuple[PositiveInt, PositiveInt] = (40, 60)
    """0 to 99, the lowest and the highest; both voices take the same."""


class PairData(_Files):
    """A source and a target for each record: a line of .jsonl with two arrays, or the sequences of one
    .npz file (`arrays` SOURCE_points, SOURCE_lengths, ...), or of two files 'SOURCE,TARGET'."""

    kind: Literal["pairs"] = "pairs"
    embedded: Literal["voices"] | None = None
    """Data made by seqloom itself at run time: two voices that speak the same sentences."""
    voices: Voices = Voices()
    source: str = "source"
    """The key, or the part of an .npz file, that holds the source."""
    target: str = "target"
    dev_size: PositiveInt | None = None
    """How many pairs to hold out when there is no dev file; if not given, a tenth, 2,000 at most."""
    max_source: PositiveInt = 10_000
    max_target: PositiveInt = 10_000
    """A sequence with more frames is an error (or set aside)."""


class Shares(Section):
    """Parts in order of time: shares of all rows; what is left is for testing."""

    kind: Literal["shares"] = "shares"
    train: Annotated[float, Field(gt=0.0, lt=1.0)] = 0.7
    dev: Annotated[float, Field(gt=0.0, lt=1.0)] = 0.1

    @model_validator(mode="after")
    def _leave_some(self) -> Self:
        if self.train + self.dev >= 1.0:
            raise ValueError(
                "data.split must leave something for testing, but train and dev together take "
                f"{self.train + self.dev:g} of 1. Lower one of them."
            )
        return self


class Months(Section):
    """Parts in order of time: months of 30 days, as the splits of ETT are counted (Zhou 2021)."""

    kind: Literal["months"] = "months"
    train: PositiveInt = 12
    dev: PositiveInt = 4
    test: PositiveInt = 4
    rows_a_day: PositiveInt = 24


def _as_text(given: object) -> object:
    """YAML reads an unquoted date as one."""
    return given.isoformat() if isinstance(given, date) else given


Border = Annotated[PositiveInt | str, BeforeValidator(_as_text)]


class Borders(Section):
    """Parts in order of time: where dev and test begin, as dates such as 2017-06-26 or as numbers of
    rows (the first is 1)."""

    kind: Literal["borders"] = "borders"
    dev: Border
    test: Border

    @model_validator(mode="after")
    def _are_in_order(self) -> Self:
        first, second = _moment("dev", self.dev), _moment("test", self.test)
        if isinstance(first, int) != isinstance(second, int):
            raise ValueError(
                "data.split: dev and test must both be dates or both be numbers of rows, but are "
                f"{self.dev} and {self.test}. Give both alike."
            )
        if first >= second:  # pyright: ignore[reportOperatorIssue]
            raise ValueError(
                f"data.split.test must come after data.split.dev, but is {self.test} and that is "
                f"{self.dev}. Turn them around."
            )
        return self


def _moment(name: str, given: int | str) -> int | datetime:
    if isinstance(given, int):
        return given
    try:
        return datetime.fromisoformat(given)
    except ValueError:
        raise ValueError(
            f"data.split.{name} must be a date such as 2017-06-26 or the number of a row, but is "
            f"{given!r}."
        ) from None


Split = Annotated[Shares | Months | Borders, Field(discriminator="kind")]


class WindowData(_Files):
    """Windows over the columns of .csv or .parquet files: rows that are known, and the rows that
    follow and are to be forecast. Rows are in order of time."""

    kind: Literal["windows"] = "windows"
    columns: tuple[str, ...] = ()
    """What is read; if not given, every column of numbers."""
    targets: tuple[str, ...] = ()
    """Those of the columns that are forecast; all if not given."""
    time: str | None = None
    """The column with dates, for `known` and for a split by dates."""
    known: tuple[Covariate, ...] = ()
    """What of the date the model sees, of past and future."""
    lookback: PositiveInt = 96
    horizon: PositiveInt = 24
    stride: PositiveInt = 1
    """Rows from one training window to the next; dev and test take every window."""
    split: Split = Shares()
    """Where `dev` and `test` name no files of their own: how the rows of `train` are divided."""
    level: Literal["none", "last", "window"] = "last"
    """What is taken out of every window and put back at the output, so that a level never seen in
    training does no harm: nothing; the last known value (Zeng 2023, NLinear); or the mean and the
    deviation of the known rows (Kim 2022, RevIN without its learnt part)."""
    dev_stride: PositiveInt = 1
    """Rows from one dev window to the next, where validation should be quick."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if unknown := [name for name in self.targets if self.columns and name not in self.columns]:
            raise ValueError(
                f"data.targets must be among data.columns, but '{unknown[0]}' is not. "
                "Add it there, or leave it out."
            )
        for what, needs in (
            ("data.known", bool(self.known)),
            ("data.split", isinstance(self.split, Borders) and isinstance(self.split.dev, str)),
        ):
            if needs and self.time is None:
                raise ValueError(
                    f"{what} asks for dates, but data.time names no column. Set data.time=NAME."
                )
        if self.level == "window" and self.lookback == 1:
            raise ValueError(
                "data.level=window asks for a deviation, but data.lookback is 1. "
                "Set data.level=last, or a longer lookback."
            )
        return self


FrameData = Annotated[PairData | WindowData, Field(discriminator="kind")]
