"""Pieces of words are cut and joined in JavaScript as they are in Python, in Node and in a browser."""

import json
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from tests.slow.static import served

from seqloom.config.tokens import Subwords
from seqloom.export.page import PAGE
from seqloom.export.page_model import side, tables
from seqloom.symbols import UNK
from seqloom.text.codec import Codec
from seqloom.text.pair import PairCodec

pytestmark = pytest.mark.slow

# JSON in and out, where even half a surrogate pair keeps what it is.
ANSWER = """async ([url, given]) => {
  const { Codec } = await import(url);
  const { side, tables, texts, written } = JSON.parse(given);
  const codec = new Codec(side, tables);
  return JSON.stringify({
    texts: texts.map((text) => [codec.units(text), codec.encode(text), codec.unknown(text)]),
    written: written.map((ids) => [codec.decode(ids), codec.show(ids)]),
  });
}"""

SEEN = [
    "The cat sat on the mat; the bat and the rat sat there, too.",
    "He said: “That hat isn't flat,” and (after 3.5 seconds) left — alone!",
    "Zwei Männer gehen über die Straße und grüßen den Müller.",
    "L'été dernier, nous étions déjà à Besançon où l'on a bien mangé.",
    "고양이가 매트 위에 앉아 있고, 개는 마당에서 잔다.",
    "각각의 값은 한글로 적혀 있었다. 그래서 값을 읽을 수 있었다.",
    "القطة تجلس على السجادة، والكلب ينام في الحديقة.",
    "گربه روی فرش می\u200cنشیند و سگ در باغ می\u200cخوابد.",
    "החתול יושב על השטיח, והכלב ישן בגינה.",
    "แมวนั่งบนเสื่อและสุนัขนอนในสวน",
    "猫坐在垫子上，狗在花园里睡觉。",
    "Η γάτα κάθεται στο χαλί. ΣΟΦΟΣ σοφός",
    "👨‍👩‍👧 and 🇰🇷 and 👍🏽 ❤️ 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "Haaaaa! baaa, aaaa, brrrr ... hmmmm -- ㅋㅋㅋㅋㅋ",
]
UNSEEN = [
    "बिल्ली चटाई पर बैठी है और कुत्ता बगीचे में सोता है।",
    "猫はマットの上に座り、犬は庭で寝ている。１２３カﾞ",
    "Кошка сидит на ковре, а собака спит в саду. Ёлка!",
    "Diyarbakır'da İSTANBUL ve ığdır; Việt Nam, tiếng Việt",
    "<eos> <unk> <pad> <sos> x_y __init__ a+b=c http://x.org/?q=1&r=2#z",
]
NASTY = [
    *["", " ", "  ", " a", "a ", "  the   cat  ", "\t", "\n\n", "a\nb\r\nc", "\x00", "a\x00b", "\x07"],
    *["\u3000", "\xa0", "\x85", "\ufeff", "\u200b", "\u2028x", "\u1680", "\u200d", "\u200f"],
    *["x\u200c\u200cy", "e\u0301", "\u0301", " \u0301\u0301\u0301", "\u0344", "\u212b", "ﬁ", "℡"],
    *["\u1112\u1161\u11ab", "\u11ab", "ㄱ", "İ", "ẞ", "Σ", "ΑΣ", "ΑΣ Σ.", "ǅ"],
    *["⁇", "<unk>", "<eos>", " <unk> ", "\ud83d", "a\udc00b", "\udcff", "😀\ude00", "\ufffd"],
    *["☃", "☃☃ ☃the☃", "☃\u0301", "ሰላም", "the ሰላም cat", "ሰthe", "\U0001f9ff" * 5, "\U00020000the"],
    *["a" * 39, "a" * 40, "a" * 41, " " + "a" * 40, "-" * 81, "the" * 60, "☃" * 45, "각" * 90],
    "y" + "\u0301" * 50,
]  # fmt: skip
NEWER = ["\u088f", "the\U00016ea0cat", "\u1acfx", "\U0001f6d8the", "the\U000323b0"]
"""Of versions of Unicode that not all programs know. Normal forms and capitals depend on those."""

