"""The dates task: what is written is right, has one answer, and is never seen twice."""

import sys
from collections import defaultdict
from datetime import date
from itertools import islice

import pytest
from babel.dates import format_date, format_skeleton

from seqloom.data.dates import LANGUAGES, generate, styles
from seqloom.data.dates.digits import native_digits
from seqloom.data.dates.pairs import FIRST, LAST, SIZES, split_of
from seqloom.data.dates.style import LENGTHS, SKELETONS
from seqloom.data.dates.typing_habits import capitalized, keyboard, lower, upper
from seqloom.data.example import Example
from seqloom.errors import MissingExtra

DAY = date(2005, 3, 4)  # a Friday
SPLITS = ("train", "dev", "test")


def style_of(example: Example) -> str:
    return example.origin.split(":")[2]


def language_of(example: Example) -> str:
    return example.origin.split(":")[1]


@pytest.mark.parametrize(
    ("language", "style", "written"),
    [
        ("ar", "full", "الجمعة، 4 مارس 2005"),
        ("bn", "full", "শুক্রবার, 4 মার্চ, 2005"),
        ("de", "long", "4. März 2005"),
        ("de", "short", "04.03.05"),
        ("de", "full", "Freitag, 4. März 2005"),
        ("el", "long", "4 Μαρτίου 2005"),  # the month in the genitive
        ("en", "short", "3/4/05"),
        ("en", "full", "Friday, March 4, 2005"),
        ("es", "long", "4 de marzo de 2005"),
        ("fa", "long", "4 مارس 2005"),
        ("fr", "yMMMEd", "ven. 4 mars 2005"),
        ("hi", "full", "शुक्रवार, 4 मार्च 2005"),
        ("it", "full", "venerdì 4 marzo 2005"),
        ("ja", "full", "2005年3月4日金曜日"),
        ("ko", "full", "2005년 3월 4일 금요일"),
        ("ko", "short", "05. 3. 4."),
        ("mr", "long", "4 मार्च, 2005"),
        ("pl", "full", "piątek, 4 marca 2005"),  # genitive
        ("pt", "full", "sexta-feira, 4 de março de 2005"),
        ("ru", "long", "4 марта 2005\u202fг."),  # genitive
        ("tr", "full", "4 Mart 2005 Cuma"),
        ("zh", "full", "2005年3月4日星期五"),
    ],
)
def test_a_date_is_written_as_its_readers_write_it(language: str, style: str, written: str) -> None:
    assert styles(language)[style].write(DAY) == written


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("day", [date(2005, month, 2 * month) for month in range(1, 13)])
def test_every_style_writes_what_babel_writes(language: str, day: date) -> None:
    long = {name: format_date(day, name, language) for name in LENGTHS}
    skeletons = {name: format_skeleton(name, day, locale=language) for name in SKELETONS}
    two_digits = {"yyMd": skeletons["yMd"].replace("2005", "05")}
    expected = long | skeletons | two_digits
    written = {name: style.write(day) for name, style in styles(language).items()}
    assert written == {name: expected[name] for name in written}


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("ar", "٤ مارس ٢٠٠٥"),
        ("bn", "৪ মার্চ, ২০০৫"),
        ("fa", "۴ مارس ۲۰۰۵"),
        ("hi", "४ मार्च २००५"),
        ("mr", "४ मार्च, २००५"),
    ],
)
def test_native_digits_are_those_of_the_script(language: str, written: str) -> None:
    table = native_digits(language)
    assert table is not None
    assert styles(language)["long"].write(DAY).translate(table) == written


def test_languages_written_with_latin_digits_have_no_others() -> None:
    with_digits = {language for language in LANGUAGES if native_digits(language)}
    assert with_digits == {"ar", "bn", "fa", "hi", "mr"}


def test_both_kinds_of_digits_occur_where_there_are_two() -> None:
    examples = [e for e in generate("dev", size=3600) if language_of(e) == "ar"]
    native = sum(any("٠" <= char <= "٩" for char in e.source) for e in examples)
    assert 50 < native < 150  # of 200, half expected


def test_there_are_at_least_16_languages_with_several_styles_each() -> None:
    assert len(LANGUAGES) >= 16
    assert {"ko", "ar", "hi", "ja", "de"} <= set(LANGUAGES)
    for language in LANGUAGES:
        patterns = [style.pattern for style in styles(language).values()]
        assert len(patterns) >= 6
        assert any("E" in pattern for pattern in patterns)
        assert any("E" not in pattern for pattern in patterns)
        assert any("yy" in pattern for pattern in patterns)


