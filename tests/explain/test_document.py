"""Documents with their weights: in the terminal, as a page and as a picture."""

import re
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from rich.cells import cell_len
from rich.console import Console

from seqloom.explain.confusion import png_confusion
from seqloom.explain.document import MARGIN, terminal_document
from seqloom.explain.document_html import document_page
from seqloom.explain.document_png import draw, png_document
from seqloom.explain.shaded import ShadedDocument, ShadedSentence, by_attention, by_figures
from seqloom.metrics.confusion import Confusion
from seqloom.predict.document import DocumentResult, WeighedSentence

EVIL = "</p><script>alert(1)</script><img src=x onerror=alert(2)>\"'&"


def result(*sentences: tuple[str, float], notes: tuple[str, ...] = ()) -> DocumentResult:
    """The last word of each sentence gets most of its weight."""
    weighed = []
    for text, weight in sentences:
        pieces = tuple(f" {word}" for word in text.split())
        rest = 0.2 / max(1, len(pieces) - 1)
        weights = (rest,) * (len(pieces) - 1) + (1.0 - rest * (len(pieces) - 1),)
        weighed.append(WeighedSentence(pieces, weights, weight))
    return DocumentResult(("neg",), {"neg": 0.9, "pos": 0.1}, tuple(weighed), notes)


def document(*sentences: tuple[str, float], notes: tuple[str, ...] = ()) -> ShadedDocument:
    return by_attention(result(*sentences, notes=notes))


PLAIN = result(("The plot is terrible", 0.7), ("I saw it", 0.3))


def test_shades_are_the_root_of_the_sentence_times_the_word() -> None:
    two = DocumentResult(
        ("a",), {"a": 1.0},
        (WeighedSentence(("x", "y"), (0.8, 0.2), 0.64), WeighedSentence(("z",), (1.0,), 0.36)),
    )  # fmt: skip
    # 0.8 * 0.8, 0.8 * 0.2, 0.6 * 1, over the largest.
    assert [pytest.approx(row) for row in two.shades()] == [[1.0, 0.25], [0.6 / 0.64]]


def test_without_colour_strong_words_are_bracketed() -> None:
    text = terminal_document(by_attention(PLAIN)).plain(60)
    lines = [line.replace("\u200e", "") for line in text.splitlines()]
    assert lines[0] == "neg   (neg 0.900, pos 0.100)"
    assert lines[1] == "0.70 ████▉   │ The plot is [[terrible]]"
    assert lines[2] == "0.30 ██▏     │ I saw [[it]]"


def test_long_sentences_wrap_beside_the_margin() -> None:
    text = terminal_document(document(("정말 " * 40, 1.0))).plain(50)
    lines = [line.replace("\u200e", "") for line in text.splitlines()][1:-1]
    assert len(lines) > 4
    assert all(cell_len(line) <= 50 for line in lines)
    assert all(line.startswith(" " * (MARGIN - 2) + "│ ") for line in lines[1:])


def test_with_colour_words_have_a_background_and_no_brackets() -> None:
    paper = StringIO()
    console = Console(file=paper, width=60, force_terminal=True, color_system="truecolor")
    console.print(terminal_document(by_attention(PLAIN)))
    assert "48;2;10;69;149mterrible" in paper.getvalue()
    assert "[[" not in paper.getvalue()


class Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def test_text_from_outside_never_becomes_markup() -> None:
    evil = DocumentResult((EVIL,), {EVIL: 1.0}, result((EVIL, 1.0)).sentences, (EVIL,))
    tags = Tags(document_page([by_attention(evil)], EVIL, language=EVIL))
    assert not tags.named("script")
    assert not tags.named("img")
    assert not any(name.startswith("on") for _, attributes in tags.found for name in attributes)


def test_the_page_fetches_nothing() -> None:
    page = document_page([document(("한국 영화", 1.0))], "t", "ko")
    assert not re.findall(r"""(?:src|href|action)\s*=|url\((?!data:)|@import|https?://""", page)


def test_a_sentence_runs_in_its_own_direction() -> None:
    tags = Tags(document_page([document(("فيلم رائع", 0.5), ("so good", 0.5))], "t"))
    rows = [a["dir"] for a in tags.named("div") if a.get("class") == "sentence"]
    assert rows == ["rtl", "ltr"]


