"""A document as one HTML page: a bar for each sentence in the margin, each word shaded by how it counts.

The file needs no network and no script, brings the fonts that its reader may lack, and follows the
reader's colour scheme. A sentence is set in its own direction, with the margin always on the side
where its lines begin. Pointing at a word tells its figure; the strongest words stand
in a table too, for those who do not see the shading.

All text passes through `escape`.
"""

from collections.abc import Sequence
from html import escape

from seqloom.explain import svg
from seqloom.explain.document import FAINTEST
from seqloom.explain.embedded import page_fonts
from seqloom.explain.labels import is_right_to_left
from seqloom.explain.shaded import ShadedDocument, ShadedSentence
from seqloom.explain.theme import variables

STYLE = """
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.7 FONTS; }
main { max-width: 54rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.4rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; }
.quiet { color: var(--quiet); }
article { border-top: 1px solid var(--edge); padding: 0.5rem 0 1rem; }
.sentence { display: grid; grid-template-columns: 6.5rem minmax(0, 1fr); gap: 0.75rem;
  padding: 0.1rem 0; }
.margin { display: flex; align-items: baseline; gap: 0.4rem; font-size: 0.8rem;
  font-variant-numeric: tabular-nums; color: var(--quiet); }
.margin i { display: block; height: 0.7rem; background: var(--bar); border-radius: 2px;
  width: calc(var(--weight) * 4rem); }
.margin .against { background: var(--bar-against); }
.text { margin: 0; overflow-wrap: anywhere; }
.word { border-radius: 3px; padding: 0.1em 0.05em;
  background: rgb(var(--for) / var(--shade)); }
.word.against { background: rgb(var(--against) / var(--shade)); }
.figure { margin-top: 1rem; }
table { border-collapse: collapse; font-size: 0.85rem; font-variant-numeric: tabular-nums; }
th, td { border: 1px solid var(--edge); padding: 0.1rem 0.5rem; text-align: start; }
@media print { .word, .margin i { print-color-adjust: exact; } }
"""
STRONGEST = 10
"""Words in the table."""


def document_page(
    documents: Sequence[ShadedDocument],
    title: str,
    language: str = "",
    figures: Sequence[Sequence[str]] = (),
) -> str:
    """The page; `language` is a tag such as 'ko', by which a browser chooses its glyphs.

    figures  what stands below each document: drawings as SVG elements with the style of the maps
    """
    lang = f' lang="{escape(language)}"' if language else ""
    below = figures or [()] * len(documents)
    articles = "\n".join(
        _article(number, each, more, lang)
        for number, (each, more) in enumerate(zip(documents, below, strict=True), 1)
    )
    body = f"""<h1 dir="auto">{escape(title)}</h1>
{_legend(documents)}
{articles}"""
    fonts = page_fonts(body)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escape(title)}</title>
<style>{svg.style(fonts)}{variables()}{STYLE.replace("FONTS", fonts.families)}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""


def _legend(documents: Sequence[ShadedDocument]) -> str:
    of_sentences = dict.fromkeys(each.of_sentence for each in documents)
    against = " Orange speaks against the label." if any(each.signed for each in documents) else ""
    return (
        f'<p class="quiet">Beside each sentence: the {escape(" or ".join(of_sentences))}. The stronger '
        f"the shade of a word, the more it counts.{against}</p>"
    )


def _article(number: int, document: ShadedDocument, figures: Sequence[str], lang: str) -> str:
    rows = "\n".join(_sentence(sentence, lang) for sentence in document.sentences)
    title = f"<p>{escape(document.title)}</p>\n" if document.title else ""
    notes = "".join(f'<p class="quiet">{escape(note)}</p>\n' for note in document.notes)
    below = "".join(f'\n<div class="figure">{figure}</div>' for figure in figures)
    return f"""<article aria-labelledby="document-{number}">
<h2 id="document-{number}"><bdi>{escape(document.heading)}</bdi></h2>
{title}{rows}
{notes}<details><summary>The strongest words</summary>{_table(document, lang)}</details>{below}
</article>"""


def _sentence(sentence: ShadedSentence, lang: str) -> str:
    direction = "rtl" if is_right_to_left(sentence.text) else "ltr"
    words = "".join(map(_word, sentence.pieces, sentence.told, sentence.shades))
    bar = '<i class="against"></i>' if sentence.bar < 0 else "<i></i>"
    return (
        f'<div class="sentence" dir="{direction}"><div class="margin" '
        f'style="--weight: {abs(sentence.bar):.3f}"><span dir="ltr">{sentence.figure}</span>{bar}'
        f'</div><p class="text"{lang}>{words.strip()}</p></div>'
    )


def _word(piece: str, told: str, shade: float) -> str:
    word = piece.strip()
    blank = " " if word and piece[:1].isspace() else ""
    text = escape(word) or " "[: len(piece)]
    if abs(shade) < FAINTEST:
        return blank + text
    against = " against" if shade < 0 else ""
    return (
        f'{blank}<span class="word{against}" style="--shade: {abs(shade):.2f}" title="{told}">'
        f"{text}</span>"
    )


def _table(document: ShadedDocument, lang: str) -> str:
    words = [
        (abs(shade), piece.strip(), told, sentence.figure)
        for sentence in document.sentences
        for piece, shade, told in zip(sentence.pieces, sentence.shades, sentence.told, strict=True)
    ]
    strongest = sorted(words, key=lambda word: -word[0])[:STRONGEST]
    rows = "".join(
        f'<tr><th scope="row"{lang}><bdi>{escape(piece)}</bdi></th>'
        f"<td>{told}</td><td>{of_sentence}</td></tr>"
        for _, piece, told, of_sentence in strongest
    )
    return (
        f'<table><thead><tr><th scope="col">word</th><th scope="col">{escape(document.of_word)}</th>'
        f'<th scope="col">{escape(document.of_sentence)}</th></tr></thead><tbody>{rows}</tbody></table>'
    )
