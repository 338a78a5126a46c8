import numpy as np
import pytest

from seqloom.errors import UserError
from seqloom.predict.alignment import alignment, pharaoh
from seqloom.predict.result import Output


def output(tokens: str, attention: list[list[float]] | None) -> Output:
    split = tuple(tokens.split())
    weights = None if attention is None else np.array(attention, dtype=np.float32)
    return Output(tokens, split, (-0.1,) * len(split), -0.1, weights, split[-1:] == ("<eos>",))


def test_each_output_token_is_paired_with_its_heaviest_source_token() -> None:
    swapped = output("b a <eos>", [[0.1, 0.8, 0.1], [0.7, 0.2, 0.1], [0.0, 0.1, 0.9]])
    assert pharaoh(["A", "B", "<eos>"], swapped) == "1-0 0-1"


def test_the_end_of_the_source_is_never_a_partner() -> None:
    looks_at_end = output("b", [[0.1, 0.3, 0.6]])
    assert pharaoh(["A", "B", "<eos>"], looks_at_end) == "1-0"


def test_positions_count_after_the_features() -> None:
    attends_feature = output("b <eos>", [[0.6, 0.1, 0.2, 0.1], [0.1, 0.1, 0.1, 0.7]])
    assert pharaoh(["<lang=ko>", "A", "B", "<eos>"], attends_feature, num_features=1) == "1-0"


def test_an_unfinished_output_has_a_pair_for_every_token() -> None:
    cut_off = output("b b b", [[0.9, 0.1], [0.9, 0.1], [0.2, 0.8]])
    assert alignment(["A", "<eos>"], cut_off) == [(0, 0), (0, 1), (0, 2)]


def test_the_first_of_equals_is_the_partner() -> None:
    assert pharaoh(["A", "B"], output("x", [[0.5, 0.5]])) == "0-0"


@pytest.mark.parametrize(("source", "target"), [([], ""), (["<eos>"], "<eos>"), (["<eos>"], "x")])
def test_nothing_to_align_is_the_empty_alignment(source: list[str], target: str) -> None:
    weights = np.ones((len(target.split()), len(source))).tolist()
    assert pharaoh(source, output(target, weights)) == ""


def test_a_model_without_attention_is_named() -> None:
    with pytest.raises(UserError, match="has no attention"):
        pharaoh(["A"], output("x", None))
