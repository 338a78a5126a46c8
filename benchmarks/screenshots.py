"""The pictures of the explorer page in docs/explorer.md, taken anew.

    python -m benchmarks.screenshots pronunciation=RUN translation=RUN attention=RUN plain=RUN \
        reviews=RUN handwriting=RUN

Starts `seqloom serve` with the runs, opens its page in a headless Chromium, and writes a PNG for each of
what is in PICTURES, in English and Korean, light and dark. A picture whose run is not given is left out.

    pronunciation      Korean words to phones (recipe g2p)
    translation        German to English, as good as there is
    attention, plain   German to English, alike but for the attention
    reviews            a classifier of English reviews (recipe han2016)
    handwriting        recipe graves2013-synthesis
"""

import argparse
import io
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from PIL import Image

from benchmarks.serve.chromium import chromium
from benchmarks.serve.service import running

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

OUT = Path(__file__).parents[1] / "docs" / "images"
LANGUAGES = {"en": "en-GB", "ko": "ko-KR"}
THEMES = ("light", "dark")
MARGIN = 40
"""Pixels left below what the page has."""
REVIEW = (
    "My sister chose the film and I expected very little. The first half hour is slow and the music is "
    "far too loud. Then the old sailor arrives, and from there it is simply wonderful. The acting is "
    "superb, the sea has never looked better, and the ending moved me to tears. We walked home in the "
    "rain. One of the best films I have seen in years."
)


@dataclass(frozen=True)
class Picture:
    """needs: the runs it shows; state: the address behind '#'; act: what the reader does then."""

    needs: tuple[str, ...]
    state: Mapping[str, object]
    act: "Callable[[Page], None]" = lambda page: None
    width: int = 900
    limits: tuple[str, ...] = ()


def _point(page: "Page") -> None:
    page.locator(".row.target button").nth(2).hover()


def _hold_another(page: "Page") -> None:
    page.locator(".steps > li").nth(6).locator("button:not([aria-current])").first.click()
    page.locator(".held-bar + .outputs").wait_for()


def _draw_half(page: "Page") -> None:
    slider = page.locator(".strokes input[type=range]")
    slider.fill(str(int(slider.get_attribute("max") or 0) * 2 // 3))


def _type_too_much(page: "Page") -> None:
    page.locator("#source").fill("값어치가 있는 것은 오래 남습니다")
    page.locator("#status.problem").wait_for()


GIRL = "ein mädchen in einem roten kleid tanzt auf der bühne ."
BOY = "ein kleiner junge spielt mit einem ball ."
PICTURES = {
    "word": Picture(("pronunciation",), {"s": "값어치", "b": 4, "n": 3}, _point),
    "two": Picture(
        ("attention", "plain"), {"m": "attention", "c": "plain", "s": BOY, "n": 2}, width=1200
    ),
    "matrix": Picture(("translation",), {"s": GIRL, "v": "matrix", "d": 1, "n": 2}, _hold_another),
    "phone": Picture(("pronunciation",), {"s": "한글날", "b": 4, "n": 2}, _point, width=360),
    "document": Picture(("reviews",), {"s": REVIEW}),
    "strokes": Picture(("handwriting",), {"s": "sequence", "r": 4, "i": 1}, _draw_half),
    "error": Picture(
        ("pronunciation",),
        {"s": "값어치", "b": 4, "n": 3},
        _type_too_much,
        limits=("--max-source", "12"),
    ),
}


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.screenshots",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("runs", nargs="+", metavar="NAME=RUN")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--only", choices=PICTURES, action="append", help="repeatable")
    asked = parser.parse_args()
    runs = dict(run.split("=", 1) for run in asked.runs)
    with chromium() as browser:
        _check_fonts(browser)
        for name in asked.only or PICTURES:
            picture = PICTURES[name]
            if missing := [need for need in picture.needs if need not in runs]:
                print(f"{name}: left out, for want of {', '.join(missing)}", file=sys.stderr)
                continue
            served = [f"{need}={runs[need]}" for need in picture.needs]
            with running(*served, *picture.limits) as service:
                _take(browser, service.address, name, picture, asked.out)


def _take(browser: "Browser", address: str, name: str, picture: Picture, out: Path) -> None:
    for language, locale in LANGUAGES.items():
        for theme in THEMES:
            page = browser.new_page(
                locale=locale,
                color_scheme=theme,
                viewport={"width": picture.width, "height": 740},
            )
            page.goto(f"{address}/#{urlencode(picture.state)}")
            page.locator(".body > *").first.wait_for()
            page.reload()  # the first answer takes longer than those that follow
            page.locator(".body > *").first.wait_for()
            picture.act(page)
            file = out / f"explorer-{name}-{language}-{theme}.png"
            file.write_bytes(_small(_shot(page)))
            print(f"{file} {file.stat().st_size / 1000:.0f} kB")
            page.close()


def _shot(page: "Page") -> bytes:
    """The whole page down to the end of the answer, however far it was scrolled."""
    end = 'document.getElementById("answer").getBoundingClientRect().bottom + scrollY'
    width = page.evaluate("innerWidth")
    return page.screenshot(
        full_page=True,
        animations="disabled",
        clip={"x": 0, "y": 0, "width": width, "height": page.evaluate(end) + MARGIN},
    )


def _small(png: bytes) -> bytes:
    """The same with a palette, at a third of the bytes; no colour is off by more than a few steps."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    packed = io.BytesIO()
    picture.quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=2, dither=Image.Dither.NONE).save(
        packed, "PNG", optimize=True
    )
    return packed.getvalue()


def _check_fonts(browser: "Browser") -> None:
    """Two syllables look the same only where both are drawn as an empty box."""
    page = browser.new_page()
    first, second = (
        page.evaluate(
            """text => {
              const canvas = document.createElement("canvas");
              const pen = canvas.getContext("2d");
              pen.font = "40px sans-serif";
              pen.fillText(text, 5, 60);
              return canvas.toDataURL();
            }""",
            text,
        )
        for text in ("값", "글")
    )
    page.close()
    if first == second:
        sys.exit("No font here has Hangul. Install one: apt-get install fonts-noto-cjk")


if __name__ == "__main__":
    main()
