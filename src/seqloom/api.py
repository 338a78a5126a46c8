"""The Python interface on one page.

model = seqloom.train("g2p", data=["words.tsv"], out="runs/mine")
model = seqloom.load("runs/mine")
model.predict("가감").text
model.score([("가감", "k a ɡ a m")])
model.evaluate(["test.tsv"])
model.explain("가감").png("map.png")
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, overload

from seqloom import explain as pictures
from seqloom.config import Recipe, override, read_recipe
from seqloom.config.search import Search
from seqloom.console.session import sitting
from seqloom.data.bad_rows import BadRows
from seqloom.data.batching import Batch, pad
from seqloom.data.dates import generate
from seqloom.data.example import Example
from seqloom.data.sources import read_pairs
from seqloom.errors import UserError
from seqloom.metrics import Report, evaluate, merge_references
from seqloom.metrics.bleu import Tokenize
from seqloom.models.artifact import Run, load_run
from seqloom.models.stepper import ModelStepper
from seqloom.models.tensors import pairs_of
from seqloom.predict import Predictor, Result
from seqloom.training.card import write_card
from seqloom.training.device import choose_device
from seqloom.training.journal import read_journal

Source = str | Example
"""A source alone, or with its features."""


@dataclass(frozen=True, slots=True)
class PairScore:
    """log p(target | source) in nats, <eos> counted: its sum and its parts, one for each token."""

    log_prob: float
    tokens: tuple[str, ...]
    token_log_probs: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the model attended to while it answered one source."""

    result: Result

    def __str__(self) -> str:
        return str(pictures.terminal_map(self.result))

    def png(self, path: str | Path) -> None:
        """The attention map as a picture."""
        pictures.png_map(self.result, Path(path))

    def svg(self, path: str | Path) -> None:
        """The attention map as a drawing that scales."""
        Path(path).write_text(pictures.svg_map(self.result), encoding="utf-8")

    def html(self, path: str | Path) -> None:
        """One self-contained page; all hypotheses can be chosen in it."""
        Path(path).write_text(
            pictures.html_page([self.result], self.result.source), encoding="utf-8"
        )


class Model:
    """A trained run, ready to answer."""

    def __init__(self, run: Run, folder: Path) -> None:
        self.run = run
        self.folder = folder
        self.recipe = run.recipe

    @overload
    def predict(self, source: Source, **settings: Any) -> Result: ...
    @overload
    def predict(self, source: Iterable[Source], **settings: Any) -> list[Result]: ...
    def predict(self, source: Source | Iterable[Source], **settings: Any) -> Result | list[Result]:
        """Outputs for one source or for many, in their order.

        settings  any of config.Search (beam, nbest, length_penalty, sample, temperature, ...), and
                  `prefix`, a text that every output must begin with
        """
        if isinstance(source, str | Example):
            return next(self.stream([source], **settings))
        return list(self.stream(source, **settings))

    def stream(self, sources: Iterable[Source], **settings: Any) -> Iterator[Result]:
        """As `predict`, reading and answering as it goes, in constant memory."""
        prefix = str(settings.pop("prefix", ""))  # what every output must begin with
        search = self.search(**settings)
        predictor = Predictor(self.run.codec, ModelStepper(self.run.model), search)
        examples = (Example(s) if isinstance(s, str) else s for s in sources)
        return predictor.predict(examples, prefix=prefix)

    def search(self, **settings: Any) -> Search:
        """The recipe's search with some settings changed."""
        changes = [f"search.{name}={json.dumps(value)}" for name, value in settings.items()]
        return override(self.recipe, changes).search

    def score(self, pairs: Iterable[tuple[Source, str]], batch_size: int = 64) -> list[PairScore]:
        """How likely the model finds each target given its source; what training minimised and what
        search adds up."""
        scores: list[PairScore] = []
        waiting: list[tuple[Example, str]] = []
        for source, target in pairs:
            waiting.append((Example(source) if isinstance(source, str) else source, target))
            if len(waiting) == batch_size:
                scores.extend(self._scored(waiting))
                waiting = []
        return scores + (self._scored(waiting) if waiting else [])

    def _scored(self, pairs: Sequence[tuple[Example, str]]) -> list[PairScore]:
        import torch

        codec = self.run.codec
        source, source_lengths = pad([codec.source.encode(e.source, e.features) for e, _ in pairs])
        targets = [codec.target.encode(target) for _, target in pairs]
        target, target_lengths = pad(targets)
        batch = Batch(source, source_lengths, target, target_lengths, source_lengths)
        with torch.inference_mode():
            table = self.run.model.score(pairs_of(batch, self.run.model)).cpu().numpy()
        return [
            PairScore(
                float(row[: len(ids)].sum(dtype=float)),
                codec.target.tokens(ids),
                tuple(row[: len(ids)].tolist()),
            )
            for row, ids in zip(table, targets, strict=True)
        ]

    def evaluate(
        self,
        data: Sequence[str | Path] | None = None,
        *,
        metrics: Sequence[str] | None = None,
        bootstrap: int = 1000,
        tokenize: Tokenize = "13a",
        lowercase: bool = False,
        bad: BadRows | None = None,
        **settings: Any,
    ) -> "Evaluation":
        """Answer a test set and score the answers.

        data                 files as the recipe reads them; the recipe's own test set if not given
        metrics              names; the recipe's if not given
        tokenize, lowercase  how BLEU cuts words (metrics/bleu.py)
        bad                  where rows that cannot be read are set aside; the first one raises if
                             not given

        A source that stands in several rows is asked once and right if it meets any of its targets;
        for BLEU and chrF, which are counted over running text, every row counts.
        """
        names = tuple(metrics or self.recipe.metrics)
        examples = list(self._test_set(data, bad))
        asked, references = _grouped(examples, names)
        written = self.run.codec.target.normalize  # the form that outputs are in
        references = [[written(reference) for reference in several] for several in references]
        results = self.predict(asked, **settings)
        scored = None
        if "perplexity" in names:
            scored = self.score((e, refs[0]) for e, refs in zip(asked, references, strict=True))
        report = evaluate(
            [result.text for result in results],
            references,
            names,
            log_probs=[s.log_prob for s in scored] if scored else None,
            num_tokens=[len(s.tokens) for s in scored] if scored else None,
            bootstrap=bootstrap,
            seed=self.recipe.seed,
            tokenize=tokenize,
            lowercase=lowercase,
        )
        return Evaluation(report, asked, references, results)

    def _test_set(
        self, data: Sequence[str | Path] | None, bad: BadRows | None
    ) -> Iterable[Example]:
        settings = self.recipe.data
        if data:
            return read_pairs([str(path) for path in data], settings, bad=bad)
        if settings.test:
            return read_pairs(settings.test, settings, bad=bad)
        if settings.embedded is not None:
            return generate("test", self.recipe.seed)
        raise UserError("no test set: give a file, or name one in the recipe with data.test.")

    def explain(self, source: Source, **settings: Any) -> Explanation:
        """The answer with what it attended to, to print or to save as PNG, SVG or HTML."""
        return Explanation(self.predict(source, **settings))


