"""A predictor of tokens at work: it writes, and says how likely it finds a text."""

from collections.abc import Sequence
from math import exp, log

import numpy as np

from seqloom.config.next_step_data import TextData
from seqloom.data.bad_rows import BadRows, Place
from seqloom.data.next_step.texts import read_texts
from seqloom.data.sources.lines import Line
from seqloom.generation.results import FileScores, Sample, Scores, SequenceScore
from seqloom.models.next_step import NextToken
from seqloom.models.next_step_run import NextStepRun
from seqloom.models.next_step_sampling import Draw, sample_tokens
from seqloom.symbols import EOS, SOS, UNK
from seqloom.text.codec import Codec
from seqloom.training.next_step.text_task import text_log_probs, text_nll
from seqloom.training.next_step.texts import Encoded, encode, texts_to_test


def write(run: NextStepRun, prime: str, draw: Draw) -> list[Sample]:
    """Texts that go on after `prime`."""
    model, codec, data = _parts(run)
    given: list[int] = [EOS if data.stream else SOS]
    for line in prime.split("\n"):
        given += codec.encode(line)
    goes_on = prime != "" and not prime.endswith("\n")
    return [
        Sample(prime + _joined(sample.ids, codec, goes_on), None, len(prime), None, sample.ended)
        for sample in sample_tokens(model, given[:-1], draw, lines=not data.stream)
    ]


def log_prob(run: NextStepRun, text: str) -> float:
    """Of a text, the ends of its lines counted, in nats."""
    model, codec, data = _parts(run)
    lines = [Line(Place("text", n), t) for n, t in enumerate(text.split("\n"), start=1)]
    each = text_log_probs(model, encode(lines, codec, data), run.setting)
    return sum(float(line.sum(dtype=np.float64)) for line in each)


def lines_of(run: NextStepRun, file: str, bad: BadRows | None) -> FileScores:
    """Every line of a file."""
    model, codec, data = _parts(run)
    texts = encode(list(read_texts([file], data, bad)), codec, data, bad)
    each = text_log_probs(model, texts, run.setting)
    lines = zip(texts.lines, each, strict=True)
    return FileScores(
        [SequenceScore(found, codec.tokens(ids)) for ids, found in lines], texts.characters
    )


def scores(run: NextStepRun, files: Sequence[str], bad: BadRows | None) -> Scores:
    """Of some files, or of the recipe's own test set."""
    model, codec, data = _parts(run)
    lines = read_texts(files, data, bad) if files else texts_to_test(run.recipe, bad)
    texts = encode(list(lines), codec, data, bad)
    nll = text_nll(model, texts, run.setting)
    values = {
        "bits per character": nll / log(2) / texts.characters,
        "perplexity per token": exp(min(nll / texts.tokens, 700.0)),
        "nats per token": nll / texts.tokens,
    }
    return Scores(values, _counts(texts))


def _counts(texts: Encoded) -> dict[str, int]:
    unknown = sum(line.count(UNK) for line in texts.lines)
    return {
        "tokens": texts.tokens,
        "characters": texts.characters,
        "unknown tokens": unknown,
    }


def _joined(ids: Sequence[int], codec: Codec, goes_on: bool) -> str:
    """Each line decoded alone, so that blanks at its beginning are no other's."""
    lines: list[list[int]] = [[]]
    for id in ids:
        if id == EOS:
            lines.append([])
        else:
            lines[-1].append(id)
    text = "\n".join(codec.decode(line) for line in lines)
    return f" {text}" if goes_on and codec.parted and lines[0] else text


def _parts(run: NextStepRun) -> tuple[NextToken, Codec, TextData]:
    model, codec, data = run.model, run.setting.codec, run.recipe.data
    assert isinstance(model, NextToken)
    assert isinstance(data, TextData)
    assert codec is not None
    return model, codec, data
