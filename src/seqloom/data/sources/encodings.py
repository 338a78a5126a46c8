"""What to do about a line that is not UTF-8: convert the file, from CP949 where that is what it is.

Most Korean files that are not UTF-8 were written by Windows in CP949 (EUC-KR and the other syllables). A
line is taken for that if it can be read so and most of what is not ASCII are syllables of Hangul.
"""

from pathlib import Path

CONVERT = "Find its encoding and convert it with iconv."


def remedy(content: bytes, path: str) -> str:
    """How to make a file with such a line readable."""
    if not is_cp949(content):
        return CONVERT
    return f"It reads as Korean in CP949, so convert it: {_command(Path(path))}"


def _command(path: Path) -> str:
    """The new file keeps the end of its name, which says what format it has."""
    convert, new = (
        "iconv -f cp949 -t utf-8",
        path.with_name(f"utf8-{path.name.removesuffix('.gz')}"),
    )
    if path.name == "-":
        return f"... | {convert} | ..."
    if path.suffix == ".gz":
        return f"gunzip -c '{path}' | {convert} > '{new}'"
    return f"{convert} '{path}' > '{new}'"


def is_cp949(content: bytes) -> bool:
    """Whether bytes that are not UTF-8 are Korean in CP949."""
    try:
        text = content.decode("cp949")
    except UnicodeDecodeError:
        return False
    foreign = [character for character in text if not character.isascii()]
    hangul = sum("가" <= character <= "힣" for character in foreign)
    return 2 * hangul > len(foreign)