@pytest.mark.parametrize("split", SPLITS)
def test_every_target_is_a_day_of_its_own_split(split: str) -> None:
    for example in generate(split, size=2000):
        day = date.fromisoformat(example.target)
        assert len(example.target) == 10
        assert FIRST <= day <= LAST
        assert split_of(day) == split


def test_no_day_is_in_two_splits_whatever_the_seed() -> None:
    seen = {
        split: {e.target for seed in (1, 2) for e in generate(split, seed, size=8000)}
        for split in SPLITS
    }
    assert not seen["train"] & seen["test"]
    assert not seen["train"] & seen["dev"]
    assert not seen["dev"] & seen["test"]


def test_no_two_pairs_contradict_each_other() -> None:
    answers: dict[tuple[str, tuple[str, ...]], set[str]] = defaultdict(set)
    for split in SPLITS:
        for example in generate(split, seed=3, size=50_000):
            answers[example.source, example.features].add(example.target)
    assert [asked for asked, given in answers.items() if len(given) > 1] == []


def test_two_digit_years_below_50_are_of_this_century_and_the_others_of_the_last() -> None:
    short = [e for e in generate("train", size=5000) if language_of(e) == "de"]
    years = {
        (int(e.source[-2:]), int(e.target[:4])) for e in short if style_of(e) in ("short", "yyMd")
    }
    assert len(years) > 50
    assert years <= {(yy, 2000 + yy if yy < 50 else 1900 + yy) for yy in range(100)}


def test_a_date_with_the_month_as_a_bare_number_carries_its_language() -> None:
    for example in generate("train", size=5000):
        language = language_of(example)
        tags = {(language,)} if styles(language)[style_of(example)].numeric else {(), (language,)}
        assert example.features in tags


def test_a_date_with_the_month_in_letters_is_tagged_half_of_the_time() -> None:
    examples = [e for e in generate("train", size=4000) if style_of(e) == "full"]
    tagged = sum(bool(e.features) for e in examples)
    assert 0.4 < tagged / len(examples) < 0.6


@pytest.mark.parametrize(
    ("language", "numeric"),
    [
        ("en", {"short", "yMd", "yMEd"}),
        ("ja", {"short", "yMd", "yMEd", "yyMd"}),  # 3月 is no bare number
        ("ko", {"short", "medium", "yMEd"}),
        ("ru", {"short", "yMEd", "yyMd"}),
    ],
)
def test_which_styles_are_bare_numbers(language: str, numeric: set[str]) -> None:
    assert {name for name, style in styles(language).items() if style.numeric} == numeric


def test_the_same_seed_gives_the_same_pairs_and_another_seed_others() -> None:
    once, again = (list(generate("train", seed=7, size=500)) for _ in range(2))
    assert once == again
    assert once != list(generate("train", seed=8, size=500))


def test_a_smaller_size_gives_the_first_of_the_pairs() -> None:
    assert list(generate("dev", size=40)) == list(islice(generate("dev"), 40))


@pytest.mark.parametrize("split", SPLITS)
def test_the_default_sizes_are_balanced_over_languages(split: str) -> None:
    counts: dict[str, int] = defaultdict(int)
    for example in generate(split):
        counts[language_of(example)] += 1
    assert sum(counts.values()) == SIZES[split]
    assert set(counts) == set(LANGUAGES)
    assert max(counts.values()) - min(counts.values()) <= 1


def test_the_origin_says_language_style_and_number() -> None:
    origins = [example.origin for example in generate("test", size=20)]
    first = [origin.split(":") for origin in origins]
    assert [(kind, language) for kind, language, _, _ in first[:18]] == [
        ("dates", language) for language in LANGUAGES
    ]
    assert [int(number) for *_, number in first] == list(range(1, 21))


def test_capitals_follow_the_language() -> None:
    assert upper("Nisan", "tr") == "NİSAN"
    assert upper("Kasım", "tr") == "KASIM"
    assert lower("NİSAN", "tr") == "nisan"
    assert lower("KASIM", "tr") == "kasım"
    assert upper("Μαΐου", "el") == "ΜΑΪΟΥ"
    assert upper("4. März", "de") == "4. MÄRZ"
    assert capitalized("vendredi 4 mars", "fr") == "Vendredi 4 mars"


def test_a_keyboard_has_no_narrow_blanks_and_direction_marks() -> None:
    assert keyboard("4\u200f/3\u200f/2005") == "4/3/2005"
    assert keyboard("2005\u202fг.") == "2005 г."


def test_without_babel_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "babel", None)
    styles.cache_clear()
    with pytest.raises(MissingExtra, match=r"^The dates task needs .* 'seqloom\[train\]'$"):
        next(generate("train"))
