"""What a classifier of documents is made of: its files, how a document is cut into sentences and words,
and the model that reads them (Yang 2016, and what it is compared with).
"""

import codecs
import re
from typing import Annotated, Literal, Self, cast

from pydantic import Field, PositiveFloat, PositiveInt, field_validator, model_validator

from seqloom.config.data import Column
from seqloom.config.network import CellKind, Probability
from seqloom.config.section import Section
from seqloom.config.tokens import Tokens, Words
from seqloom.config.training import Training

DocumentFormat = Literal["auto", "tsv", "csv", "jsonl", "parquet", "folders"]


class DocumentData(Section):
    """Files, columns and limits. Paths may be plain or .gz; a folder has a folder for each label."""

    train: tuple[str, ...] = ()
    dev: tuple[str, ...] = ()
    test: tuple[str, ...] = ()

    format: DocumentFormat = "auto"
    """auto goes by the file's name: .tsv/.txt, .csv, .jsonl/.ndjson, .parquet; a '.gz' at the end is
    looked through; a folder is read as one folder per label; anything else is read as tsv."""
    header: bool | None = None
    """Whether TSV and CSV files open with a line of names; if not given: yes when a column is asked
    for by name, when the first line has the names 'text' and 'label', or when it has two columns of
    which the first is called 'text' or the second 'label'."""
    text: Column = 1
    label: Column = 2
    """Where there are names, the numbers 1 and 2 mean 'text' and 'label' if a file has them."""
    multi_label: bool = False
    """A document may have several labels, or none of them."""
    separator: str = Field(default=";", min_length=1)
    """Parts the labels of one field where there may be several; a separator alone is no label."""
    encoding: str = "utf-8"
    """Of the files in a folder tree, such as latin-1. All other files are UTF-8."""

    dev_size: PositiveInt | None = None
    """How many documents to hold out when there is no dev file; if not given, a tenth, 2,000 at
    most."""
    max_words: PositiveInt = 100
    """Tokens in a sentence at most: what follows in a longer one counts as a further sentence."""
    max_sentences: PositiveInt = 100
    """Sentences in a document at most: what follows is left out and counted."""
    max_line_bytes: PositiveInt = 2_000_000
    """A longer line, or a longer file in a folder tree, is an error (or set aside)."""
    skip_bad: bool = False
    """Write bad rows to a side file with the reason and go on; otherwise the first one stops."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        try:
            codecs.lookup(self.encoding)
        except LookupError:
            raise ValueError(
                f"data.encoding must be an encoding that Python knows, but is {self.encoding!r}. "
                "Most files are utf-8, latin-1 or cp949."
            ) from None
        if self.multi_label and self.format == "folders":
            raise ValueError(
                "data.multi_label=true cannot stand beside data.format=folders: a file lies in one "
                "folder only. Give a table with a column of labels."
            )
        return self


class ByLanguage(Section):
    """Sentences by the rules of a language: full stops, abbreviations, quotes, blank lines."""

    kind: Literal["language"] = "language"
    language: str = "en"
    """A code of two or three letters, such as en, ko, ja, ar; one without rules of its own is cut
    by those of its nearest relative."""

    @model_validator(mode="after")
    def _is_a_code(self) -> Self:
        if not re.fullmatch("[a-z]{2,3}", self.language):
            raise ValueError(
                "sentences.language must be a code of two or three letters, such as en or ko, but is "
                f"{self.language!r}."
            )
        return self


class BySeparators(Section):
    """Sentences end where one of these strings stands; the string itself is left out."""

    kind: Literal["separators"] = "separators"
    separators: tuple[Annotated[str, Field(min_length=1)], ...] = Field(
        default=("\n",), min_length=1
    )


Sentences = Annotated[ByLanguage | BySeparators, Field(discriminator="kind")]

Weights = Literal["none", "balanced"] | dict[str, PositiveFloat]


class _Classifier(Section):
    class_weights: Weights = "none"
    """What an error in a label costs: all the same; the rarer the dearer, so that every label counts
    as much as any other; or a number for each label by name, 1 for those left out."""

    @field_validator("class_weights", mode="before")
    @classmethod
    def _are_weights(cls, given: object) -> object:
        if not isinstance(given, dict):
            return given
        weights = {str(name): weight for name, weight in cast(dict[object, object], given).items()}
        for name, weight in weights.items():
            if isinstance(weight, bool) or not isinstance(weight, int | float) or not weight > 0:
                raise ValueError(
                    "model.class_weights must be a number above 0 for each label, but is "
                    f"{weight!r} for '{name}'."
                )
        return weights


class _Recurrent(_Classifier):
    cell: CellKind = "gru"
    layer_norm: bool = False
    """Bring the sums inside the cells to mean 0 and variance 1 (Ba 2016)."""
    embedding: PositiveInt = 200
    hidden: PositiveInt = 50
    """Features of one direction, at each level."""
    layers: PositiveInt = 1
    attention: PositiveInt = 100
    """Features that attention compares with its context vector."""
    dropout: Probability = 0.2
    """On the embedding, on the inputs of every layer and on the vectors that are handed on."""
    vectors: str | None = None
    """A file of pretrained word vectors in the text format of word2vec or GloVe, as wide as
    `embedding`."""
    freeze_vectors: bool = False
    """Leave the whole embedding as it is at the start; needs `vectors`."""


class Hierarchical(_Recurrent):
    """Words make sentences and sentences make the document (Yang 2016)."""

    kind: Literal["hierarchical"] = "hierarchical"
    pooling: Literal["attention", "mean", "max"] = "attention"
    """How both levels turn many vectors into one: attention (HAN), their mean (HN-AVE) or the
    largest of each feature (HN-MAX)."""


class Flat(_Recurrent):
    """The document as one long sequence of words, with one attention over it."""

    kind: Literal["flat"] = "flat"


class BagOfWords(_Classifier):
    """Logistic regression over the words that occur, weighed by TF-IDF; order plays no part."""

    kind: Literal["bag_of_words"] = "bag_of_words"
    strength: PositiveFloat = 1.0
    """How far weights may grow: the inverse of the penalty on their squares."""


DocumentModel = Annotated[Hierarchical | Flat | BagOfWords, Field(discriminator="kind")]


class DocumentRecipe(Section):
    """All settings of a classifier of documents."""

    family: Literal["documents"] = "documents"
    name: str = "custom"
    description: str = ""
    expected: str = ""
    """The score this recipe reached, on what, and how long it took."""
    seed: int = 1
    data: DocumentData = DocumentData()
    sentences: Sentences = ByLanguage()
    tokens: Tokens = Words(lowercase=True, min_count=2)
    model: DocumentModel = Hierarchical()
    training: Training = Training(label_smoothing=0.0)

    @model_validator(mode="after")
    def _possible(self) -> Self:
        metric = self.training.metric
        if metric not in ("loss", "accuracy", "macro_f1"):
            raise ValueError(
                f"training.metric must be loss, accuracy or macro_f1 for documents, but is {metric}."
            )
        return self
