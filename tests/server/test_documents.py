"""A classifier of documents behind the service: what the model says without one, in the page's form."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.documents.reviews import SMALL, reviews, write
from tests.server.conftest import Crew, InProcess

import seqloom
from seqloom.classifier import Classifier
from seqloom.server.app import make_app
from seqloom.server.dispatcher import Dispatcher
from seqloom.server.guard import Gate
from seqloom.server.meters import Meters
from seqloom.server.queue import Queue
from seqloom.server.settings import Limits, Settings

pytestmark = pytest.mark.usefixtures("unchecked_shapes")
TEXTS = [text for text, _ in reviews(3, 9)]


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> Classifier:
    folder = tmp_path_factory.mktemp("served")
    train, changes = write(folder / "train.tsv", 60, 1), [*SMALL, "training.max_epochs=2"]
    model = seqloom.train("han2016", data=[train], out=folder / "run", set=changes, quiet=True)
    assert isinstance(model, Classifier)
    return model


@pytest.fixture
def client(classifier: Classifier, tmp_path: Path) -> Iterator[TestClient]:
    settings = replace(Settings({"reviews": classifier.folder}, page=tmp_path), limits=Limits())
    meters = Meters()
    dispatcher = Dispatcher(Queue(settings.limits.queue), settings.limits.batch, meters)
    dispatcher.join(InProcess(classifier))
    app = make_app(settings, Crew(classifier, "reviews"), dispatcher, meters, Gate())
    with TestClient(app, base_url="http://localhost:8000") as running:
        yield running


def test_the_list_of_models_tells_the_labels(client: TestClient):
    [about] = client.get("/v1/models").json()["models"]
    assert (about["kind"], about["labels"]) == ("documents", ["나쁨", "좋음"])
    assert about["attention"] is True


def test_predictions_are_those_of_the_model(client: TestClient, classifier: Classifier):
    found = client.post("/v1/predict", json={"sources": TEXTS}).json()["results"]
    for each, result in zip(found, classifier.predict(TEXTS), strict=True):
        assert each["kind"] == "documents"
        assert each["labels"] == list(result.labels)
        assert each["probabilities"] == pytest.approx(result.probabilities, abs=1e-5)
        assert "sentences" not in each


def test_weights_come_where_they_are_asked_for(client: TestClient):
    asked = {"source": TEXTS[0], "attention": True}
    [found] = client.post("/v1/predict", json=asked).json()["results"]
    assert sum(each["weight"] for each in found["sentences"]) == pytest.approx(1, abs=1e-5)


def test_an_explanation_is_what_the_page_draws(client: TestClient, classifier: Classifier):
    # The page sends settings of a search along; they mean nothing to a classifier.
    asked = {"model": "reviews", "source": TEXTS[0], "beam": 4, "nbest": 4, "alternatives": 5}
    found = client.post("/v1/explain", json=asked).json()
    offline = json.loads(json.dumps(classifier.predict(TEXTS[0]).to_dict()))
    assert (found["model"], found["kind"]) == ("reviews", "documents")
    assert found["result"]["labels"] == offline["labels"]
    words = [sentence["words"] for sentence in offline["sentences"]]
    assert [sentence["words"] for sentence in found["result"]["sentences"]] == words


def test_what_a_label_owes_to_words_comes_with_a_method(client: TestClient, classifier: Classifier):
    asked = {"source": TEXTS[0], "method": "occlusion", "erasing": "remove", "orders": 2}
    found = client.post("/v1/explain", json=asked).json()["explanation"]
    offline = classifier.explain(TEXTS[0], "occlusion", erasing="remove", orders=2).to_dict()
    assert found == json.loads(json.dumps(offline))
    assert found["faithfulness"]["words"] is not None
    answer = client.post("/v1/explain", json=asked | {"level": "word"})
    assert answer.status_code == 422
    assert "level is of models that write" in answer.json()["error"]["message"]


def test_what_a_classifier_cannot_do_is_refused(client: TestClient):
    answer = client.post("/v1/score", json={"pairs": [[TEXTS[0], "좋음"]]})
    assert answer.status_code == 422
    assert "labels to documents" in answer.json()["error"]["message"]
    answer = client.post("/v1/predict", json={"source": TEXTS[0], "alignments": True})
    assert answer.status_code == 422
    assert "this model gives labels" in answer.json()["error"]["message"]


def test_a_document_without_words_is_answered(client: TestClient):
    [found] = client.post("/v1/predict", json={"source": " "}).json()["results"]
    assert found["labels"] == []
    assert "not a single word" in found["notes"][0]
