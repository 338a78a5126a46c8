"""Pairs: teacher forcing on the training pairs; the loss of the dev pairs, and the metric of their
greedy outputs where the recipe asks for one.

The unit of the loss is a target token, <eos> counted.
"""

from collections.abc import Sequence
from pathlib import Path

import torch

from seqloom.config import Decoder, Encoder, Recipe, TransformerDecoder, TransformerEncoder
from seqloom.config.search import Search
from seqloom.data.batching import Batch, Batches
from seqloom.data.example import Example
from seqloom.data.made import Report
from seqloom.metrics import evaluate, higher_is_better
from seqloom.models.artifact import load_setting, save_setting
from seqloom.models.build import build
from seqloom.models.encoder_decoder import EncoderDecoder
from seqloom.models.stepper import ModelStepper
from seqloom.models.tensors import pairs_of
from seqloom.predict import Predictor
from seqloom.text.pair import PairCodec
from seqloom.training.pairs.prepare import batches_of, prepare
from seqloom.training.pairs.sampling import own_probability
from seqloom.training.pairs.series import prepare_series
from seqloom.training.task import Facts, Sums, Task, Validation, named_items


class PairTask(Task[EncoderDecoder, Batch]):
    """An encoder-decoder and its pairs.

    dev      the dev pairs that the loss is taken over
    decoded  those that are decoded for the metric
    """

    def __init__(
        self,
        recipe: Recipe,
        codec: PairCodec,
        model: EncoderDecoder,
        batches: Batches,
        dev: Batches,
        decoded: Sequence[Example] = (),
        notes: Sequence[str] = (),
    ) -> None:
        self.recipe = recipe
        self.codec = codec
        self.model = model
        self.batches = batches
        self.sizes = len(batches.corpus), len(dev.corpus)
        self.dev = dev
        self.decoded = decoded
        self.notes = notes

    @property
    def facts(self) -> Facts:
        read = "source_vocabulary" if self.recipe.series is None else "source_features"
        sizes = {read: self.codec.source_size, "target_vocabulary": self.codec.target.size}
        return Facts("pairs", "token", *self.sizes, sizes, _about(self.recipe, sizes))

    def count(self, batch: Batch) -> int:
        return int(batch.target_lengths.sum())

    def loss(self, batch: Batch, update: int) -> Sums:
        pairs, settings = pairs_of(batch, self.model), self.recipe.training
        if settings.scheduled_sampling is None:
            loss = self.model.loss(pairs, settings.label_smoothing, settings.guided_alignment)
        else:
            probability = own_probability(settings.scheduled_sampling, update)
            loss = self.model.loss_sampled(pairs, settings.label_smoothing, probability)
        return Sums(loss.smoothed, loss.nll)

    def named(self, batch: Batch) -> str:
        return named_items("training pairs", batch.indices.tolist())

    def score(self, model: EncoderDecoder) -> Validation:
        name = self.recipe.training.metric
        loss = dev_loss(model, self.dev)
        if name == "loss":
            return Validation(loss, None, loss)
        metric = self._metric(name, model)
        return Validation(loss, metric, -metric if higher_is_better(name) else metric)

    def _metric(self, name: str, model: EncoderDecoder) -> float:
        """References are brought into the form that outputs are in."""
        search = Search(beam=1, max_length=self.recipe.search.max_length)
        results = Predictor(self.codec, ModelStepper(model), search).predict(self.decoded)
        written = self.codec.target.normalize
        references = [[written(example.target or "")] for example in self.decoded]
        outputs = [result.text for result in results]
        return evaluate(outputs, references, [name], bootstrap=0)[name].value

    def save_setting(self, folder: Path) -> None:
        save_setting(folder, self.recipe, self.codec)


def pair_task(
    recipe: Recipe,
    folder: Path,
    device: torch.device,
    going_on: bool,
    report: Report | None = None,
) -> PairTask:
    """Read the data and build the model; a run that goes on keeps its vocabularies."""
    codec = load_setting(folder)[1] if going_on else None
    if recipe.series is None:
        data = prepare(recipe, folder, codec)
    else:
        data = prepare_series(recipe, folder, codec, report)
    model = build(recipe, data.codec.source_size, data.codec.target.size).to(device)
    train, dev = batches_of(recipe, data.train), batches_of(recipe, data.dev)
    return PairTask(recipe, data.codec, model, train, dev, data.decoded, data.notes)


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


def _about(recipe: Recipe, sizes: dict[str, int]) -> dict[str, str]:
    return {
        "Source": _source(recipe, sizes),
        "Target": f"{recipe.target.kind}, {sizes['target_vocabulary']:,} tokens",
        "Encoder": _encoder(recipe.encoder),
        "Decoder": f"{recipe.decoder.kind}, {_layers(recipe.decoder)}",
    }


def _source(recipe: Recipe, sizes: dict[str, int]) -> str:
    if recipe.series is None:
        return f"{recipe.source.kind}, {sizes['source_vocabulary']:,} tokens"
    return f"{recipe.source.kind}, {sizes['source_features']} features"


def _encoder(encoder: Encoder) -> str:
    if isinstance(encoder, TransformerEncoder):
        return f"{encoder.kind}, {_layers(encoder)}"
    directions = {True: ", both directions", "first": ", the first in both directions", False: ""}
    joined = f", {encoder.joined} steps joined" if encoder.pyramid else ""
    return _layers(encoder) + directions[encoder.bidirectional] + joined


def _layers(part: Encoder | Decoder) -> str:
    size = f"{part.layers} x {part.hidden}"
    if isinstance(part, TransformerEncoder | TransformerDecoder):
        return f"{size}, {part.heads} heads"
    return f"{size} {part.cell}"
