import pytest

from seqloom.data.documents.labels import Labels, class_weights
from seqloom.errors import UserError

LABELS = Labels(("a", "b"))


def test_labels_are_numbered_by_code_point_whatever_the_order() -> None:
    some = [("pos",), ("neg",), ("긍정",)]
    assert Labels.of(some, "x", False) == Labels.of(some[::-1], "x", False)
    assert Labels.of(some, "x", False).names == ("neg", "pos", "긍정")


def test_one_class_is_refused() -> None:
    with pytest.raises(UserError, match=r"t.tsv: .* but all 3 have the label 'pos'"):
        Labels.of([("pos",)] * 3, "t.tsv", multi_label=False)


def test_several_labels_may_be_one_but_not_none() -> None:
    assert len(Labels.of([("spam",), ()], "t.tsv", multi_label=True)) == 1
    with pytest.raises(UserError, match="but none has any"):
        Labels.of([(), ()], "t.tsv", multi_label=True)


def test_encoded_labels_are_sorted_and_occur_once() -> None:
    assert LABELS.encode(["b", "a", "b"]) == (0, 1)


def test_balanced_weights_by_hand() -> None:
    assert class_weights("balanced", LABELS, [1, 3], 4, False) == [2.0, 4 / 6]
    assert class_weights("balanced", LABELS, [1, 4], 4, True) == [3.0, 1.0]
    assert class_weights("none", LABELS, [1, 3], 4, False) is None


def test_given_weights_are_1_where_left_out_and_labels_must_exist() -> None:
    assert class_weights({"b": 2.5}, LABELS, [1, 3], 4, False) == [1.0, 2.5]
    with pytest.raises(UserError, match="which is no label"):
        class_weights({"c": 2.0}, LABELS, [1, 3], 4, False)
