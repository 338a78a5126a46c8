"""Answers do not depend on company, and say what the model says without a service."""

import json
from dataclasses import replace
from typing import Any

import pytest
from tests.server.conftest import SOURCES

from seqloom.data.example import Example
from seqloom.model import Model
from seqloom.server.answers import answer
from seqloom.server.bodies import RefusedError
from seqloom.server.pairs import shown

SETTINGS: list[dict[str, Any]] = [
    {},
    {"beam": 1},
    {"beam": 4, "nbest": 4},
    {"beam": 4, "nbest": 2, "length_penalty": 1.0},
    {"nbest": 3},
    {"sample": True, "nbest": 3, "seed": 7},
    {"prefix": "k"},
]

EXPLAIN = {"alternatives": 3, "method": None, "level": "piece", "erasing": "unk", "orders": 0}


def item(source: str, attention: bool = True) -> dict[str, Any]:
    return {"source": source, "features": [], "attention": attention}


def silent(partial: bytes) -> None:
    raise AssertionError("only a stream shows what is not whole")


def contents(model: Model, kind: Any, settings: dict[str, Any], items: list[Any]) -> list[Any]:
    replies = answer(model, kind, settings, items, silent)
    return [(reply.status, json.loads(reply.body)) for reply in replies]


@pytest.mark.parametrize("settings", SETTINGS, ids=json.dumps)
def test_merged_answers_are_those_given_alone(model: Model, settings: dict[str, Any]) -> None:
    items = [item(source) for source in SOURCES]
    merged = contents(model, "predict", settings, items)
    alone = [contents(model, "predict", settings, [each])[0] for each in items]
    assert texts(merged) == texts(alone)
    assert log_probs(merged) == pytest.approx(log_probs(alone), abs=1e-5)


def test_answers_are_those_of_the_model(model: Model) -> None:
    offline = model.predict(SOURCES, beam=3, nbest=3)
    found = contents(model, "predict", {"beam": 3, "nbest": 3}, [item(s) for s in SOURCES])
    assert [content for _, content in found] == [
        json.loads(json.dumps(result.to_dict())) for result in offline
    ]


def test_without_attention_there_is_no_alignment(model: Model) -> None:
    result = model.predict("가나")
    blind = replace(result, outputs=tuple(replace(o, attention=None) for o in result.outputs))
    with pytest.raises(RefusedError, match="this model has none"):
        shown(item("가나") | {"alignments": True}, blind)
    assert "outputs" in shown(item("가나") | {"alignments": False}, blind)


def test_scores_are_those_of_the_model(model: Model) -> None:
    pairs = [("가", "k a"), ("나다", "n a t a")]
    items = [{"source": s, "target": t, "features": []} for s, t in pairs]
    offline = model.score([(Example(source), target) for source, target in pairs])
    found = contents(model, "score", {}, items)
    assert [content["log_prob"] for _, content in found] == pytest.approx(
        [score.log_prob for score in offline], abs=1e-5
    )


def test_an_explanation_has_the_tree_and_what_else_might_have_stood(model: Model) -> None:
    [(status, content)] = contents(
        model, "explain", {**EXPLAIN, "beam": 2, "nbest": 2}, [item("가나")]
    )
    assert status == 200
    outputs = content["result"]["outputs"]
    assert [len(steps) for steps in content["alternatives"]] == [len(o["tokens"]) for o in outputs]
    ends = {node["output"] for node in content["tree"]["nodes"]}
    assert ends >= set(range(len(outputs)))


@pytest.mark.parametrize("method", ["attention", "gradient", "occlusion"])
def test_an_explanation_by_a_method_has_a_row_for_each_piece(model: Model, method: str) -> None:
    [(status, content)] = contents(model, "explain", {**EXPLAIN, "method": method}, [item("가나")])
    assert status == 200
    [output] = content["explanation"]["outputs"]
    assert content["explanation"]["method"] == method
    assert len(output["weights"]) == len(output["units"])


def test_a_stream_shows_each_greedy_token_and_ends_like_a_prediction(model: Model) -> None:
    shown: list[bytes] = []
    [reply] = answer(model, "stream", {"beam": 1}, [item("가나")], shown.append)
    result = json.loads(reply.body)
    [(_, predicted)] = contents(model, "predict", {"beam": 1}, [item("가나")])
    tokens = predicted["outputs"][0]["tokens"]
    written = [token for token in tokens if token != "<eos>"]
    assert result["outputs"][0]["text"] == predicted["outputs"][0]["text"]
    assert [json.loads(each)["tokens"] for each in shown] == [
        written[: count + 1] for count in range(len(shown))
    ]
    assert len(shown) in (len(written), len(written) - 1)


def test_of_a_batch_only_what_is_at_fault_fails(model: Model) -> None:
    items = [item("가"), {"source": None, "features": [], "attention": False}, item("나")]
    assert [status for status, _ in contents(model, "predict", {}, items)] == [200, 500, 200]


@pytest.mark.parametrize(
    "settings",
    [
        {"constraints": ["SECRET ☃"]},
        {"constraints": [""]},
        {"prefix": "k SECRET"},
        {"prefix_tokens": ["SECRET"]},
        {"prefix_tokens": ["<eos>", "<eos>"]},
        {"prefix": "SECRET", "prefix_tokens": []},
        {"beam": 3, "groups": 2},
        {"constraints": ["k"], "sample": True},
    ],
    ids=json.dumps,
)
def test_what_cannot_be_done_is_refused_without_quoting_it(
    model: Model, settings: dict[str, Any]
) -> None:
    [(status, content)] = contents(model, "predict", settings, [item("가")])
    assert status == 422
    assert content["error"]["message"]
    assert "SECRET" not in json.dumps(content)


def test_an_error_of_ours_is_logged_without_what_was_asked(
    model: Model, caplog: pytest.LogCaptureFixture
) -> None:
    broken = {"source": "SECRET", "features": [["SECRET"]], "attention": False}
    [(status, content)] = contents(model, "predict", {}, [broken])
    assert status == 500
    assert "SECRET" not in json.dumps(content) + caplog.text
    assert "while answering" in caplog.text
    assert "Traceback" not in caplog.text
    assert "/" not in caplog.records[-1].getMessage(), "no path"


def texts(answers: list[Any]) -> list[list[str]]:
    return [[output["text"] for output in content["outputs"]] for _, content in answers]


def log_probs(answers: list[Any]) -> list[float]:
    return [output["log_prob"] for _, content in answers for output in content["outputs"]]
