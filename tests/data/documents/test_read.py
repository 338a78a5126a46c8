"""Documents of every format, and what is said of those that cannot be used."""

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from seqloom.config.documents import DocumentData
from seqloom.data.bad_rows import BadRows
from seqloom.data.documents.document import Document
from seqloom.data.documents.labels import Labels
from seqloom.data.documents.read import read_documents
from seqloom.errors import UserError

ROWS = [("A fine film.", "pos"), ("정말 재미없다.", "neg"), ("Dull.", "neg")]


def read(path: Path, **settings: object) -> list[tuple[str, tuple[str, ...] | None]]:
    return [(each.text, each.labels) for each in given(path, **settings)]


def given(path: Path, **settings: object) -> list[Document]:
    return list(read_documents([str(path)], DocumentData.model_validate(settings)))


def said(path: Path, **settings: object) -> str:
    with pytest.raises(UserError) as caught:
        given(path, **settings)
    message = str(caught.value)
    assert "\n" not in message
    return message


def written(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def in_every_format(folder: Path) -> list[Path]:
    tsv = "".join(f"{text}\t{label}\n" for text, label in ROWS)
    csv = "label,text\n" + "".join(f'{label},"{text}"\n' for text, label in ROWS)
    objects = [json.dumps({"id": 1, "label": label, "text": text}) for text, label in ROWS]
    table = pa.table({"text": [text for text, _ in ROWS], "label": [label for _, label in ROWS]})
    pq.write_table(table, folder / "a.parquet")
    return [
        written(folder / "a.tsv", tsv),
        written(folder / "headed.tsv", "text\tlabel\n" + tsv),
        written(folder / "a.csv", csv),
        written(folder / "a.jsonl", "\n".join(objects)),
        folder / "a.parquet",
    ]


def test_all_tables_say_the_same(tmp_path: Path) -> None:
    expected = [(text, (label,)) for text, label in ROWS]
    assert [read(path) for path in in_every_format(tmp_path)] == [expected] * 5


def test_a_folder_for_each_label(tmp_path: Path) -> None:
    for number, (text, label) in enumerate(ROWS):
        written(tmp_path / "data" / label / "deep" / f"{number}.txt", text)
    found = given(tmp_path / "data")
    assert [(each.text, each.labels) for each in found] == [
        (ROWS[1][0], ("neg",)),
        (ROWS[2][0], ("neg",)),
        (ROWS[0][0], ("pos",)),
    ]
    assert found[0].origin == f"{tmp_path}/data/neg/deep/1.txt:1"


def test_columns_are_found_by_name(tmp_path: Path) -> None:
    path = written(tmp_path / "a.tsv", "id\tdocument\tlabel\n7\t좋다.\t1\n")
    assert read(path, text="document", label="label") == [("좋다.", ("1",))]


def test_labels_may_be_numbers_in_json_and_parquet(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", '{"text": "a", "label": 1}\n{"text": "b", "label": false}')
    pq.write_table(pa.table({"text": ["a"], "label": [1]}), tmp_path / "a.parquet")
    assert read(path) == [("a", ("1",)), ("b", ("false",))]
    assert read(tmp_path / "a.parquet") == [("a", ("1",))]


def test_several_labels_are_parted_and_a_separator_alone_is_none(tmp_path: Path) -> None:
    table = written(tmp_path / "a.tsv", "one\ta; b;a\nnone\t;\n")
    lists = written(
        tmp_path / "a.jsonl", '{"text":"one","label":["a","b"]}\n{"text":"none","label":[]}\n'
    )
    for path in (table, lists):
        assert read(path, multi_label=True) == [("one", ("a", "b")), ("none", ())]


def test_an_unlabelled_row_is_named(tmp_path: Path) -> None:
    path = written(tmp_path / "a.tsv", "a\tpos\nb\t \n")
    assert said(path).startswith(f"{path}:2: the document must have a label, but has none.")
    path = written(tmp_path / "a.tsv", "a\tpos\nb\n")
    assert said(path).startswith(f"{path}:2: expected 2 columns (text, label), but found 1.")
    path = written(tmp_path / "a.jsonl", '{"text": "a", "label": null}')
    assert said(path).startswith(f"{path}:1: the document must have a label")


def test_a_label_of_a_list_asks_for_the_setting(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", '{"text": "a", "label": ["x"]}')
    assert "Is it data.multi_label=true?" in said(path)


def test_a_tab_inside_a_text_is_no_label(tmp_path: Path) -> None:
    path = written(tmp_path / "a.tsv", "a\tb\tpos\n")
    assert "expected 2 columns (text, label), but found 3" in said(path)


def test_an_empty_document_is_named(tmp_path: Path) -> None:
    path = written(tmp_path / "a.tsv", "a\tpos\n  \tneg\n")
    assert said(path).startswith(f"{path}:2: the document must not be empty, but is.")


def test_an_empty_file_is_named(tmp_path: Path) -> None:
    assert "must have at least one document" in said(written(tmp_path / "a.tsv", ""))


def test_a_label_never_seen_in_training_is_named_with_the_nearest(tmp_path: Path) -> None:
    path = written(tmp_path / "a.tsv", "a\tpos\nb\tnegg\n")
    with pytest.raises(UserError, match=r":2: the label 'negg' was never .* mean 'neg'\?"):
        list(read_documents([str(path)], DocumentData(), known=Labels(("neg", "pos"))))


def test_without_need_of_labels_none_are_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path / "a.tsv", "a\nb\tpos\n")
    found = read_documents([str(path)], DocumentData(), need_label=False)
    assert [each.labels for each in found] == [None, ("pos",)]


def test_a_document_of_ten_megabytes_is_one_line_and_a_setting_reads_it(tmp_path: Path) -> None:
    text = "a word. " * 1_250_000
    for path in (tmp_path / "a.tsv", tmp_path / "tree" / "pos" / "a.txt"):
        written(path, text + ("\tpos\n" if path.suffix == ".tsv" else ""))
    for path in (tmp_path / "a.tsv", tmp_path / "tree"):
        assert "raise data.max_line_bytes" in said(path)
        assert len(read(path, max_line_bytes=20_000_000)) == 1


def test_what_is_no_text_in_a_tree_is_set_aside_with_the_reason(tmp_path: Path) -> None:
    tree, side = tmp_path / "tree", tmp_path / "bad.tsv"
    written(tree / "pos" / "good.txt", "Good.")
    written(tree / "neg" / "good.txt", "Also good.")
    written(tree / "neg" / "binary.png", b"\x89PNG\r\n")
    written(tree / "neg" / "zeros.bin", b"ab\0cd")
    written(tree / "neg" / "empty.txt", "")
    written(tree / "readme.txt", "Not in a folder.")
    with BadRows(side) as bad:
        found = list(read_documents([str(tree)], DocumentData(), bad=bad))
    assert [each.labels for each in found] == [("neg",), ("pos",)]
    reasons = {line.split("\t")[0]: line.split("\t")[1] for line in side.read_text().splitlines()}
    assert reasons == {
        f"{tree}/neg/binary.png:1": "must be utf-8, but byte 1 of the file is 0x89.",
        f"{tree}/neg/empty.txt:1": "the document must not be empty, but is.",
        f"{tree}/neg/zeros.bin:1": "must be text, but character 3 is 0x00.",
        f"{tree}/readme.txt:1": "a document must be in the folder of its label, but is in none.",
    }


def test_a_file_that_is_not_utf8_is_named_and_its_encoding_reads_it(tmp_path: Path) -> None:
    path = written(tmp_path / "pos" / "a.txt", "café".encode("latin-1"))
    assert said(tmp_path).startswith(f"{path}:1: must be utf-8, but byte 4 of the file is 0xe9.")
    assert read(tmp_path, encoding="latin-1") == [("café", ("pos",))]


def test_a_folder_without_folders_is_refused(tmp_path: Path) -> None:
    written(tmp_path / "a.txt", "a")
    assert "must hold a folder for each label" in said(tmp_path)


def test_a_missing_column_names_those_there_are(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "review,stars\na,1\n")
    assert "Choose from: review, stars" in said(path, text="review", label="star")


def test_both_columns_the_same_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "id,other\nx,y\n")
    assert "both lead to 'other'" in said(path, text="other")


@pytest.mark.parametrize(
    ("name", "content", "missing"),
    [
        ("a.jsonl", '{"label": "x", "other": "y"}', "text"),
        ("a.jsonl", '{"label": "x"}', "text"),
        ("a.jsonl", '{"text": "x"}', "label"),
        ("a.jsonl", '{"text": "x", "id": 7}', "label"),
    ],
)
def test_a_row_without_text_or_label_says_which(
    tmp_path: Path, name: str, content: str, missing: str
) -> None:
    message = said(written(tmp_path / name, content + "\n"))
    assert f":1: there is no '{missing}' among the columns" in message
    assert f"data.{missing}=NAME" in message


def test_later_objects_are_read_by_the_keys_of_the_first(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", '{"text": "a", "label": "x"}\n{"id": 7, "text": "b"}\n')
    assert ":2: the document must have a label, but has none." in said(path)
    path = written(tmp_path / "b.jsonl", '{"a": "x", "b": "y"}\n{"b": "z", "a": "w"}\n')
    assert read(path) == [("x", ("y",)), ("w", ("z",))]
    path = written(tmp_path / "c.jsonl", '{"text": "a", "label": "x"}\n{"label": "y"}\n')
    assert ":2: must have a 'text', but has only: label." in said(path)


def test_objects_without_labels_can_be_asked_about(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", '{"text": "a", "id": 7}\n{"text": "b"}\n')
    found = read_documents([str(path)], DocumentData(), need_label=False)
    assert [(each.text, each.labels) for each in found] == [("a", None), ("b", None)]


def test_no_label_is_needed_where_the_text_was_asked_for_in_its_place(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "id,review,stars\n1,fine,5\n")
    data = DocumentData(text="review")
    [document] = read_documents([str(path)], data, need_label=False)
    assert document.text == "fine"
    assert "both lead to 'review'" in said(path, text="review")


@pytest.mark.parametrize(("head", "label"), [("document\tlabel", "x"), ("text\tstars", "x")])
def test_one_name_in_its_place_makes_a_line_of_names(tmp_path: Path, head: str, label: str) -> None:
    assert read(written(tmp_path / "a.tsv", f"{head}\na\t{label}\n")) == [("a", (label,))]


def test_a_text_that_reads_label_is_no_name(tmp_path: Path) -> None:
    path = written(tmp_path / "a.tsv", "label\tx\na\ttext\n")
    assert read(path) == [("label", ("x",)), ("a", ("text",))]


def test_where_every_row_is_answered_all_of_them_may_be_bad(tmp_path: Path) -> None:
    path = written(tmp_path / "a.tsv", "a\tb\tc\n\td\n")
    with BadRows(tmp_path / "bad.tsv") as bad:
        found = read_documents(
            [str(path)], DocumentData(), bad=bad, need_label=False, every_row=True
        )
        assert [each.text for each in found] == ["", ""]
    with BadRows(tmp_path / "bad.tsv") as bad, pytest.raises(UserError, match="none of its 2"):
        list(read_documents([str(path)], DocumentData(), bad=bad))


def test_a_row_that_is_set_aside_says_why_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "tree/pos").mkdir(parents=True)
    (tmp_path / "tree/pos/gone.txt").symlink_to(tmp_path / "nowhere")
    with BadRows(tmp_path / "bad.tsv") as bad:
        [document] = read_documents(
            [str(tmp_path / "tree")], DocumentData(), bad=bad, every_row=True
        )
    assert "cannot be read" in document.fault


def test_korean_in_cp949_gets_the_command_that_mends_it(tmp_path: Path) -> None:
    path = written(tmp_path / "a.tsv", "정말 재미있다. good\tpos\n".encode("cp949"))
    assert f"iconv -f cp949 -t utf-8 '{path}' > '{tmp_path}/utf8-a.tsv'" in said(path)
    path = written(tmp_path / "a.tsv.gz", gzip.compress("정말 재미있다.\tpos\n".encode("cp949")))
    assert f"gunzip -c '{path}' | iconv -f cp949 -t utf-8 > '{tmp_path}/utf8-a.tsv'" in said(path)
    path = written(tmp_path / "b.tsv", "Élan à la française\tpos\n".encode("latin-1"))
    assert "iconv -f" not in said(path)
    written(tmp_path / "tree/pos/a.txt", "정말 재미있다.".encode("cp949"))
    assert "data.encoding=cp949" in said(tmp_path / "tree")


def test_a_file_that_is_no_parquet_is_named(tmp_path: Path) -> None:
    assert "must be a Parquet file" in said(written(tmp_path / "a.parquet", "text"))
