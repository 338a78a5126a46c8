"""An attention map for the terminal: a row per output token, a column per source token.

          J  a  n  u  a  r  y
        0 ▓▓ ░░ ·  ·  ·  ·  ·
        1 ░░ ·  ░░ ▒▒ ·  ·  ·

A figure below 0, which only other methods than attention have, shows as -▓. Four shades of block
characters and, where the terminal has colour, a scale of one hue. Widths are
counted in terminal cells, so that Hangul, kana and kanji (two cells) and accents (none) line up.
A map wider than the terminal continues in further bands of columns. Without a terminal (a pipe, a
file) the same map is plain text. Columns keep the order of the tokens also in right-to-left text.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from unicodedata import bidirectional

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from seqloom.explain.attention_map import AttentionMap, attention_map
from seqloom.explain.labels import clip
from seqloom.predict.result import Result

SHADES = ((0.75, "█"), (0.5, "▓"), (0.25, "▒"), (0.05, "░"))
BELOW_ALL_SHADES = "·"
AGAINST = "#d97b2e"
"""For figures below 0."""
COLOURS = ((0.75, "#1f8fff"), (0.5, "#4a92d4"), (0.25, "#6a94b8"), (0.0, "#8096a8"))
"""One hue, ever more saturated, of a lightness that stands out on black and on white."""
SOURCE_LIMIT, TARGET_LIMIT = 10, 20
"""The widest label in cells; a longer one ends in '…'."""
SQUARE = 2
"""Cells that show a weight; a column is as wide as its token, and never narrower than this."""
LEFT_TO_RIGHT_MARK = "\u200e"
REORDERED = {"R", "AL", "AN"}
"""Unicode's classes of right-to-left letters and Arabic digits."""


@dataclass(frozen=True, slots=True)
class TerminalMap:
    """Prints itself through rich in the width there is; `str` gives 80 columns of plain text."""

    map: AttentionMap

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield from self.lines(options.max_width)

    def __str__(self) -> str:
        return self.plain(80)

    def plain(self, width: int) -> str:
        """The map without colour, at most `width` cells wide if its widest column allows."""
        paper = Console(file=StringIO(), width=width, color_system=None)
        with paper.capture() as captured:
            paper.print(self)
        return "\n".join(line.rstrip() for line in captured.get().splitlines())

    def lines(self, width: int) -> Iterator[Text]:
        """All bands, each of equally wide lines, then the legend and the notes."""
        margin = max((cell_len(clip(token, TARGET_LIMIT)) for token in self.map.target), default=0)
        for number, columns in enumerate(bands(self.map.source, width - margin - 1)):
            if number:
                yield _line("")
            yield from self._band(columns, margin)
        yield _legend(self.map)
        yield from (Text(note, "dim") for note in self.map.notes)

    def _band(self, columns: range, margin: int) -> Iterator[Text]:
        yield _row(" " * margin, [self._heading(column) for column in columns])
        for row, token in enumerate(self.map.target):
            yield _row(
                fit(clip(token, TARGET_LIMIT), margin, right=True),
                [self._cell(row, column) for column in columns],
            )

    def _heading(self, column: int) -> Text:
        token = clip(self.map.source[column], SOURCE_LIMIT)
        return Text(fit(token, column_width(token)), "bold")

    def _cell(self, row: int, column: int) -> Text:
        width = column_width(clip(self.map.source[column], SOURCE_LIMIT))
        return shade(float(self.map.shares[row, column]), width)


def terminal_map(result: Result, output: int = 0) -> TerminalMap:
    """The map of one output, for `rich.print` or `str`."""
    return TerminalMap(attention_map(result, output))


def bands(source: Sequence[str], width: int) -> Iterator[range]:
    """Cut the columns into runs that fit `width` cells; a column wider than that has its own."""
    start, used = 0, 0
    for position, token in enumerate(source):
        needed = column_width(clip(token, SOURCE_LIMIT)) + 1
        if position > start and used + needed > width:
            yield range(start, position)
            start, used = position, 0
        used += needed
    yield range(start, len(source))


def column_width(token: str) -> int:
    return max(SQUARE, cell_len(token))


def fit(token: str, width: int, right: bool = False) -> str:
    """Padded to `width` cells. Marks around right-to-left letters and Arabic digits keep a
    terminal that reorders lines from swapping columns."""
    blanks = " " * (width - cell_len(token))
    if not REORDERED.isdisjoint(map(bidirectional, token)):
        token = LEFT_TO_RIGHT_MARK + token + LEFT_TO_RIGHT_MARK
    return blanks + token if right else token + blanks


def shade(share: float, width: int) -> Text:
    """A share of the largest figure as a square, padded to `width` cells."""
    for threshold, block in SHADES:
        if abs(share) >= threshold:
            square = block * SQUARE if share > 0 else "-" + block * (SQUARE - 1)
            return Text(square, _colour(share)).append(" " * (width - SQUARE))
    return Text(fit(BELOW_ALL_SHADES, width), "dim")


def _colour(weight: float) -> str:
    if weight < 0:
        return AGAINST
    return next((colour for threshold, colour in COLOURS if weight >= threshold), COLOURS[-1][1])


def _row(heading: str, cells: Sequence[Text]) -> Text:
    row = _line(heading)
    for cell in cells:
        row.append(" ").append_text(cell)
    return row


def _legend(map: AttentionMap) -> Text:
    """Unlike a row it may wrap, between its items."""
    named = f"{map.kind}, as a share of {map.ends[1]}: " if map.title else "Attention: "
    legend = Text(named if map.largest != 1 else f"{map.kind}: ")
    legend.append(BELOW_ALL_SHADES, "dim").append(f"<{SHADES[-1][0]:g}")
    for threshold, block in reversed(SHADES):
        legend.append(" ").append(block * SQUARE, _colour(threshold)).append(f"≥{threshold:g}")
    if map.signed:
        legend.append("; against: ").append("-" + SHADES[1][1], AGAINST)
    return legend


def _line(text: str) -> Text:
    return Text(text, no_wrap=True, overflow="ignore")
