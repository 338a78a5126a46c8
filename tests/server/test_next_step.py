"""Models that write what comes next behind the service: what the model itself would write, in the
page's form and as samples, and what is no question for them."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter
from starlette.testclient import TestClient
from tests.server.conftest import Serve
from tests.test_generator import run_of

import seqloom
from seqloom.generator import Generator
from seqloom.server import shapes
from seqloom.server.nursery import _load

pytestmark = pytest.mark.usefixtures("unchecked_shapes")

EXPLAINED = TypeAdapter[Any](shapes.AnyExplanation)
SMALL = ["model.window.gaussians=2", "model.readout.components=2", "data.max_text=20"]


def loaded(folder: Path, name: str, *changes: str) -> Generator:
    model = seqloom.load(run_of(folder, name, *changes), "cpu")
    assert isinstance(model, Generator)
    return model


@pytest.fixture(scope="module")
def hand(tmp_path_factory: pytest.TempPathFactory) -> Generator:
    return loaded(tmp_path_factory.mktemp("hand"), "synthesis", *SMALL)


@pytest.fixture(scope="module")
def free(tmp_path_factory: pytest.TempPathFactory) -> Generator:
    return loaded(tmp_path_factory.mktemp("free"), "handwriting")


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Generator:
    return loaded(tmp_path_factory.mktemp("book"), "text")


def explained(client: TestClient, source: str, **settings: Any) -> dict[str, Any]:
    answer = client.post("/v1/explain", json={"source": source, **settings})
    assert answer.status_code == 200, answer.text
    EXPLAINED.validate_json(answer.text)
    return answer.json()


def generated(client: TestClient, **settings: Any) -> list[dict[str, Any]]:
    answer = client.post("/v1/generate", json=settings)
    assert answer.status_code == 200, answer.text
    return shapes.Samples.model_validate_json(answer.text).model_dump(exclude_unset=True)["results"]


def as_json(content: object) -> Any:
    return json.loads(json.dumps(content))


def test_handwriting_is_drawn_as_the_model_draws_it(serve: Serve, hand: Generator) -> None:
    how = {"seed": 3, "bias": 0.5, "max_length": 9}
    found = explained(serve(of=hand), "fox", **how)
    own = hand.explain("fox", **how)
    assert (found["model"], found["kind"]) == ("tiny", "strokes")
    assert found["result"]["points"] == as_json(own.sample.record()["strokes"])
    assert found["result"]["text"] == "fox"
    assert found["result"]["ended"] == own.sample.ended


def test_the_window_has_a_row_for_each_point_and_a_column_for_each_letter(
    serve: Serve, hand: Generator
) -> None:
    found = explained(serve(of=hand), "fox a", max_length=7)["result"]
    own = hand.explain("fox a", max_length=7).sample.phi
    assert found["letters"] == list("fox a")
    assert len(found["window"]) == len(found["points"])
    begun = len(found["window"]) - len(own)  # the point where all drawings begin is not drawn
    for row, of_model in zip(found["window"][begun:], own, strict=True):
        assert row == pytest.approx(of_model, abs=1e-4)


@pytest.mark.parametrize("other", [{"seed": 2}, {"bias": 5}, {"temperature": 9}])
def test_settings_of_a_request_reach_the_model(
    serve: Serve, hand: Generator, other: dict[str, Any]
) -> None:
    client = serve(of=hand)
    usual = {"seed": 1, "max_length": 5}
    first, again = (explained(client, "fox", **usual) for _ in range(2))
    assert first == again
    assert explained(client, "fox", **usual | other) != first


def test_no_drawing_is_longer_than_was_asked_for(serve: Serve, hand: Generator) -> None:
    client = serve(of=hand)
    lengths = {n: len(explained(client, "fox", max_length=n)["result"]["points"]) for n in (2, 4)}
    assert lengths[4] - lengths[2] == 2


def test_an_explanation_has_the_bounds_of_a_sample(serve: Serve, hand: Generator) -> None:
    answer = serve(of=hand).post("/v1/explain", json={"source": "fox", "max_length": 5_000})
    assert answer.status_code == 422
    assert "2,000 at most" in answer.json()["error"]["message"]


def test_a_recipe_without_bounds_is_served_within_them(
    serve: Serve, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("long")
    model = loaded(folder, "synthesis", *SMALL, "generation.max_length=1000000")
    client = serve(of=model)
    [about] = client.get("/v1/models").json()["models"]
    assert about["generation"]["max_length"] == 2_000
    assert len(explained(client, "fox")["result"]["points"]) <= 2_001


def test_free_drawings_read_nothing_that_is_typed(serve: Serve, free: Generator) -> None:
    client = serve(of=free)
    found = explained(client, "", seed=4)["result"]
    assert explained(client, "whatever ☃", seed=4)["result"] == found
    assert found["points"] == as_json(free.generate(seed=4)[0].record()["strokes"])
    assert (found["text"], found["letters"], found["window"]) == (None, None, None)


def test_a_text_goes_on_from_what_is_typed(serve: Serve, book: Generator) -> None:
    found = explained(serve(of=book), "fo☃", seed=2, max_length=6)
    [own] = book.generate(prime="fo☃", seed=2, max_length=6)
    assert found["kind"] == "text"
    assert found["result"] == {**own.record(), "unknown": ["☃"]}
    assert found["result"]["given"] == 3


def test_a_text_may_begin_with_nothing(serve: Serve, book: Generator) -> None:
    assert explained(serve(of=book), "", max_length=6)["result"]["given"] == 0


def test_samples_are_those_of_the_model(
    serve: Serve, hand: Generator, free: Generator, book: Generator
) -> None:
    how = {"samples": 3, "seed": 7, "max_length": 5}
    for model, what in ((hand, {"text": "fox"}), (free, {}), (book, {"prime": "ab"})):
        found = generated(serve(of=model), **what, **how)
        assert as_json(found) == as_json([each.record() for each in model.generate(**what, **how)])


def test_samples_have_the_window_where_it_is_asked_for(serve: Serve, hand: Generator) -> None:
    for sample in generated(serve(of=hand), text="fox", samples=2, max_length=5, window=True):
        assert len(sample["window"]) == len(sample["strokes"])
        assert all(len(row) == len("fox") for row in sample["window"])


def test_the_list_of_models_tells_what_can_be_asked(
    serve: Serve, hand: Generator, free: Generator, book: Generator
) -> None:
    told: list[dict[str, Any]] = []
    for model in (hand, free, book):
        answer = serve(of=model).get("/v1/models")
        shapes.Models.model_validate_json(answer.text)
        told += answer.json()["models"]
    assert [each["kind"] for each in told] == ["strokes", "strokes", "text"]
    assert [each["attention"] for each in told] == [True, False, False]
    assert [each["max_source"] for each in told] == [20, 0, None]
    assert [bool(each["source"]) for each in told] == [True, False, True]
    usual = {"bias": 1.0, "temperature": 1.0, "max_length": 12}
    assert told[0]["generation"] == usual
    assert "bias" not in told[2]["generation"]


@pytest.mark.parametrize(
    ("route", "body"),
    [
        ("predict", {"source": "fox"}),
        ("predict", {"sources": ["fox", "abc"]}),
        ("stream", {"source": "fox"}),
        ("score", {"pairs": [["fox", "abc"]]}),
    ],
)
def test_what_asks_for_outputs_of_a_source_is_told_where_to_ask(
    serve: Serve, hand: Generator, book: Generator, route: str, body: dict[str, Any]
) -> None:
    for model in (hand, book):
        answer = serve(of=model).post(f"/v1/{route}", json=body)
        assert answer.status_code == 422
        assert answer.json()["error"]["message"].endswith("Ask it at /v1/generate.")


def test_a_model_of_pairs_is_no_writer(serve: Serve) -> None:
    client = serve()
    answer = client.post("/v1/generate", json={"text": "가"})
    assert answer.status_code == 422
    assert "/v1/predict" in answer.json()["error"]["message"]
    answer = client.post("/v1/explain", json={"source": "가", "bias": 1})
    assert answer.status_code == 422
    assert "bias is for strokes" in answer.json()["error"]["message"]


REFUSED = {
    "a bias that is no number": (b'{"text": "fox", "bias": NaN}', "invalid"),
    "a bias without end": (b'{"text": "fox", "bias": Infinity}', "invalid"),
    "a negative bias": (b'{"text": "fox", "bias": -1}', "invalid"),
    "a temperature of nothing": (b'{"text": "fox", "temperature": 0}', "invalid"),
    "a drawing without end": (b'{"text": "fox", "max_length": 1000000000}', "invalid"),
    "no point at all": (b'{"text": "fox", "max_length": 0}', "invalid"),
    "more samples than anyone looks at": (b'{"text": "fox", "samples": 1000}', "invalid"),
    "many long samples": (b'{"text": "fox", "samples": 64, "max_length": 2000}', "refused"),
    "a seed beyond 32 bits": (b'{"text": "fox", "seed": 9999999999}', "invalid"),
    "a letter never seen": ('{"text": "f☃x"}'.encode(), "unknown"),
    "control characters": (b'{"text": "f\\u0000\\u001b[31m"}', "unknown"),
    "no text": (b"{}", "refused"),
    "blanks for a text": (b'{"text": "  "}', "refused"),
    "a text longer than any in training": (b'{"text": "' + b"fox " * 6 + b'"}', "too_long"),
    "a text beyond the limit of the service": (b'{"text": "' + b"a" * 3_000 + b'"}', "too_long"),
    "a beginning beyond that limit": (b'{"prime": "' + b"a" * 3_000 + b'"}', "too_long"),
    "a beginning for a drawing": (b'{"text": "fox", "prime": "fox"}', "refused"),
    "a number for a text": (b'{"text": 7}', "invalid"),
    "a setting of a search": (b'{"text": "fox", "beam": 3}', "invalid"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_hostile_requests_are_refused_in_words(serve: Serve, hand: Generator, name: str) -> None:
    body, code = REFUSED[name]
    headers = {"content-type": "application/json"}
    answer = serve(of=hand).post("/v1/generate", content=body, headers=headers)
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert error["code"] == code
    assert error["message"].endswith(".")
    assert len(error["message"]) < 300


@pytest.mark.parametrize(
    "settings",
    [
        {"prefix": "f"},
        {"prefix_tokens": ["f"]},
        {"constraints": ["f"]},
        {"method": "gradient"},
        {"features": ["f"]},
    ],
    ids=json.dumps,
)
def test_demands_on_outputs_are_not_passed_over(
    serve: Serve, hand: Generator, settings: dict[str, Any]
) -> None:
    answer = serve(of=hand).post("/v1/explain", json={"source": "fox", **settings})
    assert answer.status_code == 422
    assert "seed, bias, temperature and max_length" in answer.json()["error"]["message"]


def test_settings_of_a_search_mean_nothing(serve: Serve, hand: Generator) -> None:
    client = serve(of=hand)
    usual = {"seed": 2, "max_length": 5}
    searched = {"beam": 3, "groups": 2, "nbest": 9}  # which no beam search could have together
    assert explained(client, "fox", **usual, **searched) == explained(client, "fox", **usual)


def test_each_kind_of_writer_says_what_it_does_not_take(
    serve: Serve, free: Generator, book: Generator
) -> None:
    asked: list[tuple[Generator, dict[str, Any], str]] = [
        (free, {"text": "fox"}, "draws freely"),
        (free, {"prime": "fox"}, "no text"),
        (free, {"window": True}, "no window"),
        (book, {"text": "fox"}, "as prime"),
        (book, {"bias": 1}, "temperature below 1"),
        (book, {"window": True}, "no window"),
    ]
    for model, body, message in asked:
        answer = serve(of=model).post("/v1/generate", json=body)
        assert answer.status_code == 422
        assert message in answer.json()["error"]["message"]


def test_an_unknown_letter_is_named_by_its_place_and_nothing_is_quoted(
    serve: Serve, hand: Generator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    answer = serve(of=hand).post("/v1/explain", json={"source": "foxSECRET"})
    assert answer.json()["error"]["code"] == "unknown"
    assert "at 4, 5, 6, 7, 8, ..." in answer.json()["error"]["message"]
    assert "SECRET" not in answer.text + caplog.text


def test_what_nobody_answers_in_time_has_the_status_that_says_so(
    serve: Serve, hand: Generator
) -> None:
    client = serve(of=hand, workers=0, limits={"deadline": 0.05})
    answer = client.post("/v1/generate", json={"text": "fox"})
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) >= 1


def test_the_description_has_examples_that_a_model_of_handwriting_answers(
    serve: Serve, hand: Generator
) -> None:
    client = serve(of=hand)
    described = client.get("/openapi.json").json()
    examples = described["components"]["schemas"]["Generate"]["examples"]
    assert examples
    for example in examples:
        generated(client, **example)
    assert "429" in described["paths"]["/v1/generate"]["post"]["responses"]


def test_metrics_know_the_route(serve: Serve, hand: Generator) -> None:
    client = serve(of=hand)
    generated(client, text="fox", max_length=3)
    assert (
        'seqloom_requests_total{route="/v1/generate",status="200"}' in client.get("/metrics").text
    )


def test_the_process_that_loads_models_takes_writers(hand: Generator) -> None:
    assert isinstance(_load(str(hand.folder)), Generator)


def test_workers_know_writers_without_torch() -> None:
    program = "import sys, seqloom.server.worker; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
