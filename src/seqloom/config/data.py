"""Where the pairs come from and how they are read."""

from typing import Literal

from pydantic import Field, NonNegativeInt, PositiveInt

from seqloom.config.section import Section
from seqloom.config.series import Handwritten, Spoken

Column = PositiveInt | str
"""A column by its number (the first is 1) or by its name (a header line or JSON key)."""

Format = Literal["auto", "tsv", "csv", "jsonl", "parquet", "parallel"]


class Data(Section):
    """Files, columns and limits. Paths may be plain or .gz.

    With format 'parallel' each entry of train, dev and test names two files, 'SOURCE,TARGET'.
    """

    train: tuple[str, ...] = ()
    dev: tuple[str, ...] = ()
    test: tuple[str, ...] = ()
    alignments: tuple[str, ...] = ()
    """A file of word alignments (Pharaoh format, 0-0 1-2) for each entry of train, line by line; read
    if `training.guided_alignment` is above 0."""
    embedded: Literal["dates", "speech", "hershey"] | None = None
    """Data made by seqloom itself at run time instead of read from files: dates (text), speech (frames
    of sentences that espeak-ng speaks), hershey (strokes of lines of handwriting)."""
    speech: Spoken = Spoken()
    hershey: Handwritten = Handwritten()

    format: Format = "auto"
    """auto goes by the file's name: .tsv/.txt, .csv, .jsonl/.ndjson, .parquet, or 'a,b' for
    parallel files; a '.gz' at the end is looked through; anything else is read as tsv."""
    header: bool | None = None
    """Whether TSV and CSV files open with a line of names; if not given: yes when a column is
    asked for by name."""
    source: Column = 1
    target: Column = 2
    features: tuple[Column, ...] | Literal["rest"] = ()
    """Further columns that join the source, such as a language tag or morphological features;
    several values in one field are separated by ';'. A column called 'id' is none: its values only have
    to differ from row to row. 'rest' are all but source, target and id: as many
    as a file has, none too."""

    dev_size: PositiveInt | None = None
    """How many pairs to hold out when there is no dev file; if not given, a tenth, 2,000 at most."""
    max_source: PositiveInt = 1000
    max_target: PositiveInt = 1000
    """Longer training pairs (in tokens) are left out and counted."""
    max_line_bytes: PositiveInt = 100_000
    """A longer line is an error (or set aside): it is most likely a file that is not text."""
    skip_bad: bool = False
    """Write bad rows to a side file with the reason and go on; otherwise the first one stops."""
    shuffle_buffer: PositiveInt = 200_000
    """Pairs shuffled together: a larger corpus is shuffled in blocks of about this size."""
    max_pairs: NonNegativeInt = Field(default=0)
    """Read at most this many training pairs; 0 reads all."""

    @property
    def feature_columns(self) -> tuple[Column, ...] | None:
        """Those that are asked for one by one; None for all that are left."""
        return None if self.features == "rest" else self.features
