"""A page that runs models in the browser gives the answers that seqloom gives."""

import json
import random
import shutil
import subprocess
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.export import runs
from tests.slow.static import served

import seqloom
from seqloom.config import (
    Bytes,
    Characters,
    Luong,
    Search,
    Subwords,
    Sutskever,
    Whitespace,
    Words,
)
from seqloom.data.example import Example
from seqloom.errors import UserError
from seqloom.export.page import MODELS, find_package, write_page
from seqloom.predict import Result

pytestmark = pytest.mark.slow

VERSION = "1.30.0"
ASK = Path(__file__).with_name("page_ask.mjs")
CLOSE = 1e-4

LETTERS = [*"abcABC  .,'-19", "é", "e\u0301", "ß", "İ", "Σ", "각", "ㄱ", "\u1112\u1161\u11ab", "한"]
LETTERS += [
    "👨‍👩‍👧",
    "🇰🇷",
    "क्षि",
    "ก็",
    "日本",
    "カ゛",
    "ש",
    "\u200f",
    "\t",
    "\u3000",
    "\x07",
    "<eos>",
    "⁇",
]

SIDES = {
    "graphemes": {"source": Characters(lowercase=True)},
    "jamo": {"source": Characters(jamo=True), "target": Characters(jamo=True)},
    "points": {"source": Characters(normalize="NFD"), "target": Characters(normalize="NFD")},
    "words": {"source": Words(), "target": Words(normalize="NFKC", lowercase=True)},
    "bytes": {"source": Bytes(), "target": Bytes()},
    "spelled": {
        "source": Characters(min_count=2, byte_fallback=True),
        "target": Whitespace(min_count=2, byte_fallback=True),
    },
    "copies": {"decoder": Luong(hidden=6, embedding=7, copying=True), "source": Whitespace()},
    "bpe": {
        "source": Subwords(kind="bpe", size=14),
        "target": Subwords(kind="wordpiece", size=14, normalize="NFD"),
        "decoder": Luong(hidden=6, embedding=7, copying=True),
    },
    "unigram": {
        "source": Subwords(kind="unigram", size=14, lowercase=True),
        "target": Subwords(kind="unigram", size=14, byte_fallback=True),
    },
}
SEARCHES = {
    "plain": {"decoder": Sutskever(hidden=6, embedding=7)},
    "coverage": {"search": Search(beam=4, nbest=3, coverage_penalty=0.3, min_length=2)},
    "bounded": {"search": Search(beam=2, max_ratio=0.5, length_penalty=1.0)},
}


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """onnxruntime-web as it is installed, or else fetched."""
    try:
        return find_package()
    except UserError:
        folder = tmp_path_factory.mktemp("npm")
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("no node and npm here")
    wanted = [
        npm,
        "install",
        "--ignore-scripts",
        "--prefix",
        str(folder),
        f"onnxruntime-web@{VERSION}",
    ]
    if subprocess.run(wanted, capture_output=True, check=False, timeout=300).returncode:
        pytest.skip("onnxruntime-web is neither installed nor to be had")
    return folder / "node_modules" / "onnxruntime-web"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, package: Path):
    """One page with every model, and the models as they were exported."""
    base = tmp_path_factory.mktemp("pages")
    page, models = base / "page", {}
    for name, settings in {**SIDES, **SEARCHES}.items():
        (base / name).mkdir()
        runs.saved(base / name / "run", **settings)
        exported = base / name / "exported"
        seqloom.load(base / name / "run").export(exported)
        write_page(exported, page, name, package)
        models[name] = seqloom.load(exported)
    (page / "package.json").write_text('{"type": "module"}')
    return page, models


def sources(number: int) -> list[str]:
    chance = random.Random(number)
    return ["".join(chance.choices(LETTERS, k=chance.randint(1, 9))) for _ in range(number)]


