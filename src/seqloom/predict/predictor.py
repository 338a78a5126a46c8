"""From raw sources to results, for any stepper: torch model, ONNX session or toy.

    Example -> ids -> search, batch by batch -> Result, in the order of the input

Sources are read in chunks of a few batches, so memory does not grow with the input. Within a chunk
those of like length are decoded together, the longest first: what memory suffices for those
suffices for the rest.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Generic, NamedTuple, Protocol

from seqloom.config.search import Search
from seqloom.data.example import Example
from seqloom.errors import UserError
from seqloom.predict.result import Output, Result
from seqloom.search.decode import search
from seqloom.search.hypothesis import Hypothesis
from seqloom.search.stepper import State, Stepper
from seqloom.symbols import EOS

_CHUNK = 16
"""Batches that are sorted together. More batches waste less padding and answer later."""

_log = logging.getLogger(__name__)


class SourceCodec(Protocol):
    """How sources become ids."""

    def encode(self, text: str, features: Sequence[str] = ()) -> list[int]: ...
    def tokens(self, ids: Sequence[int]) -> tuple[str, ...]: ...
    def unknown(self, text: str) -> tuple[str, ...]: ...


class TargetCodec(Protocol):
    """How ids become outputs, and the beginning of an output ids."""

    def encode(self, text: str) -> list[int]: ...
    def decode(self, ids: Sequence[int]) -> str: ...
    def tokens(self, ids: Sequence[int]) -> tuple[str, ...]: ...


class Codecs(Protocol):
    """What the predictor needs of the codecs of a model."""

    @property
    def source(self) -> SourceCodec: ...
    @property
    def target(self) -> TargetCodec: ...


class Predictor(Generic[State]):
    """A model with its codecs, ready to answer."""

    def __init__(self, codec: Codecs, stepper: Stepper[State], settings: Search) -> None:
        self._codec = codec
        self._stepper = stepper
        self._settings = settings

    def predict(
        self, sources: Iterable[Example], *, prefix: str = "", chunk: int | None = None
    ) -> Iterator[Result]:
        """One result for each source, in order.

        Every output begins with `prefix`. `chunk` sources are read before the first is answered;
        1 answers each as it comes, as someone who types them expects.
        """
        forced = tuple(self._codec.target.encode(prefix)[:-1])
        waiting = iter(sources)
        while examples := list(islice(waiting, chunk or _CHUNK * self._settings.batch_size)):
            yield from self._answer(examples, forced)

    def _answer(self, examples: Sequence[Example], prefix: Sequence[int]) -> Iterator[Result]:
        results = [_nothing(example) for example in examples]
        questions = [
            _Question(place, example, self._codec.source.encode(example.source, example.features))
            for place, example in enumerate(examples)
            if example.source.strip()
        ]
        questions.sort(key=lambda question: len(question.ids), reverse=True)
        for start in range(0, len(questions), self._settings.batch_size):
            batch = questions[start : start + self._settings.batch_size]
            for question, found in zip(batch, self._search(batch, prefix), strict=True):
                results[question.place] = self._result(question, found)
        yield from results

    def _search(
        self, batch: Sequence["_Question"], prefix: Sequence[int]
    ) -> list[list[Hypothesis]]:
        """Search, and where memory does not suffice search one half after the other."""
        try:
            ids = [question.ids for question in batch]
            return search(self._stepper, ids, self._settings, [prefix] * len(batch))
        except MemoryError as error:
            if len(batch) == 1:
                raise _too_long(batch[0], self._settings) from error
        # Only out here, where the error no longer holds on to what the failed search allocated.
        half = len(batch) // 2
        _log.warning("Out of memory with %d sources at once; going on with %d.", len(batch), half)
        return [*self._search(batch[:half], prefix), *self._search(batch[half:], prefix)]

    def _result(self, question: "_Question", found: Sequence[Hypothesis]) -> Result:
        return Result(
            source=question.example.source,
            source_tokens=self._codec.source.tokens(question.ids),
            outputs=tuple(self._output(hypothesis) for hypothesis in found),
            unknown=self._codec.source.unknown(question.example.source),
        )

    def _output(self, hypothesis: Hypothesis) -> Output:
        ids = (*hypothesis.tokens, EOS) if hypothesis.finished else hypothesis.tokens
        return Output(
            text=self._codec.target.decode(hypothesis.tokens),
            tokens=self._codec.target.tokens(ids),
            token_log_probs=hypothesis.token_log_probs,
            score=hypothesis.score,
            attention=hypothesis.weights,
            finished=hypothesis.finished,
        )


class _Question(NamedTuple):
    """A source on its way to the model, and its place in the chunk."""

    place: int
    example: Example
    ids: list[int]


def _nothing(example: Example) -> Result:
    """The answer to an empty source, which no model is asked about."""
    empty = Output(text="", tokens=(), token_log_probs=(), score=0.0, attention=None, finished=True)
    return Result(source=example.source, source_tokens=(), outputs=(empty,))


def _too_long(question: _Question, settings: Search) -> UserError:
    origin = f"{question.example.origin}: " if question.example.origin else ""
    return UserError(
        f"{origin}decoding must fit into memory, but a source of {len(question.ids)} tokens does "
        f"not, even alone. Shorten it, or lower search.beam ({settings.beam}), search.nbest "
        f"({settings.nbest}) or search.max_length."
    )
