"""What a next-step predictor reads: text, or pen strokes with or without the text that they write."""

from typing import Annotated, Literal, Self

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt, model_validator

from seqloom.config.data import Column
from seqloom.config.section import Section
from seqloom.config.tokens import Characters, Tokens

Share = Annotated[float, Field(ge=0.0, lt=1.0)]


class _Files(Section):
    train: tuple[str, ...] = ()
    dev: tuple[str, ...] = ()
    test: tuple[str, ...] = ()
    skip_bad: bool = False
    """Write bad rows to a side file with the reason and go on; otherwise the first one stops."""


class TextData(_Files):
    """Files of text, plain or .gz. A line's end is a token of its own, <eos>."""

    kind: Literal["text"] = "text"
    tokens: Tokens = Characters()
    column: Column | None = None
    """Of tables (.tsv, .csv, .jsonl, .parquet), by number or name: the text, a line for each row; if not
    given, files are plain text."""
    stream: bool = True
    """One long text: it is cut in `training.batch_size` lanes that are read side by side, and the state
    goes over from each batch to the next. false: every line is a sequence of its own."""
    steps: PositiveInt = 100
    """Of a stream: tokens between two cuts of back-propagation."""
    dev_share: Share = 0.05
    test_share: Share = 0.05
    """Of a stream without files for dev: what stands at its end is for dev, then for testing."""
    dev_size: PositiveInt | None = None
    """Lines to hold out where each is a sequence and there is no dev file; if not given, a tenth, 2,000
    at most."""
    max_length: PositiveInt = 1000
    """Where each line is a sequence: tokens at most; a longer one is an error (or set aside)."""
    max_line_bytes: PositiveInt = 1_000_000
    """A longer line is an error (or set aside): it is most likely a file that is not text."""

    @model_validator(mode="after")
    def _leaves_something(self) -> Self:
        if self.dev_share + self.test_share >= 1.0 or self.dev_share == 0.0:
            raise ValueError(
                "data.dev_share must be above 0 and leave something to train on, but it is "
                f"{self.dev_share:g} and data.test_share is {self.test_share:g}."
            )
        return self


class StrokeData(_Files):
    """Drawings: offsets (dx, dy, pen), pen 1 where the pen is lifted after the point. Files are .jsonl,
    .npy, .npz, .inkml or .svg (one drawing a file)."""

    kind: Literal["strokes"] = "strokes"
    embedded: Literal["hershey"] | None = None
    """Data made by seqloom itself at run time: lines of text in the Hershey single-stroke fonts."""
    lines: PositiveInt = 10_000
    """Embedded lines to train on; a twentieth as many are for dev, and for testing."""
    condition: Literal["none", "text"] = "none"
    """text: a drawing stands beside the text it writes, and is drawn from it. Files are then .jsonl
    (objects with the keys `text_key` and `strokes_key`), .npz (arrays text_texts, strokes_points and
    strokes_lengths) or .tsv (a text beside the name of a .npy file)."""
    text_key: str = "text"
    strokes_key: str = "strokes"
    """Keys of JSONL objects, and the first part of the names in .npz files with texts; without a
    condition a line may also be the bare array."""
    points: Literal["offsets", "points"] = "offsets"
    """What arrays hold: how far the pen moves, or where it is."""
    add_origin: bool = False
    """The offsets count from a point that is not among them: put it first, (0, 0) with the pen down."""
    train_part: str = ""
    dev_part: str = ""
    test_part: str = ""
    """Parts of .npz files that hold several sets. With a dev part and no dev file, the training file's
    own part is the dev set; likewise for test."""
    simplify: NonNegativeFloat = 0.0
    """Drop points that lie no farther than this from the line drawn without them, in units of the data
    (Ramer 1972, Douglas & Peucker 1973); 0 keeps all."""
    curve: PositiveFloat = 1.0
    """Of SVG curves: how far their chords may be from them, in units of the file."""
    max_points: PositiveInt = 1000
    max_text: PositiveInt = 200
    """A drawing with more points, or characters, is an error (or set aside)."""
    dev_size: PositiveInt | None = None
    """Drawings to hold out where there is no dev set; if not given, a tenth, 2,000 at most."""
    max_line_bytes: PositiveInt = 5_000_000

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.embedded is not None and self.train:
            raise ValueError(
                f"data.train cannot stand beside data.embedded={self.embedded}, which makes its own "
                "data. Set data.embedded=null, or give the files with --data."
            )
        return self


NextStepData = Annotated[TextData | StrokeData, Field(discriminator="kind")]
