"""One page for several results: a single HTML file that needs no network and no other file, and
brings the fonts that its reader may lack.

Each result shows its source, its outputs to choose from, the tokens, the map and, folded away, the
weights as a table. Pointing at a token, or walking to it with the arrow keys, lights the tokens it
attends to or is attended by, each as strong as its weight. Without JavaScript everything is still
there: all outputs stand one below the other.

All text passes through `escape`; the numbers reach the script in `data-` attributes.
"""

from collections.abc import Sequence
from html import escape
from importlib.resources import files

from seqloom.explain import svg
from seqloom.explain.attention_map import AttentionMap, attention_map
from seqloom.explain.embedded import page_fonts
from seqloom.explain.labels import any_right_to_left
from seqloom.explain.theme import variables
from seqloom.predict.result import Output, Result
from seqloom.search.stepper import Reals

CSS = variables() + files("seqloom.explain").joinpath("page.css").read_text("utf-8")
SCRIPT = files("seqloom.explain").joinpath("page.js").read_text("utf-8")


Maps = Sequence[AttentionMap | None]
"""Of each output of a result; None where there is nothing to show."""
Figures = Sequence[Sequence[str]]
"""Of each output of a result further drawings, as SVG elements with the style of the maps."""


def html_page(
    results: Sequence[Result],
    title: str,
    source_language: str = "",
    target_language: str = "",
    maps: Sequence[Maps] | None = None,
    figures: Sequence[Figures] | None = None,
) -> str:
    """The page; languages are tags such as 'ja', by which a browser chooses its glyphs.

    maps     what is shown of each output of each result; attention, if not given
    figures  what stands below each of them
    """
    languages = (_language(source_language), _language(target_language))
    shown = maps or [_attention(result) for result in results]
    below = figures or [[()] * len(result.outputs) for result in results]
    whole = enumerate(zip(results, shown, below, strict=True), start=1)
    sections = "\n".join(
        _section(number, result, own, more, languages) for number, (result, own, more) in whole
    )
    body = f"""<h1 dir="auto">{escape(title)}</h1>
<p class="help">Point at a token, or press Tab and then the arrow keys, to see {_help(shown)}.</p>
{sections}"""
    return page(title, body)


def page(title: str, body: str) -> str:
    """A whole page around what it shows, with the style, the fonts and the script of the maps."""
    fonts = page_fonts(body)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escape(title)}</title>
<style>{svg.style(fonts)}{CSS.replace("FONTS", fonts.families)}</style>
</head>
<body>
<main>
{body}
</main>
<script>{SCRIPT}</script>
</body>
</html>
"""


def _help(shown: Sequence[Maps]) -> str:
    if any(each is not None and each.kind != "Attention" for maps in shown for each in maps):
        return "what it owes to the source;\non a source token, what owes to it"
    return "what it attends to;\non a source token, what attends to it"


def _attention(result: Result) -> Maps:
    return [
        None if output.attention is None else attention_map(result, place)
        for place, output in enumerate(result.outputs)
    ]


def _section(
    number: int, result: Result, maps: Maps, figures: Figures, languages: tuple[str, str]
) -> str:
    panels = "\n".join(
        _panel(shown, more, f"output-{number}-{place}", languages)
        for place, (shown, more) in enumerate(zip(maps, figures, strict=True))
    )
    return f"""<section aria-labelledby="source-{number}">
<h2 id="source-{number}" dir="auto"{languages[0]}>{escape(result.source) or "(empty source)"}</h2>
{_unknown(result)}{_choice(number, result.outputs, languages[1])}
{panels}
</section>"""


def _unknown(result: Result) -> str:
    if not result.unknown:
        return ""
    listed = ", ".join(f"<bdi>{escape(token)}</bdi>" for token in result.unknown)
    return f"<p>Never seen in training, read as unknown: {listed}</p>\n"


def _choice(number: int, outputs: Sequence[Output], language: str) -> str:
    """The n-best list, as radio buttons; a single output is only shown."""
    entries = [
        f'<label><input type="radio" name="choice-{number}" value="output-{number}-{place}"'
        f"{' checked' if place == 0 else ''}> {_answer(output, language)}</label>"
        for place, output in enumerate(outputs)
    ]
    if len(entries) == 1:
        return f"<p>{_answer(outputs[0], language)}</p>"
    return f"<fieldset><legend>Outputs, best first</legend>{''.join(entries)}</fieldset>"


def _answer(output: Output, language: str) -> str:
    text = escape(output.text) or "(empty output)"
    return (
        f'<bdi class="answer"{language}>{text}</bdi> '
        f'<small title="natural log of the probability, end of sequence counted">'
        f"log p {output.log_prob:.3f}</small>"
    )


def _panel(
    attention: AttentionMap | None, figures: Sequence[str], name: str, languages: tuple[str, str]
) -> str:
    below = "".join(f'\n<div class="figure">{figure}</div>' for figure in figures)
    if attention is None:
        told = "<p>This model has no attention to show.</p>"
        return f'<div class="output" id="{name}">{told}{below}</div>'
    return f"""<div class="output" id="{name}">
{_tokens("Source tokens", "s", attention.source, attention.shares.T, languages[0])}
{_tokens("Output tokens", "t", attention.target, attention.shares, languages[1])}
<div class="wide">{svg.draw(attention)}</div>
<details><summary>Weights as a table</summary>{_table(attention)}</details>{below}
</div>"""


def _tokens(name: str, kind: str, tokens: Sequence[str], weights: Reals, language: str) -> str:
    """A row of tokens; each carries what it gives to (or gets from) the tokens of the other row."""
    direction = "rtl" if any_right_to_left(tokens) else "ltr"
    spans = "".join(
        f'<span class="token" role="option" tabindex="{0 if place == 0 else -1}" dir="auto" '
        f'data-{kind}="{place}" data-weights="{_numbers(row)}">{escape(token)}</span>'
        for place, (token, row) in enumerate(zip(tokens, weights, strict=True))
    )
    return (
        f'<div class="tokens" role="listbox" aria-label="{name}" aria-orientation="horizontal" '
        f'dir="{direction}"{language}>{spans}</div>'
    )


def _numbers(row: Reals) -> str:
    return " ".join(f"{share:.3g}" if abs(share) >= 0.001 else "0" for share in row.tolist())


def _table(attention: AttentionMap) -> str:
    head = "".join(f'<th scope="col"><bdi>{escape(token)}</bdi></th>' for token in attention.source)
    rows = "".join(
        f'<tr><th scope="row"><bdi>{escape(token)}</bdi></th>'
        + "".join(f"<td>{attention.told(weight)}</td>" for weight in row)
        + "</tr>"
        for token, row in zip(attention.target, attention.weights.tolist(), strict=True)
    )
    return (
        f'<div class="wide"><table aria-label="{_kind(attention)}: a row for each output token, '
        f'a column for each source token"><thead><tr><td></td>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _kind(attention: AttentionMap) -> str:
    return escape(attention.title) or "Attention weights"


def _language(tag: str) -> str:
    return f' lang="{escape(tag)}"' if tag else ""
