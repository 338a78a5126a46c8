"""phi(t, u) as one self-contained HTML page: the text, the window over it, the drawing, and a table.

Pointing at a character, at its row or at what was drawn for it lights up all three; the arrow keys walk
through the text. It needs no network, and without a script everything is still there.

All text passes through `escape`.
"""

from html import escape

from seqloom.explain.html import page
from seqloom.explain.labels import any_right_to_left
from seqloom.explain.window import TITLE, Window
from seqloom.explain.window_svg import draw_window


def window_page(window: Window) -> str:
    """The page."""
    body = f"""<h1 dir="auto">{escape(window.text)}</h1>
<p class="help">{TITLE}: how much of each character the model looked at while it drew each point. Point at a
character, or press Tab and then the arrow keys, to see what was drawn for it.</p>
<div class="output">
{_characters(window)}
{draw_window(window)}
<details><summary>The points of each character as a table</summary>{_table(window)}</details>
</div>"""
    return page(window.text, body)


def _characters(window: Window) -> str:
    direction = "rtl" if any_right_to_left([window.text]) else "ltr"
    spans = "".join(
        f'<span class="token" role="option" tabindex="{0 if place == 0 else -1}" dir="auto" '
        f'data-s="{place}" data-weights="">{escape(character)}</span>'
        for place, character in enumerate(window.characters)
    )
    return (
        f'<div class="tokens" role="listbox" aria-label="Characters of the text" '
        f'aria-orientation="horizontal" dir="{direction}">{spans}</div>'
    )


def _table(window: Window) -> str:
    rows = "".join(
        f'<tr><th scope="row"><bdi>{escape(character)}</bdi></th><td>{found}</td>'
        f"<td>{found.most:.2f}</td></tr>"
        for character, found in zip(window.characters, window.stretches(), strict=True)
    )
    return (
        '<div class="wide"><table><thead><tr><th scope="col">character</th><th scope="col">looked at '
        f'most by</th><th scope="col">φ up to</th></tr></thead><tbody>{rows}</tbody></table></div>'
    )
