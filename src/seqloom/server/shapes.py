"""What clients are sent, for the OpenAPI description; workers write it as JSON (answers.py)."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Ended = Literal["end", "window", "length"]
"""Its end was written, the window left the text, or it may not be longer."""


def _example(**answer: Any) -> ConfigDict:
    """An answer as it is shown in the description."""
    return ConfigDict(json_schema_extra={"examples": [answer]})


class Problem(BaseModel):
    """code is for programs, message for people."""

    code: str
    message: str


class Failure(BaseModel):
    model_config = _example(error={"code": "no_json", "message": "The body must be JSON in UTF-8."})
    error: Problem


class Output(BaseModel):
    """One hypothesis; log probabilities are natural logs, the end of the output counted. `alignment` is
    there if `alignments` were asked for: source position - output position, features not counted."""

    text: str
    tokens: list[str]
    token_log_probs: list[float]
    log_prob: float
    score: float
    finished: bool
    origin: str
    attention: list[list[float]] | None
    alignment: str | None = None


class Sentence(BaseModel):
    """weight is that in the document, weights those of the words in the sentence."""

    text: str
    weight: float
    words: list[str]
    weights: list[float]


class DocumentResult(BaseModel):
    """Of a classifier: the labels given, the probability of each label, and with `attention` the
    sentences."""

    kind: Literal["documents"]
    labels: list[str]
    probabilities: dict[str, float]
    sentences: list[Sentence] | None = None
    notes: list[str]


class Result(BaseModel):
    """Outputs best first; `unknown` is what of the source was never seen in training."""

    source: str
    source_tokens: list[str]
    unknown: list[str]
    outputs: list[Output]


class Predictions(BaseModel):
    """The example is of a model of Korean pronunciation."""

    model_config = _example(
        model="g2p",
        results=[
            {
                "source": "가",
                "source_tokens": ["ᄀ", "ᅡ", "<eos>"],
                "unknown": [],
                "outputs": [
                    {
                        "text": "k a̠",
                        "tokens": ["k", "a̠"],
                        "token_log_probs": [-0.02, -0.03, -0.01],
                        "log_prob": -0.06,
                        "score": -0.045,
                        "finished": True,
                        "origin": "beam",
                        "attention": [[0.96, 0.03, 0.01], [0.04, 0.94, 0.02], [0.01, 0.04, 0.95]],
                    }
                ],
            }
        ],
    )
    model: str
    results: list[Result | DocumentResult]


class Alternative(BaseModel):
    """`text` is the output up to here with this token: force it as a prefix to go on from it."""

    token: str
    text: str
    log_prob: float
    taken: bool


class Node(BaseModel):
    """A token that the search weighed; `output` is the number of the output that ends here."""

    parent: int | None
    token: str
    log_prob: float
    score: float
    kept: bool
    finished: bool
    output: int | None


class Tree(BaseModel):
    nodes: list[Node]
    left_out: int


class Explanation(BaseModel):
    """alternatives[o][t]: what else might have stood at step t of output o; `explanation` where a
    method was asked for."""

    model: str
    result: Result
    alternatives: list[list[list[Alternative]]]
    tree: Tree
    explanation: dict[str, Any] | None = None


class DocumentExplanation(BaseModel):
    """Of a classifier, with all that can be shown of it."""

    model: str
    kind: Literal["documents"]
    result: DocumentResult
    explanation: dict[str, Any] | None = None


class Drawing(BaseModel):
    """points: [dx, dy, pen], pen 1 where it is lifted after the point. window[t][u]: how much point t
    looked at letter u; it, letters and text are null of drawings without a text."""

    text: str | None
    letters: list[str] | None
    points: list[tuple[float, float, int]]
    window: list[list[float]] | None
    ended: Ended


class StrokesExplanation(BaseModel):
    """Of a model that writes strokes: one drawing."""

    model: str
    kind: Literal["strokes"]
    result: Drawing


class Text(BaseModel):
    """The first `given` characters were given; `unknown` is what of them was never seen in training."""

    text: str
    given: int
    ended: Ended
    unknown: list[str]


class TextExplanation(BaseModel):
    """Of a model that writes text: how it goes on."""

    model: str
    kind: Literal["text"]
    result: Text


AnyExplanation = Explanation | DocumentExplanation | StrokesExplanation | TextExplanation


class Sample(BaseModel):
    """A text, or `strokes` ([dx, dy, pen]) with the text that they write, if any. points, origin: that
    the strokes are offsets, and whether their first point is the origin. given: of how many characters it
    goes on. window: as in an explanation, where it was asked for."""

    text: str | None = None
    points: Literal["offsets"] | None = None
    origin: bool | None = None
    strokes: list[tuple[float, float, int]] | None = None
    given: int
    ended: Ended
    window: list[list[float]] | None = None


class Samples(BaseModel):
    """The example is of a model of text."""

    model_config = _example(
        model="graves2013-text",
        results=[{"text": "To be, or not", "given": 6, "ended": "length"}],
    )
    model: str
    results: list[Sample]


class PairScore(BaseModel):
    log_prob: float
    tokens: list[str]
    token_log_probs: list[float]


class Scores(BaseModel):
    """The example is of a model of Korean pronunciation."""

    model_config = _example(
        model="g2p",
        results=[
            {
                "log_prob": -0.15,
                "tokens": ["k", "a̠", "ɡ", "a̠", "m"],
                "token_log_probs": [-0.02, -0.03, -0.06, -0.02, -0.01, -0.01],
            }
        ],
    )
    model: str
    results: list[PairScore]


class About(BaseModel):
    """kind: pairs, documents, strokes or text. max_source: tokens of a source, or characters of a text
    to be drawn; null where nothing but the service's own limit bounds it. generation: what models of
    strokes and of text draw with unless one says otherwise."""

    name: str
    kind: str
    recipe: str
    description: str
    source: dict[str, Any]
    target: dict[str, Any]
    search: dict[str, Any]
    attention: bool
    max_source: int | None
    labels: list[str] | None = None
    multi_label: bool | None = None
    generation: dict[str, Any] | None = None


class Models(BaseModel):
    models: list[About]


class State(BaseModel):
    status: str
