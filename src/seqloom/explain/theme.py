"""The colours of all pictures, light and dark.

A drawing (SVG) or a page follows its reader's scheme by itself; a PNG picture cannot, and is drawn in one
of these. Blue speaks for something and orange against it: no kind of colour blindness takes one for
the other. Text has a contrast of 4.5 or more with what it stands on (WCAG 2, level AA):

    contrast(a, b) = (L_a + 0.05) / (L_b + 0.05)        L the luminance, a the lighter

Ink stands on any shade up to `half`; on stronger ones black or white is chosen, whichever is further
away, and the worst that can happen is 4.58.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from seqloom.errors import UserError, suggestion

Scheme = Literal["light", "dark"]
"""What a user chooses between."""
Share = Sequence[float]
"""Red, green and blue from 0 to 1; what follows is ignored."""


@dataclass(frozen=True, slots=True)
class Theme:
    """Every colour as #rrggbb.

    paper        what all stands on
    ink, quiet   text, and text that matters less
    edge, faint  lines between squares, lines behind curves
    weight       what is shaded by how much it weighs, at its strongest; and lines
    half         the same, half as strong
    against      what speaks against, at its strongest
    half_against  the same, half as strong
    given        what a drawing was given, rather than drawn by the model
    focus        what was pointed at
    """

    paper: str
    ink: str
    quiet: str
    edge: str
    faint: str
    weight: str
    half: str
    against: str
    half_against: str
    given: str
    focus: str

    @property
    def blues(self) -> tuple[str, ...]:
        """From nothing to the strongest."""
        return (self.paper, self.half, self.weight)

    @property
    def signed(self) -> tuple[str, ...]:
        """From the strongest against, over nothing, to the strongest in favour."""
        return (self.against, self.half_against, *self.blues)


LIGHT = Theme(
    paper="#ffffff",
    ink="#1b1f24",
    quiet="#57606a",
    edge="#d0d7de",
    faint="#e3e7eb",
    weight="#0a4595",
    half="#6c9bd2",
    against="#a84300",
    half_against="#e3a06e",
    given="#b35900",
    focus="#b35900",
)
DARK = Theme(
    paper="#0d1117",
    ink="#e6edf3",
    quiet="#9198a1",
    edge="#30363d",
    faint="#21262d",
    weight="#a5d3ff",
    half="#36699f",
    against="#ffb27a",
    half_against="#955322",
    given="#ffb366",
    focus="#f0a34a",
)
THEMES: dict[Scheme, Theme] = {"light": LIGHT, "dark": DARK}
assert set(THEMES) == set(get_args(Scheme))


def theme_of(scheme: Scheme) -> Theme:
    """Raises UserError for a scheme that there is not."""
    if scheme not in THEMES:
        raise UserError(f"There is no theme '{scheme}'. {suggestion(scheme, THEMES)}")
    return THEMES[scheme]


def variables() -> str:
    """For a page: the colours of both, after its reader's scheme, as variables of CSS. --for and --against
    are the shades that ink can stand on, as numbers: rgb(var(--for) / 0.5)."""
    return (
        f":root {{ color-scheme: light dark; {_variables(LIGHT)} }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ {_variables(DARK)} }} }}\n"
    )


def _variables(theme: Theme) -> str:
    named = {
        "paper": theme.paper,
        "ink": theme.ink,
        "quiet": theme.quiet,
        "edge": theme.edge,
        "focus": theme.focus,
        "bar": theme.weight,
        "bar-against": theme.against,
        "for": _numbers(theme.half),
        "against": _numbers(theme.half_against),
    }
    return " ".join(f"--{name}: {colour};" for name, colour in named.items())


def on(colour: str | Share) -> str:
    """The ink for text on a shade."""
    return max("#000000", "#ffffff", key=lambda ink: contrast(ink, colour))


def contrast(one: str | Share, other: str | Share) -> float:
    """From 1, the same, to 21, black and white."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str | Share) -> float:
    shares = _shares(colour) if isinstance(colour, str) else colour
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
        for share in shares[:3]
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _shares(colour: str) -> Share:
    return [value / 255 for value in bytes.fromhex(colour[1:])]


def _numbers(colour: str) -> str:
    return " ".join(map(str, bytes.fromhex(colour[1:])))
