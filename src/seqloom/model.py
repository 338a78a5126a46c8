"""A model that is ready to answer: predict, score, evaluate, explain, export.

It may be a run, an exported model or several as one: all it knows of them is `Answering`.

Whoever only asks for answers should not wait for what scores, explains and exports them: each method
imports its own.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import NDArray

from seqloom.answering import Answering, PairScore, scores_of
from seqloom.attribution.faithfulness import ORDERS
from seqloom.config import override
from seqloom.config.search import Search
from seqloom.data.example import ARRAY, Example
from seqloom.errors import UserError
from seqloom.extras import needs
from seqloom.predict import Constraints, Output, Predictor, Result
from seqloom.predict.trace import Trace, trace
from seqloom.search.plain import known_or_unknown

if TYPE_CHECKING:
    from seqloom.aligning import Aligned
    from seqloom.attribution import Method
    from seqloom.attribution.erased import Erasing
    from seqloom.attribution.gates import Trace as GateTrace
    from seqloom.attribution.neighbours import Index, Neighbour
    from seqloom.data.bad_rows import BadRows
    from seqloom.data.made import Report
    from seqloom.evaluation import Evaluation
    from seqloom.explain.levels import Level
    from seqloom.explanation import Explanation
    from seqloom.metrics.bleu import Tokenize
    from seqloom.models.artifact import Run
    from seqloom.runtime import Description

Source = str | Example | NDArray[Any]
"""A text alone, or with its features; for a model of frames or strokes an array [frames, features]."""


class Model:
    """What was loaded from one folder or from several.

    trained  the run with its torch model for each folder; None for an exported model
    members  each model by itself, where there are several
    """

    def __init__(
        self,
        answering: Answering,
        folders: Sequence[Path],
        trained: "Sequence[Run | None]" = (None,),
        members: "Sequence[Model]" = (),
    ) -> None:
        self.answering = answering
        self.folders = tuple(folders)
        self.recipe = answering.recipe
        self.codec = answering.codec
        self._searches: dict[tuple[str, ...], Search] = {}
        self.trained = tuple(trained)
        self._members = tuple(members)

    @property
    def members(self) -> "tuple[Model, ...]":
        """Each of several models by itself, in the order of `folders`; a single one is its own member."""
        return self._members or (self,)

    @property
    def run(self) -> "Run":
        """The run with its torch model. Raises UserError if there is none, or more than one."""
        if len(self.folders) > 1:
            names = ", ".join(map(str, self.folders))
            raise UserError(
                f"{names}: several models as one, but this asks for a single run. Load one alone, or "
                "take one of `members`."
            )
        return self.runs[0]

    @property
    def runs(self) -> "list[Run]":
        """The runs of all folders. Raises UserError if one of them has no torch model."""
        found = [run for run in self.trained if run is not None]
        if len(found) == len(self.folders):
            return found
        without = zip(self.folders, self.trained, strict=False)
        names = ", ".join(str(folder) for folder, run in without if run is None)
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
                  `prefix`, `prefix_tokens` and `constraints`, as for `stream`
        """
        if isinstance(source, str | Example | np.ndarray):
            return next(self.stream([source], **settings))
        return list(self.stream(source, **settings))

    def stream(
        self,
        sources: Iterable[Source],
        *,
        prefix: str = "",
        prefix_tokens: Sequence[str] | None = None,
        constraints: Constraints = (),
        **settings: Any,
    ) -> Iterator[Result]:
        """As `predict`, reading and answering as it goes, in constant memory.

        prefix         a text that every output must begin with
        prefix_tokens  or exactly these tokens, as an output shows them
        constraints    phrases that every output must contain, or a function that says which for an
                       Example
        """
        predictor = Predictor(self.codec, self.answering.stepper(), self.search(**settings))
        return predictor.predict(
            map(_example, sources),
            prefix=prefix,
            prefix_tokens=prefix_tokens,
            constraints=constraints,
        )

    def trace(
        self,
        source: Source,
        *,
        prefix: str = "",
        prefix_tokens: Sequence[str] | None = None,
        constraints: Constraints = (),
        alternatives: int = 5,
        **settings: Any,
    ) -> Trace:
        """The answer with how it came about: the search as a tree, and at each step of each output
        the likeliest tokens, as many as `alternatives` says. All else as for `stream`."""
        return trace(
            self.codec,
            self.answering.stepper(),
            self.search(**settings),
            _example(source),
            prefix=prefix,
            prefix_tokens=prefix_tokens,
            constraints=constraints,
            alternatives=alternatives,
        )

    def search(self, **settings: Any) -> Search:
        """The recipe's search with some settings changed. Raises UserError for those that cannot be, or
        are of no use, together."""
        changes = tuple(
            f"search.{name}={json.dumps(value, default=str)}" for name, value in settings.items()
        )
        if changes not in self._searches:
            found = override(self.recipe, changes).search
            if unused := found.unused(settings):
                raise UserError(unused)
            self._searches[changes] = found
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
        tokenize: "Tokenize" = "13a",
        lowercase: bool = False,
        bad: "BadRows | None" = None,
        report: "Report | None" = None,
        **settings: Any,
    ) -> "Evaluation":
        """Answer a test set and score the answers.

        data                 files as the recipe reads them; the recipe's own test set if not given
        metrics              names; the recipe's if not given
        tokenize, lowercase  how BLEU cuts words (metrics/bleu.py)
        bad                  where rows that cannot be read are set aside; the first one raises if
                             not given
        report               is told how much is made of a test set that is made at run time

        A source that stands in several rows is asked once and right if it meets any of its targets;
        for BLEU and chrF, which are counted over running text, every row counts.
        """
        from seqloom.data.fitting import fitting
        from seqloom.evaluation import Evaluation, asked, read_test_set
        from seqloom.metrics import evaluate

        names = tuple(metrics or self.recipe.metrics)
        read = read_test_set(self.recipe, data, bad, report)
        fit = fitting(read, self.recipe, self.codec, bad)
        examples, references = asked(fit, names, self.codec)
        results = self.predict(examples, **settings)
        scored = None
        if "perplexity" in names:
            scored = self.score((e, refs[0]) for e, refs in zip(examples, references, strict=True))
        found = evaluate(
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
        return Evaluation(found, examples, references, results)

    def explain(
        self,
        source: Source,
        method: "Method" = "attention",
        *,
        target: str | None = None,
        level: "Level" = "piece",
        erasing: "Erasing" = "unk",
        orders: int = ORDERS,
        gates: bool = False,
        neighbours: int = 0,
        **settings: Any,
    ) -> "Explanation":
        """The answer with what it owes to its source, to print or to save as PNG, SVG or HTML.

        method      attention | gradient | integrated | gradient-norm | occlusion (docs/explain.md)
        target      an output to explain instead of those that a search finds
        level       what rows and columns are: piece | word | character
        erasing     what erasing a source token means: unk | remove
        orders      random orders that the deletion curve is measured against; 0 leaves it out
        gates       whether to keep what recurrent cells let through
        neighbours  training pairs to name for each output token, after `index`
        settings    as for `predict`

        Several models as one show gates and neighbours member by member. Raises UserError for what an
        exported model cannot tell without its torch model, and for neighbours where there is no index;
        of several models only if none of them can.
        """
        from seqloom.attributing import attributed, given
        from seqloom.attribution.inside import insides
        from seqloom.explanation import Explanation

        example = _example(source)
        result = self.predict(example, **settings) if target is None else None
        found = result or given(self.answering, example, target or "")
        if self.recipe.series is not None:
            if level != "piece":
                raise self._of_text_only("explaining by words or characters")
            if gates:
                raise self._of_text_only("showing gates token by token")
            if neighbours:
                raise self._of_text_only("naming the nearest training examples")
        explained = attributed(
            self.answering,
            lambda: [run.model for run in self.runs],
            example,
            found,
            method,
            erasing,
            orders,
        )
        shown = tuple(
            insides(self.members, example, output, gates=gates, neighbours=neighbours)
            for output in found.outputs
            if gates or neighbours
        )
        return Explanation(found, explained, self.codec, level, shown)

    def gates(self, source: Source, output: Output) -> "list[GateTrace]":
        """What the recurrent cells of a single run let through while they read a source and wrote this
        output of it."""
        if self.recipe.series is not None:
            raise self._of_text_only("showing gates token by token")
        model = self.run.model  # first, as there may be no torch
        from seqloom.attribution.gates import traces
        from seqloom.models.tensors import pair_of

        if not output.ids:
            return []
        read = self.codec.read(*_parts(source))
        tokens = self.codec.source.tokens(read.plain)
        return traces(model, pair_of(read.ids, self._written(output), model), tokens, output.tokens)

    def index(
        self,
        data: Sequence[str | Path] | None = None,
        *,
        most: int | None = None,
        whole: bool = False,
    ) -> "Index":
        """Keep the decoder states of training pairs in the run's folder, for `neighbours`.

        data   files as the recipe reads them; the training data if not given
        most   states kept at most; as many as can be compared one by one, if not given
        whole  whether no state is left out; more are found by a graph (attribution/graph.py)
        """
        run = self.run  # first, as there may be no torch
        from seqloom.attribution.neighbours import MOST_COMPARED
        from seqloom.attribution.states import build_index
        from seqloom.evaluation import training_pairs

        if self.recipe.series is not None:
            raise self._of_text_only("an index of decoder states")
        examples = training_pairs(self.recipe, data)
        limit = most or (inf if whole else MOST_COMPARED)
        found = build_index(run.model, self.codec, examples, limit)
        found.save(self.folders[0])
        return found

    def neighbours(self, source: Source, output: Output, k: int = 5) -> "list[list[Neighbour]]":
        """For each token of an output the k training pairs that were in the nearest states when they
        wrote one of theirs. Raises UserError if there is no index, and for several models as one, whose
        `members` have an index each."""
        model = self.run.model  # first, as there may be no torch
        from seqloom.attribution.neighbours import load_index
        from seqloom.attribution.states import states

        index = load_index(self.folders[0])
        if not output.ids:
            return []
        [asked] = states(model, [self.codec.read(*_parts(source)).ids], [self._written(output)])
        return index.nearest(asked, k)

    def align(self, pairs: Iterable[Example]) -> "Iterator[Aligned]":
        """Word alignments of given pairs, by attention. Raises UserError for a model without."""
        if self.recipe.series is not None:
            raise self._of_text_only("aligning words")
        from seqloom.aligning import aligned

        return aligned(self.answering, pairs)

    def export(
        self, out: str | Path, *, int8: bool = False, check: str | Path | None = None
    ) -> "Description":
        """Write the model as ONNX graphs into a folder, which `load` reads and which needs no torch.

        int8   keep the weights in 8 bits: a quarter of the size, nearly the same answers
        check  a file of sources that the graphs are checked on, instead of the recipe's test set

        Raises UserError if the graphs do not answer as the model does; then there is no folder.
        """
        run = self.run
        if self.recipe.series is not None:
            raise self._of_text_only("an export")
        with needs("export", "An export"):
            from seqloom.export import export
        from seqloom.evaluation import questions

        return export(run, questions(self.recipe, self.codec, check), Path(out), int8=int8)

    def _written(self, output: Output) -> Sequence[int]:
        """What this model is fed of an output, in which another may have copied."""
        if self.codec.copying:
            return output.ids
        return known_or_unknown(np.array(output.ids), self.codec.target.size).tolist()

    def _of_text_only(self, what: str) -> UserError:
        return UserError(
            f"{what[0].upper()}{what[1:]} is for models that read text, but this one reads "
            f"{self.recipe.source.kind}. Its own run folder predicts, evaluates, scores and shows its "
            "attention."
        )


def _parts(source: Source) -> tuple[str, tuple[str, ...]]:
    example = _example(source)
    return example.source, example.features


def _example(source: Source) -> Example:
    if isinstance(source, np.ndarray):
        return Example(ARRAY, frames=source)
    if isinstance(source, str):
        return Example(source)
    if not isinstance(source, Example):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise UserError(
            f"A source must be a text, an Example, or frames as a numpy array, but is a "
            f"{type(source).__name__}. Give numpy.asarray(...), or a list of such sources."
        )
    return source