def _grouped(
    examples: list[Example], metrics: Sequence[str]
) -> tuple[list[Example], list[list[str]]]:
    """What to ask, and all references of each."""
    if {"bleu", "chrf"} & {*metrics}:
        return examples, [[example.target or ""] for example in examples]
    keys, references = merge_references(((e.source, e.features), e.target or "") for e in examples)
    first = {(e.source, e.features): e for e in reversed(examples)}
    return [first[key] for key in keys], references


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The scores, and what they were counted on: item i of each list belongs together."""

    report: Report
    examples: list[Example]
    references: list[list[str]]
    results: list[Result]


def load(folder: str | Path, device: str = "auto") -> Model:
    """The model in a run folder. Raises UserError if it is not one of ours, or not whole."""
    return Model(load_run(Path(folder), choose_device(device)), Path(folder))


def train(
    recipe: str | Path | Recipe,
    data: Sequence[str | Path] = (),
    *,
    dev: Sequence[str | Path] = (),
    out: str | Path | None = None,
    set: Sequence[str] = (),
    resume: bool = False,
    quiet: bool = False,
) -> Model:
    """Train a recipe, by name, file or object, and return the model; progress shows on stderr.

    data, dev  files that take the place of the recipe's own
    out        the run folder; runs/NAME if not given
    set        settings to change, as on the command line: 'decoder.layers=2'

    Ctrl-C saves and raises console.session.Stopped, a KeyboardInterrupt; resume=True goes on.
    """
    chosen = prepare_recipe(recipe, data, dev, set)
    folder = Path(out) if out else Path("runs") / chosen.name
    arguments = f"{chosen.name!r}, data={[*map(str, data)]}, set={[*set]}, out={str(folder)!r}"
    command = f"seqloom.train({arguments})"
    return fitted(chosen, folder, resume=resume, command=command, quiet=quiet)


def fitted(recipe: Recipe, folder: Path, *, resume: bool, command: str, quiet: bool) -> Model:
    """Train a recipe into a folder, draw its curve, write its card, and load it.

    command  what started this, for the card
    """
    ready, finished = sitting(recipe, folder, resume=resume, command=command, quiet=quiet)
    model = finish(folder)
    write_card(folder, recipe, ready, finished)
    return model


def prepare_recipe(
    recipe: str | Path | Recipe,
    data: Sequence[str | Path] = (),
    dev: Sequence[str | Path] = (),
    changes: Sequence[str] = (),
) -> Recipe:
    """A recipe with other data and some settings changed."""
    chosen = recipe if isinstance(recipe, Recipe) else read_recipe(str(recipe))
    if data:
        files = tuple(str(path) for path in data)
        own = chosen.data.model_copy(
            update={"train": files, "dev": tuple(map(str, dev)), "test": (), "embedded": None}
            # The features of embedded data are columns that only it has.
            | ({"features": ()} if chosen.data.embedded else {})
        )
        chosen = chosen.model_copy(update={"data": own})
    elif dev:
        if not chosen.data.train:
            raise UserError("a dev set needs training data beside it: give that with --data FILE.")
        own = chosen.data.model_copy(update={"dev": tuple(map(str, dev))})
        chosen = chosen.model_copy(update={"data": own})
    return override(chosen, changes)


def finish(folder: Path) -> Model:
    """Draw the training curve of a run and load what it came to."""
    model = load(folder)
    metric = model.recipe.training.metric
    pictures.training_curve(
        read_journal(folder / "metrics.jsonl"),
        folder / "curve.png",
        "" if metric == "loss" else metric,
    )
    return model
