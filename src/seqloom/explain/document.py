"""A document for the terminal: a bar for each sentence in the margin, how strong each word is as shading.

    0.71 ██████▏ │ The plot is [[terrible]] and the acting no better.
    0.29 ██▌     │ I saw it on a Tuesday.

With colour the words have a background, the stronger the more they count; orange ones speak against the
label. Without (a pipe, a file) the words that count at least half as much as the strongest stand in [[ ]],
those with a quarter in [ ]; what speaks against it stands in (( )) and ( ).
Widths are counted in terminal cells; the terminal itself orders right-to-left text.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from seqloom.explain.shaded import ShadedDocument, ShadedSentence
from seqloom.explain.terminal import LEFT_TO_RIGHT_MARK

BAR = 7
"""Cells of the longest bar."""
EIGHTHS = " ▏▎▍▌▋▊▉█"
AGAINST = "░"
BESIDE = BAR + len("  │ ")
MARGIN = len("0.00") + BESIDE
"""Of a document by attention."""
STRONG, MODERATE = 0.5, 0.25
FAINTEST = 0.1
SHADES = (
    (0.75, "#ffffff", "#0a4595"),
    (0.5, "#ffffff", "#2f66ad"),
    (0.25, "#0b2545", "#7fa8d8"),
    (FAINTEST, "#0b2545", "#c4d8ef"),
)
"""From what share on, ink and paper; paper and ink are both given, so that dark terminals agree."""
SHADES_AGAINST = (
    (0.75, "#ffffff", "#a84300"),
    (0.5, "#ffffff", "#b3500a"),
    (0.25, "#3d1800", "#e3a06e"),
    (FAINTEST, "#3d1800", "#f5dcc8"),
)
NARROWEST = 20


@dataclass(frozen=True, slots=True)
class TerminalDocument:
    """Prints itself through rich in the width there is; `str` gives 80 columns of plain text."""

    document: ShadedDocument

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        coloured = console.color_system is not None
        yield from self.lines(console, options.max_width, coloured)

    def __str__(self) -> str:
        return self.plain(80)

    def plain(self, width: int) -> str:
        """The document without colour, at most `width` cells wide."""
        paper = Console(file=StringIO(), width=width, color_system=None)
        lines = self.lines(paper, width, coloured=False)
        return "\n".join(line.plain.rstrip() for line in lines)

    def lines(self, console: Console, width: int, coloured: bool) -> Iterator[Text]:
        """The labels, every sentence in as many lines as it needs, the legend and the notes."""
        document = self.document
        figure = max((len(each.figure) for each in document.sentences), default=0)
        room = max(NARROWEST, width - figure - BESIDE)
        yield Text(document.heading, "bold", no_wrap=True, overflow="ignore")
        if document.title:
            yield Text(document.title)
        for sentence in document.sentences:
            for number, line in enumerate(_sentence(sentence, coloured).wrap(console, room)):
                first = f"{sentence.figure:>{figure}} {_bar(sentence.bar)}"
                margin = (first if number == 0 else " " * len(first)) + " │ "
                yield Text(margin + LEFT_TO_RIGHT_MARK, no_wrap=True, overflow="ignore") + line
        yield Text(_legend(document, coloured), "dim")
        yield from (Text(note, "dim") for note in document.notes)


def terminal_document(document: ShadedDocument) -> TerminalDocument:
    """For `rich.print` or `str`."""
    return TerminalDocument(document)


def _bar(share: float) -> str:
    if share < 0:
        return (AGAINST * min(BAR, max(1, round(-share * BAR)))).ljust(BAR)
    full, part = divmod(min(round(share * BAR * 8), BAR * 8), 8)
    return (EIGHTHS[8] * full + (EIGHTHS[part] if part else "")).ljust(BAR)


def _sentence(sentence: ShadedSentence, coloured: bool) -> Text:
    text = Text()
    for number, (piece, shade) in enumerate(zip(sentence.pieces, sentence.shades, strict=True)):
        word = " ".join(piece.split()) if piece.strip() else " "[: len(piece)]
        if number and word.strip() and piece[:1].isspace():
            text.append(" ")
        text.append(word if coloured else _marked(word, shade), _style(shade) if coloured else "")
    return text


def _style(shade: float) -> str:
    shades = SHADES_AGAINST if shade < 0 else SHADES
    return next((f"{ink} on {paper}" for least, ink, paper in shades if abs(shade) >= least), "")


def _marked(word: str, shade: float) -> str:
    opening, closing = "()" if shade < 0 else "[]"
    times = (abs(shade) >= MODERATE) + (abs(shade) >= STRONG)
    return f"{opening * times}{word}{closing * times}"


def _legend(document: ShadedDocument, coloured: bool) -> str:
    if coloured:
        words = "The stronger the shade of a word, the more it counts."
        against = " Orange speaks against the label."
    else:
        words = "[[word]], then [word]: what counts most."
        against = " ((word)), then (word): what speaks against the label."
    return f"Margin: {document.of_sentence}. {words}{against if document.signed else ''}"