def test_words_carry_their_shade_and_sentences_their_weight() -> None:
    tags = Tags(document_page([by_attention(PLAIN)], "t"))
    shades = [a["style"] for a in tags.named("span") if a.get("class") == "word"]
    assert shades[-1] == f"--shade: {(0.3 / 0.7) ** 0.5:.2f}"
    assert "--shade: 1.00" in shades
    weights = [a["style"] for a in tags.named("div") if a.get("class") == "margin"]
    assert weights == ["--weight: 0.700", "--weight: 0.300"]


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB")).astype(int)


@pytest.mark.parametrize(
    "text", ["A fine film", "정말 재미있다", "فيلم رائع جدا", "$\\frac$ <b> \x07"]
)
def test_any_text_has_a_picture(tmp_path: Path, text: str) -> None:
    png_document(document((text, 0.6), ("end", 0.4), notes=("A note.",)), tmp_path / "a.png")
    assert pixels(tmp_path / "a.png").shape[1] == 1200


def test_a_right_to_left_sentence_begins_at_the_right(tmp_path: Path) -> None:
    def shaded(text: str) -> tuple[int, int]:
        """Where the strongest word, the last, begins and ends."""
        png_document(document((text, 1.0)), tmp_path / "a.png")
        area = pixels(tmp_path / "a.png")[60:, 200:]
        columns = np.flatnonzero((area[..., 2] - area[..., 0] > 100).any(axis=0))
        return 200 + int(columns.min()), 200 + int(columns.max())

    first, _ = shaded("abc def")
    _, last = shaded("אבג דהו")
    assert 215 < first < 300  # after the first word, at the left
    assert 1080 < last < 1155  # before the first word, at the right


def drawn(*pieces: str) -> list[tuple[str, bool]]:
    """The words of one sentence from left to right, and whether each is set to run to the left."""
    even = (0.0,) * len(pieces)
    sentence = ShadedSentence(pieces, even, ("",) * len(pieces), 1.0, "1.00")
    words = [text for text in draw(ShadedDocument("", (sentence,))).texts if text.get_text()]
    words = sorted(words[1:], key=lambda text: text.get_position()[0])
    return [(text.get_text().strip("\u200f"), "\u200f" in text.get_text()) for text in words]


@pytest.mark.parametrize(
    ("pieces", "shown"),
    [
        (("سافر", " John", " Smith", " إلى", " York"), "York إلى John Smith سافر"),
        (("He", " said", " שלום", " עולם", " twice"), "He said עולם שלום twice"),
    ],
)
def test_words_that_run_both_ways_stand_as_they_are_read(pieces, shown) -> None:
    assert [word for word, _ in drawn(*pieces)] == shown.split()


def test_brackets_are_set_in_the_direction_of_their_line() -> None:
    arabic = drawn("هنا", " (", "يوم", ")", " «", "يوم", "»", ".")
    assert arabic == [(w, True) for w in [".", "»", "يوم", "«", ")", "يوم", "(", "هنا"]]
    assert drawn("so", " (", "it", ")") == [(w, False) for w in ["so", "(", "it", ")"]]


def test_brackets_that_run_to_the_left_are_mirrored(tmp_path: Path) -> None:
    def bracket(*pieces: str) -> np.ndarray:
        """The ink of the only word with a shade, in columns."""
        shades = tuple(float("(" in piece) for piece in pieces)
        sentence = ShadedSentence(pieces, shades, ("",) * len(pieces), 0.0, "")
        png_document(ShadedDocument("", (sentence,)), tmp_path / "a.png")
        area = pixels(tmp_path / "a.png")
        paper = (area[..., 2] - area[..., 0] > 60).any(axis=0)
        box = area[60:, np.flatnonzero(paper).min() : np.flatnonzero(paper).max() + 1]
        return (box.min(axis=2) > 200).sum(axis=0)

    def opens(columns: np.ndarray) -> bool:
        """Most of the white ink of '(' is at its left."""
        half = len(columns) // 2
        return columns[:half].sum() > columns[half:].sum()

    latin, arabic = bracket("a", " (", "b"), bracket("هنا", " (", "يوم")
    assert opens(latin)
    assert not opens(arabic)


