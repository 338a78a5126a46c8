"""A dictionary for words that a model cannot write: lines SOURCE<tab>TARGET.

The first entry of a word counts, as in a lexicon sorted by probability. Columns after the second are
left alone.
"""

from seqloom.config.data import Data
from seqloom.data.bad_rows import Fault
from seqloom.data.sources.lines import check_readable, opened, read_lines
from seqloom.errors import UserError


def read_dictionary(path: str) -> dict[str, str]:
    """Raises UserError, naming the line, for one that has no two columns."""
    check_readable(path)
    entries: dict[str, str] = {}
    with opened(path) as stream:
        for line in read_lines(stream, path, Data().max_line_bytes):
            if isinstance(line, Fault):
                raise UserError(f"{line.place}: {line.reason} {line.remedy}")
            source, _, target = line.text.partition("\t")
            target = target.partition("\t")[0].strip()
            if not source.strip() or not target:
                raise UserError(
                    f"{line.place}: a dictionary has lines SOURCE<tab>TARGET, but found "
                    f"{line.text[:40]!r}. Mend the line or delete it."
                )
            entries.setdefault(source.strip(), target)
    return entries
