from rich.cells import cell_len

from seqloom.metrics.confusion import Confusion


def test_rows_are_true_labels_and_columns_those_given() -> None:
    confusion = Confusion.of([0, 1, 1, 1], [0, 0, 1, 1], ["no", "yes"])
    assert confusion.counts.tolist() == [[1, 1], [0, 2]]
    assert confusion.table() == ("     no  yes   right\nno    1    1   50.0%\nyes   0    2  100.0%")


def test_a_label_without_documents_has_no_share() -> None:
    assert Confusion.of([0], [0], ["a", "b"]).table().splitlines()[2].split() == [
        "b",
        "0",
        "0",
        "-",
    ]


def test_wide_names_become_numbers() -> None:
    names = [f"{n}-a label with a long name that goes on and on" for n in range(5)]
    lines = Confusion.of([0], [1], names).table().splitlines()
    assert lines[0].split() == ["1", "2", "3", "4", "5", "right"]
    assert lines[1].startswith("1 0-a label")
    assert "…" in lines[1]


def test_hangul_labels_line_up() -> None:
    lines = Confusion.of([0, 1], [0, 1], ["긍정", "no"]).table().splitlines()
    assert len({cell_len(line) for line in lines}) == 1
