"""A document for the terminal: the weight of each sentence in the margin, that of each word as shading.

    0.71 ██████▏ │ The plot is [[terrible]] and the acting no better.
    0.29 ██▌     │ I saw it on a Tuesday.

With colour the words have a background, the stronger the more they count. Without (a pipe, a file) the
words that count at least half as much as the strongest stand in [[ ]], those with a quarter in [ ].
Widths are counted in terminal cells; the terminal itself orders right-to-left text.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from seqloom.explain.terminal import LEFT_TO_RIGHT_MARK
from seqloom.predict.document import DocumentResult, WeighedSentence

BAR = 7
"""Cells of the bar of a sentence that has all the weight."""
EIGHTHS = " ▏▎▍▌▋▊▉█"
MARGIN = len("0.00 ") + BAR + len(" │ ")
STRONG, MODERATE = 0.5, 0.25
FAINTEST = 0.1
SHADES = (
    (0.75, "#ffffff", "#0a4595"),
    (0.5, "#ffffff", "#2f66ad"),
    (0.25, "#0b2545", "#7fa8d8"),
    (FAINTEST, "#0b2545", "#c4d8ef"),
)
"""From what share on, ink and paper; paper and ink are both given, so that dark terminals agree."""
NARROWEST = 20


@dataclass(frozen=True, slots=True)
class TerminalDocument:
    """Prints itself through rich in the width there is; `str` gives 80 columns of plain text."""

    result: DocumentResult

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
        yield Text(answer(self.result), "bold", no_wrap=True, overflow="ignore")
        room = max(NARROWEST, width - MARGIN)
        for sentence, shades in zip(self.result.sentences, self.result.shades(), strict=True):
            shown = _sentence(sentence, shades, coloured)
            for number, line in enumerate(shown.wrap(console, room)):
                margin = _margin(sentence.weight) if number == 0 else " " * (MARGIN - 2) + "│ "
                yield Text(margin + LEFT_TO_RIGHT_MARK, no_wrap=True, overflow="ignore") + line
        yield Text(_legend(coloured), "dim")
        yield from (Text(note, "dim") for note in self.result.notes)


def terminal_document(result: DocumentResult) -> TerminalDocument:
    """For `rich.print` or `str`."""
    return TerminalDocument(result)


def answer(result: DocumentResult) -> str:
    """The labels given, and the three most probable with their probabilities."""
    best = sorted(result.probabilities.items(), key=lambda item: (-item[1], item[0]))[:3]
    told = ", ".join(f"{name} {share:.3f}" for name, share in best)
    return f"{', '.join(result.labels) or '(no label)'}   ({told})"


def _margin(weight: float) -> str:
    eighths = round(weight * BAR * 8)
    full, part = divmod(min(eighths, BAR * 8), 8)
    bar = (EIGHTHS[8] * full + (EIGHTHS[part] if part else "")).ljust(BAR)
    return f"{weight:.2f} {bar} │ "


def _sentence(sentence: WeighedSentence, shades: list[float], coloured: bool) -> Text:
    text = Text()
    for number, (piece, shade) in enumerate(zip(sentence.pieces, shades, strict=True)):
        word = " ".join(piece.split()) if piece.strip() else ""
        if number and piece[:1].isspace():
            text.append(" ")
        text.append(word if coloured else _marked(word, shade), _style(shade) if coloured else "")
    return text


def _style(shade: float) -> str:
    return next((f"{ink} on {paper}" for least, ink, paper in SHADES if shade >= least), "")


def _marked(word: str, shade: float) -> str:
    if shade >= STRONG:
        return f"[[{word}]]"
    return f"[{word}]" if shade >= MODERATE else word


def _legend(coloured: bool) -> str:
    words = (
        "The stronger the shade of a word, the more it counts."
        if coloured
        else "[[word]], then [word]: what counts most."
    )
    return f"Margin: weight of the sentence. {words}"