def in_node(page: Path, name: str, questions: list[dict]) -> list[dict]:
    told = "".join(json.dumps(question) + "\n" for question in questions)
    asked = ["node", str(ASK), str(page), name]
    done = subprocess.run(
        asked, input=told, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def answered(model: seqloom.Model, question: dict) -> dict:
    rest = {key: value for key, value in question.items() if key not in ("model", "source")}
    return model.trace(Example(question["source"]), **rest).to_dict()


def unlike(ours: object, theirs: object, where: str = "") -> str:
    """The first place where two answers differ, '' if none does."""
    if isinstance(ours, dict) and isinstance(theirs, dict) and ours.keys() == theirs.keys():
        pairs = ((ours[key], theirs[key], f"{where}.{key}") for key in ours)
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        pairs = ((a, b, f"{where}[{n}]") for n, (a, b) in enumerate(zip(ours, theirs, strict=True)))
    elif isinstance(ours, float) and isinstance(theirs, int | float):
        return "" if abs(ours - theirs) < CLOSE else f"{where}: {ours} {theirs}"
    else:
        return "" if ours == theirs else f"{where}: {ours!r} {theirs!r}"
    return next(filter(None, (unlike(a, b, place) for a, b, place in pairs)), "")


@pytest.mark.parametrize("name", [*SIDES, *SEARCHES])
def test_node_answers_as_seqloom_does(pages, name):
    page, models = pages
    widths = [{}, {"beam": 1, "nbest": 1}, {"beam": 5, "nbest": 5}]
    questions = [
        {"model": name, "source": source, "alternatives": 4, **widths[number % 3]}
        for number, source in enumerate(sources(40))
    ]
    ours = [answered(models[name], question) for question in questions]
    theirs = in_node(page, name, questions)
    for question, a, b in zip(questions, ours, theirs, strict=True):
        assert b.pop("model") == name
        assert not unlike(a, b), question


@pytest.mark.parametrize("name", ["graphemes", "spelled", "copies", "bpe", "unigram"])
def test_node_goes_on_from_what_is_held_as_seqloom_does(pages, name):
    page, models = pages
    questions = []
    for source in ("abc", "cab a", "b", "abé 각"):
        question = {"model": name, "source": source, "beam": 3, "nbest": 3, "alternatives": 4}
        steps = answered(models[name], question)["alternatives"][0]
        for t, step in enumerate(steps):
            before = [next(e["token"] for e in earlier if e["taken"]) for earlier in steps[:t]]
            questions += [{**question, "prefix_tokens": [*before, each["token"]]} for each in step]
    ours = [answered(models[name], question) for question in questions]
    for question, a, b in zip(questions, ours, in_node(page, name, questions), strict=True):
        b.pop("model")
        assert not unlike(a, b), question


def shown_as(result: Result) -> str:
    return result.text or "(empty output)"


@contextmanager
def opened(page_folder: Path, state: str):
    """The page in a browser, and the server that it came from."""
    from tests.slow.pages import browsing, expect, opening, output

    with (
        served(page_folder) as (server, address),
        browsing() as browser,
        opening(browser, address) as open_page,
    ):
        page = open_page(state)
        yield page, partial(expect, output(page)), server


def test_the_page_answers_in_the_browser_after_its_server_is_gone(pages):
    page_folder, models = pages
    with opened(page_folder, "m=graphemes&b=3&n=2&s=abc") as (page, expect, server):
        answer = models["graphemes"].predict("abc", beam=3, nbest=2)
        expect().to_have_text(shown_as(answer), timeout=60_000)
        server.shutdown()
        server.server_close()
        page.locator("#source").fill("cabba")
        page.wait_for_selector(".row.source button:nth-child(1) >> text=c")
        answer = models["graphemes"].predict("cabba", beam=3, nbest=2)
        expect().to_have_text(shown_as(answer), timeout=60_000)


def test_two_models_answer_side_by_side_in_the_browser(pages):
    page_folder, models = pages
    with opened(page_folder, "m=graphemes&c=plain&b=3&n=2&s=cab") as (page, _, _server):
        from tests.slow.pages import expect, output

        for place, name in enumerate(("graphemes", "plain")):
            answer = models[name].predict("cab", beam=3, nbest=2)
            expect(output(page, place)).to_have_text(shown_as(answer), timeout=60_000)


@pytest.mark.parametrize("name", ["bpe", "unigram"])
def test_pieces_stand_on_the_page_as_python_shows_them(pages, name):
    page_folder, models = pages
    source = "cab 한 abba"
    question = {"source": source, "beam": 3, "nbest": 2}
    told = answered(models[name], {**question, "alternatives": 4})["result"]
    with opened(page_folder, f"m={name}&b=3&n=2&s={quote(source)}") as (page, expect, server):
        answer = models[name].predict(source, beam=3, nbest=2)
        expect().to_have_text(shown_as(answer), timeout=60_000)
        sources = page.locator(".row.source button").all_text_contents()
        targets = page.locator(".row.target button").all_text_contents()
        server.shutdown()
    assert sources == [*told["source_tokens"][:-1], "end"]
    assert targets == [token.replace("<eos>", "end") for token in told["outputs"][0]["tokens"]]


def test_a_second_model_joins_the_page_and_a_third_of_the_same_name_takes_its_place(
    tmp_path, package
):
    runs.saved(tmp_path / "run")
    seqloom.load(tmp_path / "run").export(tmp_path / "exported")
    for name in ("one", "two", "one"):
        write_page(tmp_path / "exported", tmp_path / "page", name, package)
    listed = json.loads((tmp_path / "page" / MODELS).read_text())
    assert [entry["name"] for entry in listed] == ["one", "two"]


def test_a_page_is_not_written_over_something_else(tmp_path, package):
    runs.saved(tmp_path / "run")
    seqloom.load(tmp_path / "run").export(tmp_path / "exported")
    with pytest.raises(UserError, match="something else is there"):
        write_page(tmp_path / "exported", tmp_path / "run", "one", package)
