"""Validation: the loss on the dev set, and a greedy decoding where the metric asks for one."""

import copy
from dataclasses import dataclass

import torch

from seqloom.config import Recipe
from seqloom.config.search import Search
from seqloom.data.batching import Batches
from seqloom.metrics import evaluate, higher_is_better
from seqloom.models.encoder_decoder import EncoderDecoder
from seqloom.models.stepper import ModelStepper
from seqloom.models.tensors import pairs_of
from seqloom.predict import Predictor
from seqloom.training.average import MovingAverage, put
from seqloom.training.prepare import Prepared, batches_of


@dataclass(frozen=True, slots=True)
class Validation:
    """Dev scores. `loss` is -log p per target token in nats, <eos> counted; `metric` is the
    recipe's `training.metric` in its own unit."""

    loss: float
    metric: float | None
    rank: float
    """What checkpoints are ordered by, lower being better."""


class Validator:
    """Scores the weights that would be kept now: the model's own, or their moving average."""

    def __init__(
        self,
        recipe: Recipe,
        data: Prepared,
        model: EncoderDecoder,
        average: MovingAverage | None,
    ) -> None:
        self.recipe = recipe
        self.codec = data.codec
        self.examples = data.decoded
        self.batches = batches_of(recipe, data.dev)
        self.average = average
        self.scored = model if average is None else copy.deepcopy(model)

    def __call__(self) -> Validation:
        if self.average is not None:
            put(self.average.weights, self.scored)
        return self.score(self.scored)

    def score(self, model: EncoderDecoder) -> Validation:
        """Dev loss, and the metric where the recipe has one."""
        name = self.recipe.training.metric
        loss = dev_loss(model, self.batches)
        if name == "loss":
            return Validation(loss, None, loss)
        metric = self._metric(name, model)
        return Validation(loss, metric, -metric if higher_is_better(name) else metric)

    def _metric(self, name: str, model: EncoderDecoder) -> float:
        """The metric of the greedy outputs; references are brought into the form that outputs are in."""
        search = Search(beam=1, max_length=self.recipe.search.max_length)
        results = Predictor(self.codec, ModelStepper(model), search).predict(self.examples)
        written = self.codec.target.normalize
        references = [[written(example.target or "")] for example in self.examples]
        outputs = [result.text for result in results]
        return evaluate(outputs, references, [name], bootstrap=0)[name].value


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