def test_blanks_among_characters_are_blanks(tmp_path: Path) -> None:
    characters = tuple("좋 다")
    sentence = ShadedSentence(characters, (0.0, 1.0, 0.0), ("",) * 3, 1.0, "1.00")
    spaced = ShadedDocument("neg", (sentence,))
    plain = terminal_document(spaced).plain(60).replace("\u200e", "").splitlines()[1]
    assert plain.endswith("좋[[ ]]다")
    unshaded = ShadedDocument("neg", (sentence._replace(shades=(0.0,) * 3),))
    assert terminal_document(unshaded).plain(60).splitlines()[1].endswith("좋 다")
    assert '<span class="word" style="--shade: 1.00" title=""> </span>' in document_page(
        [spaced], "t"
    )

    def apart(pieces: tuple[str, ...]) -> float:
        words = draw(ShadedDocument("", (sentence._replace(pieces=pieces),))).texts[-2:]
        return words[1].get_position()[0] - words[0].get_position()[0]

    assert apart(characters) > apart(("좋", "", "다")) + 0.004


def test_sentences_beyond_the_picture_are_counted(tmp_path: Path) -> None:
    png_document(document(*[("a b", 0.01)] * 70), tmp_path / "many.png")
    png_document(document(*[("a b", 0.01)] * 60), tmp_path / "all.png")
    more = pixels(tmp_path / "many.png").shape[0] - pixels(tmp_path / "all.png").shape[0]
    assert 20 < more < 40  # one line of a note


def test_a_confusion_matrix_has_a_picture(tmp_path: Path) -> None:
    names = ["긍정", "neg", "$x$", "a label with a very long name indeed"]
    png_confusion(Confusion.of([0, 1, 2, 3, 0], [0, 1, 2, 2, 0], names), tmp_path / "c.png")
    assert pixels(tmp_path / "c.png").shape[0] > 300


def test_figures_of_a_method_are_shares_of_the_largest_of_their_kind() -> None:
    words = SimpleNamespace(weights=np.array([[4.0, -1.0, 0.001, 2.0, 0, 0, -4.0]], np.float32))
    sentences = SimpleNamespace(weights=np.array([[3.0, -6.0]], np.float32))
    shaded = by_figures(PLAIN, words, sentences, title="Occlusion", unit="nats", signed=True)
    first, second = shaded.sentences
    assert first.shades == pytest.approx((1, -0.25, 0.00025, 0.5))
    assert second.shades == pytest.approx((0, 0, -1))
    assert (first.bar, second.bar) == (0.5, -1)
    assert first.told == ("+4.00", "-1.00", "+1e-03", "+2.00")
    assert (first.figure, second.figure) == ("+3.00", "-6.00")
    assert shaded.of_sentence == "figure of the sentence (nats)"


SIGNED = ShadedDocument(
    "neg", (ShadedSentence(("so", " good"), (0.6, -0.6), ("+1.20", "-1.20"), -1.0, "-0.40"),),
    "Occlusion, of the label neg", True,
)  # fmt: skip


def test_what_speaks_against_has_marks_of_its_own() -> None:
    plain = terminal_document(SIGNED).plain(60).replace("\u200e", "").splitlines()
    assert plain[:3] == ["neg", "Occlusion, of the label neg", "-0.40 ░░░░░░░ │ [[so]] ((good))"]
    assert "((word)), then (word): what speaks against the label." in " ".join(plain)
    assert "((word))" not in terminal_document(by_attention(PLAIN)).plain(200)
    tags = Tags(document_page([SIGNED], "t"))
    assert [a["class"] for a in tags.named("span") if "class" in a] == ["word", "word against"]
    assert [a.get("class") for a in tags.named("i")] == ["against"]


def test_against_is_orange_in_a_picture(tmp_path: Path) -> None:
    png_document(SIGNED, tmp_path / "a.png")
    area = pixels(tmp_path / "a.png")
    assert (area[..., 0] - area[..., 2] > 100).sum() > 200
    assert (area[..., 2] - area[..., 0] > 60).sum() > 200
