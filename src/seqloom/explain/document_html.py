"""A document as one HTML page: the weight of each sentence in the margin, that of each word as shading.

The file needs no network and no script, brings the fonts that its reader may lack, and follows the
reader's colour scheme. A sentence is set in its own direction, with the margin always on the side
where its lines begin. Pointing at a word tells its weight in its sentence; the strongest words stand
in a table too, for those who do not see the shading.

All text passes through `escape`.
"""

from collections.abc import Sequence
from html import escape
from itertools import chain

from seqloom.explain.document import FAINTEST, answer
from seqloom.explain.embedded import page_fonts
from seqloom.explain.labels import is_right_to_left
from seqloom.predict.document import DocumentResult, WeighedSentence

STYLE = """
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1b1f24; --quiet: #57606a;
  --edge: #d0d7de; --light: 58 121 204; --bar: #0a4595; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #0d1117; --ink: #f0f6fc; --quiet: #9198a1; --edge: #30363d;
    --light: 47 107 190; --bar: #79b8ff; }
}
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
.text { margin: 0; overflow-wrap: anywhere; }
.word { border-radius: 3px; padding: 0.1em 0.05em;
  background: rgb(var(--light) / calc(var(--shade) * 0.62)); }
table { border-collapse: collapse; font-size: 0.85rem; font-variant-numeric: tabular-nums; }
th, td { border: 1px solid var(--edge); padding: 0.1rem 0.5rem; text-align: start; }
@media print { .word, .margin i { print-color-adjust: exact; } }
"""
STRONGEST = 10
"""Words in the table."""


def document_page(results: Sequence[DocumentResult], title: str, language: str = "") -> str:
    """The page; `language` is a tag such as 'ko', by which a browser chooses its glyphs."""
    lang = f' lang="{escape(language)}"' if language else ""
    articles = "\n".join(_article(number, each, lang) for number, each in enumerate(results, 1))
    body = f"""<h1 dir="auto">{escape(title)}</h1>
<p class="quiet">Beside each sentence: its weight in the document. The stronger the shade of a word,
the more it counts.</p>
{articles}"""
    fonts = page_fonts(body)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escape(title)}</title>
<style>{fonts.faces}{STYLE.replace("FONTS", fonts.families)}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""


def _article(number: int, result: DocumentResult, lang: str) -> str:
    rows = "\n".join(
        _sentence(sentence, shades, lang)
        for sentence, shades in zip(result.sentences, result.shades(), strict=True)
    )
    notes = "".join(f'<p class="quiet">{escape(note)}</p>\n' for note in result.notes)
    return f"""<article aria-labelledby="document-{number}">
<h2 id="document-{number}"><bdi>{escape(answer(result))}</bdi></h2>
{rows}
{notes}<details><summary>The strongest words</summary>{_table(result, lang)}</details>
</article>"""


def _sentence(sentence: WeighedSentence, shades: list[float], lang: str) -> str:
    direction = "rtl" if is_right_to_left(sentence.text) else "ltr"
    words = "".join(map(_word, sentence.pieces, sentence.weights, shades))
    return (
        f'<div class="sentence" dir="{direction}"><div class="margin" '
        f'style="--weight: {sentence.weight:.3f}"><span>{sentence.weight:.2f}</span><i></i></div>'
        f'<p class="text"{lang}>{words.strip()}</p></div>'
    )


def _word(piece: str, weight: float, shade: float) -> str:
    blank = " " if piece[:1].isspace() else ""
    text = escape(piece.strip())
    if shade < FAINTEST:
        return blank + text
    return (
        f'{blank}<span class="word" style="--shade: {shade:.2f}" title="{weight:.2f}">{text}</span>'
    )


def _table(result: DocumentResult, lang: str) -> str:
    words = chain.from_iterable(
        zip(sentence.pieces, shades, sentence.weights, [sentence.weight] * len(shades), strict=True)
        for sentence, shades in zip(result.sentences, result.shades(), strict=True)
    )
    strongest = sorted(words, key=lambda word: -word[1])[:STRONGEST]
    rows = "".join(
        f'<tr><th scope="row"{lang}><bdi>{escape(piece.strip())}</bdi></th>'
        f"<td>{weight:.2f}</td><td>{of_sentence:.2f}</td></tr>"
        for piece, _, weight, of_sentence in strongest
    )
    return (
        '<table><thead><tr><th scope="col">word</th><th scope="col">weight in its sentence</th>'
        f'<th scope="col">weight of the sentence</th></tr></thead><tbody>{rows}</tbody></table>'
    )
