"""A model that is ready to answer: predict, score, evaluate, explain, export.

It may be a run, an exported model or several as one: all it knows of them is `Answering`.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from seqloom import explain as pictures
from seqloom.answering import Answering, PairScore, scores_of
from seqloom.config import override
from seqloom.config.search import Search
from seqloom.data.bad_rows import BadRows
from seqloom.data.example import Example
from seqloom.errors import UserError
from seqloom.evaluation import Evaluation, asked, questions, read_test_set
from seqloom.extras import needs
from seqloom.metrics import evaluate
from seqloom.metrics.bleu import Tokenize
from seqloom.predict import Constraints, Predictor, Result

if TYPE_CHECKING:
    from seqloom.models.artifact import Run
    from seqloom.runtime import Description

Source = str | Example
"""A source alone, or with its features."""


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
    """What was loaded from one folder or from several.

    trained  the run with its torch model; None for an exported model and for several as one
    """

    def __init__(
        self, answering: Answering, folders: Sequence[Path], trained: "Run | None" = None
    ) -> None:
        self.answering = answering
        self.folders = tuple(folders)
        self.recipe = answering.recipe
        self.codec = answering.codec
        self._searches: dict[tuple[str, ...], Search] = {}
        self._trained = trained

    @property
    def run(self) -> "Run":
        """The run with its torch model. Raises UserError if there is none, or more than one."""
        if self._trained is not None:
            return self._trained
        names = ", ".join(map(str, self.folders))
        if len(self.folders) > 1:
            raise UserError(
                f"{names}: several models as one, but this asks for a single run. Load one alone."
            )
        raise UserError(
            f"{names}: exported, so without the torch model, which this asks for. Give the run "
            "folder that it was exported from."
        )

    @overload
    def predict(self, source: Source, **settings: Any) -> Result: ...
    @overload
    def predict(self, source: Iterable[Source], **settings: Any) -> list[Result]: ...
    def predict(self, source: Source | Iterable[Source], **settings: Any) -> Result | list[Result]:
        """Outputs for one source or for many, in their order.

        settings  any of config.Search (beam, nbest, length_penalty, sample, temperature, ...), and
                  `prefix` and `constraints`, as for `stream`
        """
        if isinstance(source, str | Example):
            return next(self.stream([source], **settings))
        return list(self.stream(source, **settings))

    def stream(
        self,
        sources: Iterable[Source],
        *,
        prefix: str = "",
        constraints: Constraints = (),
        **settings: Any,
    ) -> Iterator[Result]:
        """As `predict`, reading and answering as it goes, in constant memory.

        prefix       a text that every output must begin with
        constraints  phrases that every output must contain, or a function that says which for an
                     Example
        """
        predictor = Predictor(self.codec, self.answering.stepper(), self.search(**settings))
        return predictor.predict(map(_example, sources), prefix=prefix, constraints=constraints)

    def search(self, **settings: Any) -> Search:
        """The recipe's search with some settings changed."""
        changes = tuple(
            f"search.{name}={json.dumps(value, default=str)}" for name, value in settings.items()
        )
        if changes not in self._searches:
            self._searches[changes] = override(self.recipe, changes).search
        return self._searches[changes]

    def score(self, pairs: Iterable[tuple[Source, str]], batch_size: int = 64) -> list[PairScore]:
        """How likely the model finds each target given its source; what training minimised and what
        search adds up."""
        examples = ((_example(source), target) for source, target in pairs)
        scores: list[PairScore] = []
        while batch := list(islice(examples, batch_size)):
            scores.extend(scores_of(self.answering, batch))
        return scores

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
    ) -> Evaluation:
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
        examples, references = asked(read_test_set(self.recipe, data, bad), names, self.codec)
        results = self.predict(examples, **settings)
        scored = None
        if "perplexity" in names:
            scored = self.score((e, refs[0]) for e, refs in zip(examples, references, strict=True))
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
        return Evaluation(report, examples, references, results)

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
        with needs("export", "An export"):
            from seqloom.export import export
        return export(run, questions(self.recipe, self.codec, check), Path(out), int8=int8)


def _example(source: Source) -> Example:
    return Example(source) if isinstance(source, str) else source