SETTINGS: dict[str, dict[str, Any]] = {
    "NFC": {},
    "folded": {"normalize": "NFKC", "lowercase": True},
    "apart": {"normalize": "NFD"},
    "as-it-is": {"normalize": "none"},
    "spelled": {"byte_fallback": True},
}
KINDS = ("bpe", "unigram", "wordpiece")


def texts(chance: random.Random) -> list[str]:
    """Lines, parts of lines, and strings of what is in them."""
    lines = SEEN + UNSEEN
    whole = "".join(lines + NASTY)
    parts = [line[a : a + 17] for line in lines for a in range(0, len(line), 11)]
    mixed = ["".join(chance.choices(whole, k=chance.randint(1, 30))) for _ in range(150)]
    joined = ["".join(chance.choices(parts + NASTY, k=3)) for _ in range(150)]
    return [*lines, *NASTY, *parts, *mixed, *joined]


def any_texts(chance: random.Random) -> list[str]:
    """Strings of anything at all, among letters that are known."""
    points = [*(point for point in range(0x110000) if not 0xD800 <= point < 0xE000)]
    strange = ["".join(map(chr, chance.choices(points, k=6))) for _ in range(300)]
    early = ["".join(map(chr, chance.choices(range(0x2FFF), k=12))) for _ in range(700)]
    return [*NEWER, *("the".join(t) if chance.random() < 0.5 else t for t in strange + early)]


def written(codec: Codec, chance: random.Random) -> list[list[int]]:
    """Ids as a model could write them: unknowns, specials and bytes in any order."""
    return [
        [chance.choice((UNK, chance.randrange(codec.size))) for _ in range(chance.randint(0, 12))]
        for _ in range(200)
    ]


@cache
def characters() -> dict[str, object]:
    codec = Codec.train(Subwords(kind="bpe", size=500), SEEN)
    return tables(PairCodec(codec, codec))


@cache
def question(kind: str, settings: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is asked of a codec that has seen some of the lines, and what it answers in Python."""
    tokens = Subwords(kind=kind, size=500, **SETTINGS[settings])
    codec = Codec.train(tokens, SEEN * 3, ["PL", "각"])
    chance = random.Random(7)
    lines = texts(chance) + (any_texts(chance) if settings == "as-it-is" else [])
    asked = {"texts": lines, "written": written(codec, chance)}
    told = {**asked, "side": side(codec, "source"), "tables": characters()}
    return told, {
        "texts": [[codec.units(t), codec.encode(t), [*codec.unknown(t)]] for t in lines],
        "written": [[codec.decode(ids), [*codec.tokens(ids)]] for ids in asked["written"]],
    }


Ask = Callable[[dict[str, Any]], dict[str, Any]]


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    if shutil.which("node") is None:
        pytest.skip("no node here")
    folder = tmp_path_factory.mktemp("page")
    shutil.copytree(PAGE / "local", folder / "local")
    (folder / "package.json").write_text('{"type": "module"}')
    url = json.dumps((folder / "local" / "codec.js").as_uri())
    read = 'import { readFileSync } from "node:fs";'
    program = f'{read} console.log(await ({ANSWER})([{url}, readFileSync(0, "utf8")]))'

    def ask(question: dict[str, Any]) -> dict[str, Any]:
        command = ["node", "--input-type=module", "-e", program]
        told = json.dumps(question)
        done = subprocess.run(
            command, input=told, capture_output=True, text=True, check=False, timeout=300
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return ask


@pytest.fixture(scope="module")
def browser() -> Iterator[Ask]:
    from tests.slow.pages import browsing

    with served(PAGE) as (_, address), browsing() as opened:
        page = opened.new_page()
        page.goto(f"{address}/icon.svg")
        yield lambda asked: json.loads(
            page.evaluate(ANSWER, [f"{address}/local/codec.js", json.dumps(asked)])
        )


@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", ["node", "browser"])
def test_ids_and_texts_are_those_of_python(request, where, kind, settings):
    asked, ours = question(kind, settings)
    theirs = request.getfixturevalue(where)(asked)
    for part in ("texts", "written"):
        for given, a, b in zip(asked[part], ours[part], theirs[part], strict=True):
            assert a == b, given
