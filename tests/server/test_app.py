"""What clients get: the contract of each route, limits, and answers to hostile requests."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.server.conftest import SOURCES, Serve

from seqloom.cli.written import Writer
from seqloom.data.example import Example
from seqloom.model import Model
from seqloom.server import shapes


def post(client: TestClient, body: Any, route: str = "/v1/predict", **options: Any) -> Any:
    return client.post(route, json=body, **options)


def test_a_prediction_is_the_models_own(serve: Serve, model: Model) -> None:
    found = post(serve(), {"sources": SOURCES, "beam": 3, "nbest": 2}).json()
    assert found["model"] == "tiny"
    offline = model.predict(SOURCES, beam=3, nbest=2)
    assert [[o["text"] for o in result["outputs"]] for result in found["results"]] == [
        [output.text for output in result.outputs] for result in offline
    ]


def test_attention_comes_only_where_it_was_asked_for(serve: Serve) -> None:
    client = serve()
    [plain] = post(client, {"source": "가나"}).json()["results"]
    [shown] = post(client, {"source": "가나", "attention": True}).json()["results"]
    assert plain["outputs"][0]["attention"] is None
    rows = shown["outputs"][0]["attention"]
    assert len(rows) == len(shown["outputs"][0]["tokens"])
    assert all(len(row) == len(shown["source_tokens"]) for row in rows)


def test_alignments_are_those_of_the_command_line(serve: Serve, model: Model) -> None:
    client = serve()
    [feature, *_] = client.get("/v1/models").json()["models"][0]["source"]["features"]
    search = {"beam": 3, "nbest": 2}
    body = {"sources": ["가나", "나", ""], "features": [[feature], [], []], **search}
    found = post(client, {**body, "alignments": True}).json()["results"]
    asked = [Example("가나", features=(feature,)), Example("나"), Example("")]
    writer = Writer("jsonl", alignments=True)
    for given, result, own in zip(asked, model.predict(asked, **search), found, strict=True):
        line = json.loads(writer.write(0, result, len(given.features)))
        assert own["outputs"] == [{**each, "attention": None} for each in line["outputs"]]
    assert found[0]["outputs"][0]["alignment"]
    assert found[2]["outputs"][0]["alignment"] == ""
    assert "alignment" not in post(client, body).json()["results"][0]["outputs"][0]


def test_features_go_with_their_sources(serve: Serve) -> None:
    client = serve()
    [feature, *_] = client.get("/v1/models").json()["models"][0]["source"]["features"]
    body = {"sources": ["가", "나"], "features": [[feature], []]}
    first, second = post(client, body).json()["results"]
    assert len(first["source_tokens"]) == len(second["source_tokens"]) + 1


def test_an_explanation_names_its_model(serve: Serve) -> None:
    found = post(serve(), {"source": "가나", "beam": 2}, "/v1/explain").json()
    assert found.keys() >= {"model", "result", "alternatives", "tree"}
    assert found["tree"]["nodes"][0]["parent"] is None


def test_scores_come_in_the_order_of_the_pairs(serve: Serve) -> None:
    pairs = [["가", "k a"], ["나", "n a"]]
    client = serve()
    both = post(client, {"pairs": pairs}, "/v1/score").json()["results"]
    [second] = post(client, {"pairs": pairs[1:]}, "/v1/score").json()["results"]
    assert both[1]["tokens"] == second["tokens"]
    assert both[1]["log_prob"] == pytest.approx(second["log_prob"], abs=1e-5)


def test_a_stream_ends_with_the_result(serve: Serve) -> None:
    client = serve()
    text = post(client, {"source": "가나", "beam": 1}, "/v1/stream").text
    events = [event.split("\ndata: ") for event in text.strip().split("\n\n")]
    assert [kind for kind, _ in events[:-1]] == ["event: partial"] * (len(events) - 1)
    assert events[-1][0] == "event: result"
    assert json.loads(events[-1][1]) == post(client, {"source": "가나", "beam": 1}).json()


def test_each_model_answers_under_its_name(serve: Serve) -> None:
    from tests.server.conftest import FOLDER

    client = serve(models={"one": FOLDER, "<script>": FOLDER})
    names = [about["name"] for about in client.get("/v1/models").json()["models"]]
    assert names == ["one", "<script>"]
    assert post(client, {"source": "가"}).json()["model"] == "one"
    assert post(client, {"source": "가", "model": "<script>"}).json()["model"] == "<script>"
    assert post(client, {"source": "가", "model": "two"}).status_code == 404


@pytest.mark.parametrize(
    "source",
    [
        "",
        " ",
        "\x00\x1b[31m",
        "\u202eabc\u202c",
        "<script>alert(1)</script>",
        "가\n나",
        "\U0001f600",
    ],
)
def test_any_text_is_answered_and_given_back_as_it_was(serve: Serve, source: str) -> None:
    answer = post(serve(), {"source": source})
    assert answer.status_code == 200
    assert answer.json()["results"][0]["source"] == source


HOSTILE = {
    "a line of 1 MB": (json.dumps({"source": "a" * 1_000_000}).encode(), 413),
    "a long line": (json.dumps({"source": "a" * 3_000}).encode(), 422),
    "10,000 lines": (json.dumps({"sources": ["a"] * 10_000}).encode(), 422),
    "broken UTF-8": (b'{"source": "\xff\xfe"}', 400),
    "half a surrogate pair": (b'{"source": "\\ud800"}', 400),
    "half a pair in a name": (b'{"source": "a", "\\ud800": 1}', 400),
    "deep JSON": (b"[" * 100_000, 400),
    "deep JSON in its place": (b'{"source": ' + b"[" * 50_000 + b"]" * 50_000 + b"}", 400),
    "NaN": (b'{"source": "a", "length_penalty": NaN}', 422),
    "infinity": (b'{"source": "a", "length_penalty": Infinity}', 422),
    "a huge number": (b'{"source": "a", "beam": 1e999}', 422),
    "more digits than Python reads": (b'{"source": "a", "beam": ' + b"9" * 5_000 + b"}", 400),
    "a beam without bounds": (b'{"source": "a", "beam": 1000000}', 422),
    "a file of the server": (b'{"source": "a", "dictionary": "/etc/passwd"}', 422),
    "no JSON": (b"source=a", 400),
    "nothing": (b"", 400),
    "neither source nor sources": (b"{}", 422),
    "both": (b'{"source": "a", "sources": ["b"]}', 422),
    "features of nobody": (b'{"sources": ["a"], "features": [["x"], ["y"]]}', 422),
    "a number for a text": (b'{"source": 7}', 422),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_requests_are_refused_in_words(serve: Serve, name: str) -> None:
    body, status = HOSTILE[name]
    headers = {"content-type": "application/json"}
    answer = serve().post("/v1/predict", content=body, headers=headers)
    assert answer.status_code == status
    error = answer.json()["error"]
    assert error["message"].endswith(".")
    assert error["code"]
    assert len(error["message"]) < 300


def test_a_refusal_quotes_nothing_that_was_sent(serve: Serve) -> None:
    client = serve()
    for body in (
        {"source": "SECRET", "beam": "SECRET"},
        {"SECRET": 1, "source": "SECRET"},
        {"source": "SECRET", "mbr": "SECRET"},
        {"source": "SECRET", "model": "SECRET"},
        {"source": "SECRET", "constraints": ["SECRET"]},
        {"source": "SECRET", "features": {"SECRET": "SECRET"}},
        {"sources": [{"SECRET": "SECRET"}]},
    ):
        answer = post(client, body)
        assert answer.status_code in (404, 422)
        assert "SECRET" not in answer.text


def test_what_is_asked_stays_out_of_the_log(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    post(serve(), {"source": "가나SECRET"})
    assert "/v1/predict 200" in caplog.text
    assert "SECRET" not in caplog.text
    post(serve(log_text=True), {"source": "가나SECRET"})
    assert "SECRET" in caplog.text


def test_with_a_token_only_those_who_know_it_are_answered(serve: Serve) -> None:
    client = serve(token="open sesame")
    assert client.get("/healthz").status_code == 200
    for route in ("/v1/models", "/metrics"):
        assert client.get(route).status_code == 401
        wrong = {"authorization": "Bearer open"}
        assert client.get(route, headers=wrong).status_code == 401
        right = {"authorization": "Bearer open sesame"}
        assert client.get(route, headers=right).status_code == 200


def test_a_page_elsewhere_cannot_use_a_name_that_points_here(serve: Serve) -> None:
    client = serve()
    assert client.get("/v1/models", headers={"host": "evil.example"}).status_code == 421
    assert client.get("/v1/models", headers={"host": "127.0.0.1:1"}).status_code == 200
    everyone = serve(host="0.0.0.0")
    assert everyone.get("/v1/models", headers={"host": "models.example"}).status_code == 200


def test_other_origins_may_ask_only_where_they_were_named(serve: Serve) -> None:
    asked = {"origin": "https://example.org", "access-control-request-method": "POST"}
    refused = serve().options("/v1/predict", headers=asked)
    assert "access-control-allow-origin" not in refused.headers
    allowed = serve(origins=("https://example.org",), token="t").options(
        "/v1/predict", headers=asked
    )
    assert allowed.headers["access-control-allow-origin"] == "https://example.org"


def test_when_too_much_waits_the_rest_is_told_when_to_come_back(serve: Serve) -> None:
    client = serve(workers=0, limits={"queue": 2, "deadline": 0.05})
    answer = post(client, {"sources": ["a", "b"]})
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "late"

    async def crowd() -> list[Any]:
        ask = client.portal
        assert ask is not None
        return await asyncio.gather(
            *(asyncio.to_thread(post, client, {"sources": ["a", "b"]}) for _ in range(3))
        )

    answers = asyncio.run(crowd())
    statuses = sorted(each.status_code for each in answers)
    assert statuses[-1] == 503
    assert statuses[0] == 429
    for each in answers:
        assert int(each.headers["retry-after"]) >= 1


def test_where_nothing_more_may_wait_a_question_is_refused_unread(serve: Serve) -> None:
    client = serve(workers=0, limits={"queue": 1, "deadline": 2.0})

    async def crowd() -> tuple[Any, Any, Any]:
        first = asyncio.create_task(asyncio.to_thread(post, client, {"source": "a"}))
        await _until(lambda: "seqloom_queue 1.0" in client.get("/metrics").text)
        unread = await asyncio.to_thread(client.post, "/v1/predict", content=b"no JSON")
        elsewhere = await asyncio.to_thread(client.post, "/v1/nowhere", content=b"no JSON")
        return await first, unread, elsewhere

    first, unread, elsewhere = asyncio.run(crowd())
    assert first.json()["error"]["code"] == "late"
    assert unread.status_code == 429
    assert unread.json()["error"]["code"] == "busy"
    assert int(unread.headers["retry-after"]) >= 1
    assert elsewhere.status_code == 404


async def _until(there: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not await asyncio.to_thread(there):
            await asyncio.sleep(0.01)


def test_a_stream_that_finds_no_room_has_the_status_that_says_so(serve: Serve) -> None:
    client = serve(workers=0, limits={"deadline": 0.05})
    assert post(client, {"source": "a"}, "/v1/stream").status_code == 503


def test_metrics_count_requests_and_batches(serve: Serve) -> None:
    client = serve()
    post(client, {"sources": ["a", "b", "c"]})
    client.get("/nobody/home")
    text = client.get("/metrics").text
    assert 'seqloom_requests_total{route="/v1/predict",status="200"} 1.0' in text
    assert 'seqloom_requests_total{route="other",status="404"} 1.0' in text
    assert "seqloom_batch_sum 3.0" in text


def test_only_files_of_the_page_are_sent(serve: Serve, tmp_path) -> None:
    (tmp_path / "index.html").write_text("<p>page</p>")
    (tmp_path / "app.js").write_text("1")
    (tmp_path / "secret.txt").write_text("SECRET")
    client = serve()
    assert client.get("/").text == "<p>page</p>"
    assert client.get("/app.js").headers["content-type"].startswith("text/javascript")
    for path in ("/secret.txt", "/..%2fapp.js", "/%2e%2e/app.js", "/app.js%00", "/none.js"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "not_found"


def test_every_answer_carries_the_headers_that_keep_the_page_safe(serve: Serve) -> None:
    client = serve()
    for path in ("/", "/v1/models", "/nobody", "/healthz"):
        headers = client.get(path).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


def test_the_description_has_an_example_of_each_answer_that_is_one(serve: Serve) -> None:
    described = serve().get("/openapi.json").json()["components"]["schemas"]
    for answer in (shapes.Predictions, shapes.Scores, shapes.Samples, shapes.Failure):
        (example,) = described[answer.__name__]["examples"]
        assert answer.model_validate(example).model_dump(exclude_unset=True) == example


def test_the_description_has_an_example_for_each_question(serve: Serve) -> None:
    client = serve()
    described = client.get("/openapi.json").json()
    schemas = described["components"]["schemas"]
    for route in ("predict", "explain", "score", "stream"):
        for example in schemas[route.capitalize()]["examples"]:
            assert post(client, example, f"/v1/{route}").status_code == 200
        assert "429" in described["paths"][f"/v1/{route}"]["post"]["responses"]
