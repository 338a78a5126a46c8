"""From raw sources to results, for any stepper: torch model, ONNX session or toy.

    Example -> ids -> search, batch by batch -> Result, in the order of the input

A model that copies, and one whose unknown words are replaced, writes units that its vocabulary does
not have; they are known with the source only, as its `open` units (text/copying.py).

With minimum Bayes risk, search draws the samples that are then ranked as text (minimum_risk).

Sources are read in chunks of a few batches, so memory does not grow with the input. Within a chunk
those of like length are decoded together, the longest first: what memory suffices for those
suffices for the rest.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Generic, NamedTuple

from seqloom.config.search import Search
from seqloom.data.example import Example
from seqloom.errors import SourceTooLong, UserError
from seqloom.predict.codecs import Codecs
from seqloom.predict.prefix import Prefix
from seqloom.predict.result import Output, Result
from seqloom.predict.unknown import Replaced, replaced, words
from seqloom.search.decode import search
from seqloom.search.hypothesis import Hypothesis
from seqloom.search.record import Record
from seqloom.search.stepper import State, Stepper
from seqloom.symbols import EOS, UNK
from seqloom.text.copying import Source

Constraints = Sequence[str] | Callable[[Example], Sequence[str]]
"""Phrases that every output must contain, or a function that says which for a source."""

_CHUNK = 16
"""Batches that are sorted together. More batches waste less padding and answer later."""

_log = logging.getLogger(__name__)


class Recorded(NamedTuple):
    """A result and what is behind it.

    hypotheses  all that the search found
    behind      for each output of the result which hypothesis it was written from
    """

    result: Result
    source: Source
    hypotheses: tuple[Hypothesis, ...]
    behind: tuple[int, ...]


class Predictor(Generic[State]):
    """A model with its codecs, ready to answer."""

    def __init__(self, codec: Codecs, stepper: Stepper[State], settings: Search) -> None:
        self._codec = codec
        self._stepper = stepper
        self._settings = settings
        self._dictionary: dict[str, str] = {}
        if settings.dictionary:
            from seqloom.predict.dictionary import read_dictionary  # no other answer waits for it

            self._dictionary = read_dictionary(settings.dictionary)
        ranked_later = {"nbest": settings.mbr_samples} if settings.mbr != "none" else {}
        self._asked_of_search = settings.model_copy(update=ranked_later)

    def predict(
        self,
        sources: Iterable[Example],
        *,
        prefix: str = "",
        prefix_tokens: Sequence[str] | None = None,
        constraints: Constraints = (),
        chunk: int | None = None,
    ) -> Iterator[Result]:
        """One result for each source, in order.

        Every output begins with `prefix`, or with exactly these `prefix_tokens`, as they are shown;
        and it contains every phrase of `constraints` if it is finished. `chunk` sources are read
        before the first is answered; 1 answers each as it comes, as someone who types them expects.
        """
        begin = Prefix(self._codec.target, prefix, prefix_tokens)
        waiting = iter(sources)
        while examples := list(islice(waiting, chunk or _CHUNK * self._settings.batch_size)):
            yield from self._answer(examples, begin, constraints)

    def predict_recorded(
        self,
        example: Example,
        record: Record,
        *,
        prefix: str = "",
        prefix_tokens: Sequence[str] | None = None,
        constraints: Constraints = (),
    ) -> Recorded:
        """What `predict` gives for one source, with what is behind it; `record` is told of the
        search."""
        if not example.source.strip():
            return Recorded(_nothing(example), Source([], [], ()), (), ())
        begin = Prefix(self._codec.target, prefix, prefix_tokens)
        question = self._question(0, example, begin, constraints)
        [found] = self._search([question], record)
        result = self._result(question, found)
        behind = range(len(found))
        if self._settings.mbr != "none":  # ranked anew; a sample is known by its origin
            places = {hypothesis.origin: place for place, hypothesis in enumerate(found)}
            behind = [places[output.origin] for output in result.outputs]
        return Recorded(result, question.source, tuple(found), tuple(behind))

    def _answer(
        self, examples: Sequence[Example], prefix: Prefix, constraints: Constraints
    ) -> Iterator[Result]:
        results = [_nothing(example) for example in examples]
        questions = [
            self._question(place, example, prefix, constraints)
            for place, example in enumerate(examples)
            if example.source.strip()
        ]
        questions.sort(key=lambda question: len(question.ids), reverse=True)
        for start in range(0, len(questions), self._settings.batch_size):
            batch = questions[start : start + self._settings.batch_size]
            for question, found in zip(batch, self._search(batch), strict=True):
                results[question.place] = self._result(question, found)
        yield from results

    def _question(
        self, place: int, example: Example, prefix: Prefix, constraints: Constraints
    ) -> "_Question":
        source = self._codec.read(example.source, example.features, example.frames)
        phrases = constraints(example) if callable(constraints) else constraints
        phrases = [phrases] if isinstance(phrases, str) else phrases
        return _Question(
            place,
            example,
            source,
            prefix.ids(source.open),
            [self._phrase(phrase, example, source) for phrase in phrases],
        )

    def _phrase(self, phrase: str, example: Example, source: Source) -> list[int]:
        ids = self._codec.target.encode(phrase, open=source.open)[:-1]
        if not ids or UNK in ids:
            raise UserError(
                f"{_where(example)}constraints must be phrases of tokens that the model writes, "
                f"but {'one is empty' if not ids else f'{phrase!r} has an unknown one'}. "
                "Leave it out, or write it otherwise."
            )
        return ids

    def _search(
        self, batch: Sequence["_Question"], record: Record | None = None
    ) -> list[list[Hypothesis]]:
        """Search, and where memory does not suffice search one half after the other."""
        try:
            ids = [question.ids for question in batch]
            phrases = [question.phrases for question in batch]
            prefixes = [question.prefix for question in batch]
            return search(self._stepper, ids, self._asked_of_search, prefixes, phrases, record)
        except SourceTooLong as error:  # the longest stands first
            raise UserError(f"{_where(batch[0].example)}{error}") from error
        except MemoryError as error:
            if len(batch) == 1:
                raise _too_long(batch[0], self._asked_of_search) from error
        # Only out here, where the error no longer holds on to what the failed search allocated.
        half = len(batch) // 2
        _log.warning("Out of memory with %d sources at once; going on with %d.", len(batch), half)
        return [*self._search(batch[:half]), *self._search(batch[half:])]

    def _result(self, question: "_Question", found: Sequence[Hypothesis]) -> Result:
        outputs = [self._output(question, hypothesis) for hypothesis in found]
        if self._settings.mbr != "none":
            from seqloom.predict.minimum_risk import minimum_risk

            outputs = minimum_risk(outputs, self._settings.mbr)[: self._settings.nbest]
        read, text, codec = question.source, question.example.source, self._codec.source
        tokens = read.labels or codec.tokens(read.plain)
        unknown = codec.unknown(text) if UNK in read.plain and not read.labels else ()
        return Result(source=text, source_tokens=tokens, outputs=tuple(outputs), unknown=unknown)

    def _output(self, question: "_Question", hypothesis: Hypothesis) -> Output:
        written, open = hypothesis.tokens, question.source.open
        if self._settings.replace_unknown != "none" and UNK in written:
            written, open = self._replaced(question, hypothesis)
        ids = (*written, EOS) if hypothesis.finished else written
        return Output(
            text=self._codec.target.decode(written, open),
            tokens=self._codec.target.tokens(ids, open),
            token_log_probs=hypothesis.token_log_probs,
            score=hypothesis.score,
            attention=hypothesis.weights,
            finished=hypothesis.finished,
            origin=hypothesis.origin,
            ids=(*hypothesis.tokens, EOS) if hypothesis.finished else hypothesis.tokens,
        )

    def _replaced(self, question: "_Question", hypothesis: Hypothesis) -> Replaced:
        """The output with words of its source, or their translations, for <unk>."""
        if hypothesis.weights is None:
            raise UserError(
                "search.replace_unknown asks for attention weights, but this model has none. "
                "Leave it out, or train one with a Bahdanau, Luong or GNMT decoder."
            )
        text, codec = question.example.source, self._codec
        typed, read = codec.source.surface(text), codec.source.units(text)
        first = len(question.source.plain) - 1 - len(read)
        return replaced(
            hypothesis.tokens,
            hypothesis.weights[:, first : first + len(read)],
            words(typed, read, codec.source, codec.target),
            self._dictionary,
            codec.target.size,
            question.source.open,
        )


class _Question(NamedTuple):
    """A source on its way to the model, its place in the chunk, and what its outputs must begin with
    and contain."""

    place: int
    example: Example
    source: Source
    prefix: list[int]
    phrases: list[list[int]]

    @property
    def ids(self) -> Sequence[int]:
        return self.source.ids


def _nothing(example: Example) -> Result:
    """The answer to an empty source, which no model is asked about."""
    empty = Output(text="", tokens=(), token_log_probs=(), score=0.0, attention=None, finished=True)
    return Result(source=example.source, source_tokens=(), outputs=(empty,))


def _too_long(question: _Question, settings: Search) -> UserError:
    outputs = "nbest" if settings.mbr == "none" else "mbr_samples"
    return UserError(
        f"{_where(question.example)}decoding must fit into memory, but a source of "
        f"{len(question.ids)} tokens does not, even alone. Shorten it, or lower search.beam "
        f"({settings.beam}), search.{outputs} ({settings.nbest}) or search.max_length."
    )


def _where(example: Example) -> str:
    return f"{example.origin}: " if example.origin else ""
