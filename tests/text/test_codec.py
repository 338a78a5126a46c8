"""One side of the pairs: text to ids and back, whatever the kind of token."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqloom.config.tokens import Bytes, Characters, Subwords, Whitespace, Words
from seqloom.errors import UserError
from seqloom.symbols import EOS, PAD, SOS, UNK
from seqloom.text.codec import Codec

TEXTS = [
    "the cat sat on the mat <eos>",
    "한국어 값 읽다",
    "مَرْحَبًا بك",
    "हिन्दी में",
    "👨‍👩‍👧 ok 🇩🇪",
    "é e k͈ a",
]
KINDS = [
    Characters(),
    Characters(normalize="NFD"),
    Characters(jamo=True),
    Characters(normalize="none"),
    Characters(normalize="NFKC", lowercase=True),
    Whitespace(),
    Whitespace(normalize="NFD"),
    Words(),
    Bytes(),
    Bytes(normalize="NFD"),
    Subwords(kind="bpe", size=100),
    Subwords(kind="unigram", size=100, normalize="NFD"),
    Subwords(kind="wordpiece", size=100),
]
each_kind = pytest.mark.parametrize("settings", KINDS, ids=str)
HAN = "\u1112\u1161\u11ab"


def trained(settings, texts=TEXTS, features=("pl", "ko")):
    return Codec.train(settings, iter(texts), features)


@each_kind
def test_known_text_comes_back_normalised(settings):
    codec = trained(settings)
    for text in TEXTS:
        assert codec.decode(codec.encode(text, ["ko"])) == codec.normalize(text)
        assert codec.unknown(text) == ()


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("settings", [kind for kind in KINDS if kind.normalize in ("NFC", "NFD")])
def test_a_reader_sees_nfc(settings, text):
    assert trained(settings).normalize(text) == unicodedata.normalize("NFC", text)


@each_kind
def test_normalising_twice_is_normalising_once(settings):
    codec = trained(settings)
    for text in [*TEXTS, " A  b\r\n", "e\u0301", HAN]:
        assert codec.normalize(codec.normalize(text)) == codec.normalize(text)


@pytest.mark.parametrize(
    "settings",
    [Characters(), Characters(normalize="NFD"), Characters(jamo=True), Bytes()],
    ids=str,
)
@given(text=st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_seen_in_training_comes_back_in_nfc(settings, text):
    codec = trained(settings, [text])
    whole = unicodedata.normalize("NFC", text)
    assert codec.decode(codec.encode(text)) == codec.normalize(text) == whole


@each_kind
def test_empty_text_is_only_the_end(settings):
    codec = trained(settings)
    assert codec.encode("") == [EOS]
    assert codec.decode([EOS]) == codec.decode([]) == ""


@each_kind
def test_ids_are_dense_and_each_can_be_shown(settings):
    codec = trained(settings)
    shown = codec.tokens(range(codec.size))
    assert shown[:6] == ("<pad>", "<unk>", "<sos>", "<eos>", "[ko]", "[pl]")
    assert all(token.strip() for token in shown)


@each_kind
def test_there_is_one_shown_token_per_id(settings):
    codec = trained(settings)
    ids = codec.encode("the cat ☃", ["pl", "xx"])
    assert len(codec.tokens(ids)) == len(ids)


@each_kind
def test_a_literal_special_is_plain_text(settings):
    codec = trained(settings)
    ids = codec.encode("the <eos>")
    assert ids.count(EOS) == 1
    assert not {PAD, UNK, SOS} & set(ids)
    assert codec.decode(ids) == "the <eos>"


@each_kind
def test_features_come_first_and_never_meet_a_token_of_the_same_name(settings):
    codec = trained(settings, [*TEXTS, "pl ko"])
    assert codec.encode("pl ko", ["pl", "ko"])[:2] == [5, 4]
    assert not {4, 5} & set(codec.encode("pl ko"))
    assert codec.decode(codec.encode("pl ko", ["pl"])) == "pl ko"


@each_kind
def test_a_feature_never_seen_is_unknown(settings):
    assert trained(settings).encode("", ["fr", "ko"]) == [UNK, 4, EOS]


@each_kind
def test_a_saved_codec_is_the_same_codec(settings, tmp_path):
    codec = trained(settings)
    codec.save(tmp_path, "source")
    again = Codec.load(tmp_path, "source")
    assert again.settings == codec.settings
    assert again.vocabulary == codec.vocabulary
    for text in [*TEXTS, "☃ new\ttext"]:
        assert again.encode(text, ["ko"]) == codec.encode(text, ["ko"])
        assert again.decode(again.encode(text)) == codec.decode(codec.encode(text))


@each_kind
def test_saving_the_same_training_twice_writes_the_same_bytes(settings, tmp_path):
    trained(settings, TEXTS, ["ko", "pl"]).save(tmp_path, "a")
    trained(settings, TEXTS[::-1], ["pl", "ko", "ko"]).save(tmp_path, "b")
    first = [path.read_bytes() for path in sorted(tmp_path.glob("a.*"))]
    assert first == [path.read_bytes() for path in sorted(tmp_path.glob("b.*"))]


@each_kind
def test_every_file_is_json(settings, tmp_path):
    trained(settings).save(tmp_path, "source")
    for path in tmp_path.iterdir():
        json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("settings", "text", "units"),
    [
        (Characters(), "a☃b☃", ("☃",)),
        (Characters(), "뷁a", ("뷁",)),
        (Characters(jamo=True), "돍", ()),
        (Whitespace(), "the new dog the new", ("new", "dog")),
        (Bytes(), "☃", ()),
        (Subwords(kind="bpe", size=100), "cat☃☂", ("☃", "☂")),
    ],
)
def test_unknown_units_are_named_once_in_their_order(settings, text, units):
    texts = [*TEXTS, "b", "도닭"]
    assert trained(settings, texts).unknown(text) == units


@pytest.mark.parametrize(
    ("settings", "text", "read"),
    [
        (Characters(), "cat☃", "cat⁇"),
        (Whitespace(), "the new cat", "the ⁇ cat"),
        (Words(), "the new cat", "the ⁇ cat"),
        (Subwords(kind="bpe", size=100), "the ☃", "the ⁇"),
    ],
)
def test_unknown_units_read_as_two_question_marks(settings, text, read):
    codec = trained(settings)
    assert codec.decode(codec.encode(text)) == read


def test_unknown_among_bytes_reads_as_two_question_marks():
    codec = trained(Bytes())
    assert codec.decode([*codec.encode("a")[:-1], UNK]) == "a⁇"


def test_hangul_units_by_setting():
    assert trained(Characters()).tokens(trained(Characters()).encode("값")) == ("값", "<eos>")
    apart = (
        Characters(normalize="NFD"),
        Characters(jamo=True),
        Characters(normalize="NFD", jamo=True),
    )
    for settings in apart:
        codec = trained(settings)
        assert codec.tokens(codec.encode("값")) == ("ㄱ", "ㅏ", "ㅄ", "<eos>")


def test_white_space_is_kept_by_characters_and_evened_out_by_words():
    text = " a  b\r\nc\t"
    assert trained(Characters(), [text]).normalize(text) == text
    assert trained(Bytes(), [text]).normalize(text) == text
    assert trained(Subwords(kind="bpe", size=100), [text]).normalize(text) == text
    assert trained(Words(), [text]).normalize(text) == "a b c"
    assert trained(Whitespace(), [text]).normalize(text) == "a b c"


def test_rare_units_become_unknown():
    codec = trained(Characters(min_count=2), ["aabbc"], ())
    assert codec.encode("abc") == [4, 5, UNK, EOS]
    assert trained(Characters(max_size=1), ["aabbb"], ()).encode("ab") == [UNK, 4, EOS]


def test_texts_are_read_once_and_not_kept():
    reads = (text for text in TEXTS)
    Codec.train(Words(), reads)
    assert next(reads, None) is None


def damaged(content):
    def write(path):
        path.write_bytes(content)

    return write


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("source.json", b'{"format": 1, "sett', "damaged"),
        ("source.json", b"", "damaged"),
        ("source.json", b"\xff\xfe\x00", "not UTF-8"),
        ("source.json", b'{"vocab": ["a"]}', "not a tokenizer file of seqloom"),
        ("source.json", b'{"format": 2, "tokens": {}}', "written in format 2"),
        ("source.pieces.json", b'{"version": "1.0", "trun', "damaged"),
        ("source.pieces.json", b"[]", "damaged"),
        (
            "source.pieces.json",
            b'{"version":"1.0","added_tokens":[],"normalizer":null,"pre_tokenizer":null,'
            b'"post_processor":null,"decoder":null,"truncation":null,"padding":null,'
            b'"model":{"type":"WordLevel","vocab":{"a":0},"unk_token":"a"}}',
            "not the special tokens",
        ),
    ],
)
def test_a_truncated_or_foreign_file_is_named(tmp_path, name, content, message):
    trained(Subwords(kind="bpe", size=100)).save(tmp_path, "source")
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError, match=message) as caught:
        Codec.load(tmp_path, "source")
    assert str(caught.value).startswith(f"{tmp_path / name}: ")
    assert "\n" not in str(caught.value)


def test_a_token_listed_twice_is_named(tmp_path):
    codec = trained(Characters(), ["ab"])
    codec.save(tmp_path, "source")
    path = tmp_path / "source.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"b"', '"a"'), encoding="utf-8")
    with pytest.raises(UserError, match="an entry occurs twice"):
        Codec.load(tmp_path, "source")


@pytest.mark.parametrize("name", ["source.json", "source.pieces.json"])
def test_a_missing_file_is_named(tmp_path, name):
    trained(Subwords(kind="bpe", size=100)).save(tmp_path, "source")
    (tmp_path / name).unlink()
    with pytest.raises(UserError, match="not found") as caught:
        Codec.load(tmp_path, "source")
    assert str(tmp_path / name) in str(caught.value)
