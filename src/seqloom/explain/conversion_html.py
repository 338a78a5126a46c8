"""One answer of a converter of frames as one self-contained HTML page: the drawing in the colours of its
reader's scheme, and, folded away, what each step looked at as a table.

All text passes through `escape`.
"""

from html import escape

from seqloom.explain.conversion import Explanation
from seqloom.explain.html import page
from seqloom.explain.paper import as_svg
from seqloom.explain.theme import DARK, LIGHT


def conversion_page(explanation: Explanation) -> str:
    """The page."""
    title = "Forecast" if explanation.ahead else "Conversion"
    told = "<br>".join(map(escape, str(explanation).splitlines()))
    drawings = "\n".join(
        f'<div class="drawing {scheme}" role="img" aria-label="{title}">'
        f"{as_svg(explanation.draw(theme), theme)}</div>"
        for scheme, theme in (("on-light", LIGHT), ("on-dark", DARK))
    )
    body = f"""<h1>{title}</h1>
<p class="help">{told}</p>
{drawings}
{_table(explanation)}"""
    return page(title, body)


def _table(explanation: Explanation) -> str:
    answer = explanation.answer
    if answer.attention is None:
        return ""
    steps = answer.times or [str(step + 1) for step in range(len(answer.frames))]
    rows = "".join(
        f'<tr><th scope="row">{escape(step)}</th><td>{escape(explanation.looked(weights))}</td></tr>'
        for step, weights in zip(steps, answer.attention, strict=True)
    )
    return (
        "<details><summary>What each step looked at most</summary>"
        '<div class="wide"><table><thead><tr><th scope="col">step</th><th scope="col">looked at</th>'
        f"</tr></thead><tbody>{rows}</tbody></table></div></details>"
    )
