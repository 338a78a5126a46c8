"""Results to draw: toys whose attention runs down the diagonal."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from seqloom.predict.result import Output, Result

MakeResult = Callable[..., Result]


def diagonal(rows: int, columns: int) -> np.ndarray:
    """Each row a distribution: 0.7 on the diagonal, the rest spread over the other columns."""
    weights = np.full((rows, columns), 0.3 / max(columns - 1, 1), dtype=np.float32)
    for row in range(rows):
        weights[row, row * (columns - 1) // max(rows - 1, 1)] = 0.7 if columns > 1 else 1.0
    return weights


def output(tokens: Sequence[str], columns: int) -> Output:
    return Output(
        text="".join(tokens[:-1]),
        tokens=tuple(tokens),
        token_log_probs=(-0.5,) * len(tokens),
        score=-0.5,
        attention=diagonal(len(tokens), columns),
        finished=True,
    )


@pytest.fixture(scope="session")
def make_result() -> MakeResult:
    """make_result(source tokens, output tokens, ...): '<eos>' is added to each."""

    def make(source: Sequence[str], *targets: Sequence[str]) -> Result:
        tokens = (*source, "<eos>")
        outputs = tuple(output((*target, "<eos>"), len(tokens)) for target in targets)
        return Result(source="".join(source), source_tokens=tokens, outputs=outputs)

    return make
