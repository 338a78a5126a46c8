"""The Python interface on one page.

model = seqloom.train("g2p", data=["words.tsv"], out="runs/mine")
model = seqloom.load("runs/mine")
model.predict("가감").text
model.score([("가감", "k a ɡ a m")])
model.evaluate(["test.tsv"])
model.explain("가감").png("map.png")
model.export("g2p")          # ONNX graphs, which seqloom.load("g2p") answers with as well

What needs torch is imported by those who need it: an exported model is loaded and asked without.
"""

import json
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, overload

from seqloom import explain as pictures
from seqloom.config import Recipe, override, read_recipe
from seqloom.config.search import Search
from seqloom.console.session import sitting
from seqloom.data.bad_rows import BadRows
from seqloom.data.batching import Batch, pad
from seqloom.data.example import Example
from seqloom.data.sources import read_pairs, read_sources
from seqloom.errors import MissingExtra, UserError
from seqloom.metrics import Report, evaluate, merge_references
from seqloom.metrics.bleu import Tokenize
from seqloom.predict import Predictor, Result
from seqloom.search.stepper import Reals, Stepper
from seqloom.text.pair import PairCodec

if TYPE_CHECKING:
    from seqloom.export import Questions
    from seqloom.models.artifact import Run
    from seqloom.runtime import Description

Source = str | Example
"""A source alone, or with its features."""

_BROUGHT = {
    "train": {"torch", "safetensors", "jaxtyping"},
    "export": {"onnx", "onnxruntime"},
    "runtime": {"onnxruntime"},
}
"""For each extra the packages that may be missing without it."""

_SOME = 2000
"""Training pairs that an export is checked on where there is nothing else."""


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


class Answering(Protocol):
    """What can answer: a run with its torch model, or an exported one with its graphs."""

    @property
    def recipe(self) -> Recipe: ...
    @property
    def codec(self) -> PairCodec: ...
    def stepper(self) -> Stepper[Any]: ...
    def score(self, batch: Batch) -> Reals: ...


class Model:
    """A trained run or an exported model, ready to answer. `trained` is the run, None for an export."""

    def __init__(self, run: Answering, folder: Path, trained: "Run | None" = None) -> None:
        self.folder = folder
        self.recipe = run.recipe
        self.codec = run.codec
        self._answering = run
        self._searches: dict[tuple[str, ...], Search] = {}
        self._trained = trained

    @property
    def run(self) -> "Run":
        """The run with its torch model. Raises UserError for an exported model."""
        if self._trained is None:
            raise UserError(
                f"{self.folder}: exported, so without the torch model, which this asks for. Give the "
                "run folder that it was exported from."
            )
        return self._trained

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
        predictor = Predictor(self.codec, self._answering.stepper(), search)
        examples = (Example(s) if isinstance(s, str) else s for s in sources)
        return predictor.predict(examples, prefix=prefix)

    def search(self, **settings: Any) -> Search:
        """The recipe's search with some settings changed."""
        changes = tuple(f"search.{name}={json.dumps(value)}" for name, value in settings.items())
        if changes not in self._searches:
            self._searches[changes] = override(self.recipe, changes).search
        return self._searches[changes]

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
        codec = self.codec
        sources = [codec.read(example.source, example.features) for example, _ in pairs]
        source, source_lengths = pad([source.ids for source in sources])
        targets = [
            codec.target.encode(target, open=source.open)
            for (_, target), source in zip(pairs, sources, strict=True)
        ]
        target, target_lengths = pad(targets)
        batch = Batch(source, source_lengths, target, target_lengths, source_lengths)
        table = self._answering.score(batch)
        return [
            PairScore(
                float(row[: len(ids)].sum(dtype=float)),
                codec.target.tokens(ids, source.open),
                tuple(row[: len(ids)].tolist()),
            )
            for row, ids, source in zip(table, targets, sources, strict=True)
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
        references = self._written(references)
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
            from seqloom.data.dates import generate

            return generate("test", self.recipe.seed)
        raise UserError("no test set: give a file, or name one in the recipe with data.test.")

    def explain(self, source: Source, **settings: Any) -> Explanation:
        """The answer with what it attended to, to print or to save as PNG, SVG or HTML."""
        return Explanation(self.predict(source, **settings))

    def export(
        self, out: str | Path, *, int8: bool = False, check: str | Path | None = None
    ) -> "Description":
        """Write the model as ONNX graphs into a folder, which `load` reads and which needs no torch.

        int8   keep the weights in 8 bits: a quarter of the size, nearly the same answers
        check  a file of sources that the graphs are checked on, instead of the recipe's test set

        Raises UserError if the graphs do not answer as the model does; then there is no folder.
        """
        run = self.run
        with _needs("export", "An export"):
            from seqloom.export import Questions, export
        if check is not None:
            sources = list(read_sources(str(check), self.recipe.data))
            return export(run, Questions(str(check), sources, None, ()), Path(out), int8=int8)
        return export(run, self._questions(), Path(out), int8=int8)

    def _questions(self) -> "Questions":
        """The test set, else the dev set; else some of the training pairs, without their targets."""
        from seqloom.export import Questions

        data, metrics = self.recipe.data, self.recipe.metrics
        if not (data.test or data.dev or data.embedded):
            some = list(islice(read_pairs(data.train, data), _SOME))
            return Questions(f"first {len(some):,} training pairs", some, None, metrics)
        name = "test set" if data.test or data.embedded else "dev set"
        examples = self._test_set(None if name == "test set" else data.dev, None)
        asked, references = _grouped(list(examples), metrics)
        return Questions(name, asked, self._written(references), metrics)

    def _written(self, references: list[list[str]]) -> list[list[str]]:
        """In the form that outputs are in."""
        form = self.codec.target.normalize
        return [[form(reference) for reference in several] for several in references]


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


@contextmanager
def _needs(extra: Literal["train", "export", "runtime"], what: str) -> Generator[None]:
    """A block whose imports an extra brings."""
    try:
        yield
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] not in _BROUGHT[extra]:
            raise
        raise MissingExtra(what, extra) from missing


def load(folder: str | Path, device: str = "auto") -> Model:
    """The model in a run folder, or in one that was exported from it.

    device  where a run's arithmetic is done; graphs run on the CPU

    Raises UserError if the folder is not one of ours, or not whole.
    """
    folder = Path(folder)
    if (folder / "export.json").is_file():
        return _load_export(folder, device)
    with _needs("train", f"{folder}: a run that was not exported"):
        from seqloom.models.artifact import load_run
        from seqloom.training.device import choose_device
    run = load_run(folder, choose_device(device))
    return Model(run, folder, run)


def _load_export(folder: Path, device: str) -> Model:
    if device not in ("auto", "cpu"):
        raise UserError(
            f"{folder}: exported models run on the CPU, but device is {device}. Leave it."
        )
    with _needs("runtime", f"{folder}: an exported model"):
        from seqloom.runtime import load_export
    return Model(load_export(folder), folder)


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
    with _needs("train", "seqloom.train"):
        return fitted(chosen, folder, resume=resume, command=command, quiet=quiet)


def fitted(recipe: Recipe, folder: Path, *, resume: bool, command: str, quiet: bool) -> Model:
    """Train a recipe into a folder, draw its curve, write its card, and load it.

    command  what started this, for the card
    """
    from seqloom.training.card import write_card

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
            | {"alignments": ()}
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
    from seqloom.training.journal import read_journal

    model = load(folder)
    metric = model.recipe.training.metric
    pictures.training_curve(
        read_journal(folder / "metrics.jsonl"),
        folder / "curve.png",
        "" if metric == "loss" else metric,
    )
    return model
