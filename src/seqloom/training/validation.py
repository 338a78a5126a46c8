"""Validation: the loss on the dev set, and a greedy decoding where the metric asks for one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from seqloom.data.batching import Batches
from seqloom.data.example import Example
from seqloom.metrics import evaluate, higher_is_better
from seqloom.models.encoder_decoder import EncoderDecoder
from seqloom.models.tensors import pairs_of


@dataclass(frozen=True, slots=True)
class Validation:
    """Dev scores. `loss` is -log p per target token in nats, <eos> counted; `metric` is the
    recipe's `training.metric` in its own unit."""

    loss: float
    metric: float | None
    rank: float
    """What checkpoints are ordered by, lower being better."""


@torch.inference_mode()
def dev_loss(model: EncoderDecoder, batches: Batches) -> float:
    """-log p per target token over the whole set, in nats."""
    model.eval()
    nll, tokens = 0.0, 0
    for batch in batches.in_order():
        loss = model.loss(pairs_of(batch, model), 0.0)
        nll += float(loss.nll)
        tokens += loss.tokens
    return nll / max(1, tokens)


def dev_metric(
    name: str, outputs: Sequence[str], examples: Sequence[Example], written: Callable[[str], str]
) -> float:
    """The metric of some outputs; `written` brings references into the form that outputs are in."""
    references = [[written(example.target or "")] for example in examples]
    return evaluate(outputs, references, [name], bootstrap=0)[name].value


def validation(loss: float, name: str, metric: float | None) -> Validation:
    """Scores with their rank."""
    if metric is None:
        return Validation(loss, None, loss)
    return Validation(loss, metric, -metric if higher_is_better(name) else metric)
