"""What clients are sent, for the OpenAPI description; workers write it as JSON (answers.py)."""

from typing import Any, Literal

from pydantic import BaseModel


class Problem(BaseModel):
    """code is for programs, message for people."""

    code: str
    message: str


class Failure(BaseModel):
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


class PairScore(BaseModel):
    log_prob: float
    tokens: list[str]
    token_log_probs: list[float]


class Scores(BaseModel):
    model: str
    results: list[PairScore]


class About(BaseModel):
    name: str
    kind: str
    recipe: str
    description: str
    source: dict[str, Any]
    target: dict[str, Any]
    search: dict[str, Any]
    attention: bool
    max_source: int
    labels: list[str] | None = None
    multi_label: bool | None = None


class Models(BaseModel):
    models: list[About]


class State(BaseModel):
    status: str
