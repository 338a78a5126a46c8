"""A classifier from a file to its answers: what a user of Python and of the command line meets."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from tests.documents.reviews import BAD, GOOD, SMALL, reviews, write
from typer.testing import CliRunner

import seqloom
from seqloom.attribution import Method
from seqloom.attribution.faithfulness import Faithfulness
from seqloom.classifier import Classifier
from seqloom.cli.documents import lowered
from seqloom.cli.main import app
from seqloom.config import read_recipe, with_files
from seqloom.config.read import override
from seqloom.errors import UserError
from seqloom.predict.deletion import Deletion
from seqloom.training.run import Note, Ready, training

pytestmark = pytest.mark.usefixtures("unchecked_shapes")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("documents")


@pytest.fixture(scope="module")
def files(folder: Path) -> tuple[Path, Path]:
    return write(folder / "train.tsv", 200, 1), write(folder / "test.tsv", 60, 2)


def trained(files: tuple[Path, Path], out: Path, *changes: str) -> Classifier:
    model = seqloom.train("han2016", data=[files[0]], out=out, set=[*SMALL, *changes], quiet=True)
    assert isinstance(model, Classifier)
    return model


@pytest.fixture(scope="module")
def classifier(files: tuple[Path, Path], folder: Path) -> Classifier:
    return trained(files, folder / "han")


def test_reviews_it_has_not_seen_are_told_apart(classifier: Classifier, files: tuple[Path, Path]):
    evaluation = classifier.evaluate([files[1]], bootstrap=0)
    assert evaluation.report["accuracy"].value > 95
    assert evaluation.confusion is not None
    assert evaluation.confusion.counts.sum() == 60


def test_the_sentence_that_decides_weighs_most(classifier: Classifier):
    deciding = {f"{each}." for each in [*GOOD, *BAD]}
    results = classifier.predict(text for text, _ in reviews(40, 3))
    heaviest = [max(result.sentences, key=lambda each: each.weight).text for result in results]
    assert sum(each in deciding for each in heaviest) >= 20  # by chance 10


def test_taking_out_what_weighs_most_changes_most(classifier: Classifier, files: tuple[Path, Path]):
    found = classifier.deletion([files[1]], "sentence", documents=30)
    assert found.documents == 30
    assert found.lowered > 0
    assert found.curves["most"][-1] < found.curves["random"][-1] < found.curves["least"][-1] + 0.05
    assert found.curves["most"][0] == found.curves["least"][0]


def test_an_answer_does_not_depend_on_its_neighbours(classifier: Classifier):
    texts = [text for text, _ in reviews(5, 4)] + ["정말 재미있어요."]
    together = classifier.predict(texts)
    for text, result in zip(texts, together, strict=True):
        alone = classifier.predict(text)
        assert alone.labels == result.labels
        for label, probability in alone.probabilities.items():
            assert probability == pytest.approx(result.probabilities[label], abs=1e-5)


def test_a_document_without_words_has_no_label_and_says_so(classifier: Classifier):
    empty, full = classifier.predict(["   ", "정말 재미있어요."])
    assert empty.labels == ()
    assert "not a single word" in empty.notes[0]
    assert full.labels == ("좋음",)


def test_what_was_saved_answers_alike(classifier: Classifier):
    again = seqloom.load(classifier.folder)
    assert isinstance(again, Classifier)
    text = reviews(1, 5)[0][0]
    assert again.predict(text) == classifier.predict(text)


def test_the_pictures_show_hangul(classifier: Classifier, tmp_path: Path):
    explanation = classifier.explain(reviews(1, 6)[0][0])
    explanation.png(tmp_path / "why.png")
    explanation.html(tmp_path / "why.html")
    assert (tmp_path / "why.png").stat().st_size > 5000
    assert "극장에" in (tmp_path / "why.html").read_text("utf-8")
    assert "극장에" in str(explanation)


@pytest.mark.parametrize("method", ["attention", "occlusion"])
def test_words_are_found_again_in_the_document(classifier: Classifier, method: Method):
    text = f"  {reviews(1, 6)[0][0]}\n{reviews(1, 7)[0][0]} "
    told = classifier.explain(text, method, orders=0).to_dict()
    sentences = cast("list[dict[str, Any]]", told["sentences"])
    assert len(sentences) > 1
    for sentence in sentences:
        assert [text[start:end] for start, end in sentence["offsets"]] == sentence["words"]
        assert text[sentence["start"] : sentence["end"]] == sentence["text"]


@pytest.mark.parametrize(
    "changes",
    [
        ["model={kind: flat, embedding: 16, hidden: 8, attention: 8, dropout: 0.0}"],
        ["model.pooling=mean"],
        ["model.pooling=max"],
        ["model={kind: bag_of_words}"],
    ],
    ids=["flat", "mean", "max", "bag of words"],
)
def test_the_baselines_run_by_the_same_command(
    changes: list[str], files: tuple[Path, Path], tmp_path: Path
):
    settings = SMALL if "model=" not in changes[0] else [s for s in SMALL if "model." not in s]
    model = seqloom.train(
        "han2016", data=[files[0]], out=tmp_path / "run", set=[*settings, *changes], quiet=True
    )
    assert isinstance(model, Classifier)
    assert model.evaluate([files[1]], bootstrap=0).report["accuracy"].value > 90


def test_a_model_without_attention_is_explained_by_occlusion(
    files: tuple[Path, Path], tmp_path: Path
):
    settings = [each for each in SMALL if "model." not in each]
    changes = [*settings, "model={kind: bag_of_words}"]
    model = seqloom.train("han2016", data=[files[0]], out=tmp_path / "r", set=changes, quiet=True)
    assert isinstance(model, Classifier)
    with pytest.raises(UserError, match="a bag of words attends to nothing"):
        model.explain("재미있어요")
    with pytest.raises(UserError, match="no embeddings to differentiate"):
        model.explain("재미있어요", "gradient")
    words = model.explain("비가 오는 날이었다. 너무 지루했다.", "occlusion", target="나쁨").words
    assert words is not None
    assert words.source_tokens[int(words.weights.argmax())] in {"너무", "지루했다"}


def test_several_labels_and_none(tmp_path: Path):
    rows = ["춤 노래\t춤;노래", "춤\t춤", "노래\t노래", "그냥\t;"] * 30
    (tmp_path / "train.tsv").write_text("\n".join(rows) + "\n", "utf-8")
    model = seqloom.train(
        "han2016", data=[tmp_path / "train.tsv"], dev=[tmp_path / "train.tsv"],
        out=tmp_path / "run", set=[*SMALL, "data.multi_label=true"], quiet=True,
    )  # fmt: skip
    assert isinstance(model, Classifier)
    both, none = model.predict(["춤 노래", "그냥"])
    assert set(both.labels) == {"춤", "노래"}
    assert none.labels == ()


def test_a_small_set_is_read_until_the_rate_has_risen(files: tuple[Path, Path], tmp_path: Path):
    """The recipe's own epochs would end, and its patience would run out, while it still warms up."""
    small = [each for each in SMALL if each.startswith(("sentences.", "model.", "tokens."))]
    model = seqloom.train("han2016", data=[files[0]], out=tmp_path / "run", set=small, quiet=True)
    assert isinstance(model, Classifier)
    assert model.evaluate([files[1]], bootstrap=0).report["accuracy"].value > 80
    metrics = (tmp_path / "run/metrics.jsonl").read_text("utf-8").splitlines()
    assert json.loads(metrics[-1])["update"] >= read_recipe("han2016").training.min_updates


def test_the_schedule_and_the_notes_know_of_the_least_number_of_updates(
    files: tuple[Path, Path], tmp_path: Path
):
    recipe = with_files(read_recipe("han2016"), [str(files[0])], [str(files[1])])
    recipe = override(recipe, [*SMALL, "training.max_epochs=2", "training.min_updates=40"])
    with closing(training(recipe, tmp_path / "run")) as events:
        told: list[str] = []
        for event in events:
            if isinstance(event, Ready):
                assert event.total_updates == 40
                break
            told += [event.text] if isinstance(event, Note) else []
    assert "13 update(s) an epoch" in told[-1]
    assert "training.min_updates=40" in told[-1]


def test_a_run_that_was_stopped_equals_one_that_was_not(files: tuple[Path, Path], tmp_path: Path):
    recipe = with_files(read_recipe("han2016"), [str(files[0])], [str(files[1])])
    recipe = override(recipe, [*SMALL, "training.max_epochs=2", "model.dropout=0.3"])
    whole = list(training(recipe, tmp_path / "whole"))
    with closing(training(recipe, tmp_path / "parts")) as events:
        for number, _ in enumerate(events):
            if number == 9:
                break
    list(training(recipe, tmp_path / "parts", resume=True))
    assert len(whole) > 9
    first, second = (
        (tmp_path / name / "weights.safetensors").read_bytes() for name in ("whole", "parts")
    )
    assert first == second


def test_the_commands(classifier: Classifier, files: tuple[Path, Path], tmp_path: Path):
    run, test = str(classifier.folder), str(files[1])
    answer = CliRunner().invoke(app, ["predict", run, test])
    lines = answer.stdout.splitlines()
    assert len(lines) == 60
    assert all(line.split("\t")[0] in ("좋음", "나쁨") for line in lines)
    answer = CliRunner().invoke(
        app, ["predict", run, "-", "--format", "jsonl"], input="재미있어요\n"
    )
    assert set(json.loads(answer.stdout)["probabilities"]) == {"좋음", "나쁨"}
    told = tmp_path / "scores.json"
    picture = tmp_path / "confusion.png"
    answer = CliRunner().invoke(
        app, ["evaluate", run, test, "--json", str(told), "--png", str(picture), "--deletion"]
    )
    assert answer.exit_code == 0, answer.output
    assert "macro_f1" in answer.stdout
    assert {"confusion", "deletion"} < json.loads(told.read_text("utf-8")).keys()
    assert picture.stat().st_size > 2000
    answer = CliRunner().invoke(app, ["explain", run, "비가 오는 날이었다. 정말 재미있어요."])
    assert "재미있어요" in answer.stdout
    answer = CliRunner().invoke(app, ["info", run])
    assert answer.exit_code == 0, answer.output
    assert "documents" in answer.stdout


@pytest.mark.parametrize(
    "option",
    ["--at=2", "--svg=a.svg", "--gates", "--neighbours=2", "--level=word", "--beam=2"],
)
def test_explain_refuses_what_is_not_for_documents(classifier: Classifier, option: str):
    command = ["explain", str(classifier.folder), "재미있어요.", "--device", "cpu", option]
    answer = CliRunner().invoke(app, command)
    assert answer.exit_code == 2
    [line] = answer.output.strip().splitlines()
    assert f"error: {option.partition('=')[0]}: not for models of the family documents" in line
    offered = "--method, --target, --erasing, --png, --html, --json, --theme"
    assert f"takes {offered} and --device." in line


@pytest.mark.parametrize(
    "method", ["attention", "gradient", "integrated", "gradient-norm", "occlusion"]
)
def test_every_method_has_figures_that_say_how_far_to_trust_them(
    classifier: Classifier, tmp_path: Path, method: str
):
    text = "비가 오는 날이었다. 정말 재미있어요."
    files = {kind: tmp_path / f"new/why.{kind}" for kind in ("png", "html", "json")}
    options = [str(part) for kind, file in files.items() for part in (f"--{kind}", file)]
    command = ["explain", str(classifier.folder), text, "--method", method, "--theme", "dark"]
    answer = CliRunner().invoke(app, [*command, *options])
    assert answer.exit_code == 0, answer.output
    assert answer.stdout.count("faithfulness") == 2
    told = json.loads(files["json"].read_text("utf-8"))
    assert (told["method"], told["target"]) == (method, "좋음")
    first, second = told["sentences"]
    assert [len(first["weights"]), len(second["weights"])] == [4, 3]
    assert set(told["faithfulness"]) == {"words", "sentences"}
    assert told["faithfulness"]["words"]["erased"] == [*range(8)]
    assert told["faithfulness"]["sentences"]["ordered"][0] == pytest.approx(
        told["faithfulness"]["words"]["ordered"][0]
    )
    page = files["html"].read_text("utf-8")
    assert page.count("Deletion curve: ") >= 2
    assert "sentences erased" in page
    assert files["png"].read_bytes().startswith(b"\x89PNG")


def test_what_speaks_for_one_label_speaks_against_the_other(classifier: Classifier):
    text = "비가 오는 날이었다. 너무 지루했다."
    bad, good = (
        classifier.explain(text, "occlusion", target=label, orders=0).words
        for label in ("나쁨", "좋음")
    )
    assert bad is not None
    assert good is not None
    strongest = int(np.abs(bad.weights).argmax())
    assert bad.weights[0, strongest] > 0 > good.weights[0, strongest]


def test_taking_words_out_by_the_figures_of_occlusion_beats_chance(classifier: Classifier):
    """In the mean over reviews: a single short one has few orders."""
    areas = [
        found.faithfulness.area
        for text, _ in reviews(10, 7)
        if (found := classifier.explain(text, "occlusion").words) and found.faithfulness
    ]
    assert len(areas) == 10
    assert sum(areas) > 0


def test_a_label_that_there_is_not_is_told_with_those_that_there_are(classifier: Classifier):
    with pytest.raises(UserError, match=r"no label '좋'. Did you mean '좋음'"):
        classifier.explain("재미있어요.", target="좋")


def test_a_document_without_words_has_nothing_to_explain(classifier: Classifier, tmp_path: Path):
    explanation = classifier.explain("  ", "integrated")
    explanation.html(tmp_path / "why.html")
    explanation.png(tmp_path / "why.png")
    assert explanation.words is None
    assert explanation.to_dict()["method"] == "integrated"


def test_a_row_that_is_set_aside_is_answered_with_an_empty_line(
    classifier: Classifier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "new.tsv"
    path.write_text("정말 재미있어요.\na\tb\tc\n너무 지루했다.\n", "utf-8")
    answer = CliRunner().invoke(app, ["predict", str(classifier.folder), str(path), "--skip-bad"])
    first, second, third = answer.stdout.splitlines()
    assert (first.split("\t")[0], second, third.split("\t")[0]) == ("좋음", "", "나쁨")


def test_a_document_beyond_the_limits_is_answered_and_told_of(classifier: Classifier):
    long = "너무 지루했다. " * 100
    answer = CliRunner().invoke(app, ["predict", str(classifier.folder)], input=long + "\n")
    assert answer.stdout.startswith("나쁨")
    assert "1 document(s) went beyond" in answer.stderr
    assert "40 sentences were left out" in classifier.predict(long).notes[0]


def test_other_columns_than_those_of_training_can_be_read(classifier: Classifier, tmp_path: Path):
    run, path = str(classifier.folder), tmp_path / "new.csv"
    path.write_text("stars,review\n좋음,정말 재미있어요.\n", "utf-8")
    named = ["--set", "data.text=review", "--set", "data.label=stars"]
    assert CliRunner().invoke(app, ["predict", run, str(path), *named]).stdout.startswith("좋음")
    answer = CliRunner().invoke(app, ["evaluate", run, str(path), *named, "--bootstrap", "0"])
    assert "100.00" in answer.stdout
    assert "how files are read" in message(["predict", run, str(path), "--set", "search.beam=3"])


def message(given: list[str]) -> str:
    answer = CliRunner().invoke(app, given)
    assert answer.exit_code == 2, answer.output
    return " ".join(answer.stderr.split())


def test_bad_input_gets_one_line(classifier: Classifier, tmp_path: Path):
    run, path = str(classifier.folder), tmp_path / "bad.tsv"
    path.write_text("재미있어요\t보통\n", "utf-8")
    assert f"{path}:1: the label '보통' was never seen in training" in message(
        ["evaluate", run, str(path)]
    )
    path.write_text("하나\t좋음\n둘\t좋음\n셋\t좋음\n", "utf-8")
    out = ["--out", str(tmp_path / "run")]
    assert "좋음" in message(["train", "han2016", "--data", str(path), *out])
    path.write_text("하나\t좋음\n둘\t\n", "utf-8")
    assert f"{path}:2:" in message(["train", "han2016", "--data", str(path), *out])
    assert "is for models of pairs" in message(["score", run, str(path)])


def test_bad_rows_are_set_aside_in_the_deletion_test_too(
    classifier: Classifier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    rows = [f"{text}\t{label}\n" for text, label in reviews(4, 8)]
    path = tmp_path / "bad.tsv"
    path.write_text("no label\n" + "".join(rows) + "재미있어요.\t보통\n", "utf-8")
    command = ["evaluate", str(classifier.folder), str(path), "--deletion", "--bootstrap", "0"]
    answer = CliRunner().invoke(app, [*command, "--skip-bad"])
    assert answer.exit_code == 0, answer.output
    assert "(4 documents)" in answer.stdout
    assert "2 bad row(s) set aside" in answer.stderr
    assert "bad.tsv:1: expected 2 columns" in message(command)


def test_a_file_of_which_nothing_can_be_used_is_answered_with_empty_lines(
    classifier: Classifier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "new.tsv").write_text("a\tb\tc\na\tb\tc\td\n", "utf-8")
    answer = CliRunner().invoke(app, ["predict", str(classifier.folder), "new.tsv", "--skip-bad"])
    assert (answer.exit_code, answer.stdout) == (0, "\n\n")


def test_the_json_of_a_folder_names_each_file_and_why_one_was_set_aside(
    classifier: Classifier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree/a.txt").write_text("정말 재미있어요.", "utf-8")
    (tmp_path / "tree/b.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "tree/c.txt").write_text("너무 지루했다.", "utf-8")
    command = ["predict", str(classifier.folder), "tree", "--format", "jsonl", "--skip-bad"]
    first, second, third = map(json.loads, CliRunner().invoke(app, command).stdout.splitlines())
    assert [each["file"] for each in (first, second, third)] == [
        "tree/a.txt", "tree/b.txt", "tree/c.txt",
    ]  # fmt: skip
    assert (first["labels"], second["labels"], third["labels"]) == (["좋음"], [], ["나쁨"])
    assert second["notes"] == ["cannot be read: No such file or directory."]


def test_prediction_needs_no_label_where_the_text_is_named(classifier: Classifier, tmp_path: Path):
    path = tmp_path / "new.csv"
    path.write_text("id,review,stars\n1,정말 재미있어요.,5\n", "utf-8")
    command = ["predict", str(classifier.folder), str(path), "--set", "data.text=review"]
    assert CliRunner().invoke(app, command).stdout.startswith("좋음")


@pytest.mark.parametrize(
    ("command", "option"),
    [
        ("predict", "--beam=2"), ("predict", "--nbest=2"), ("predict", "--replace-unknown"),
        ("predict", "--constraint=a"), ("predict", "--scores"), ("predict", "--prefix=a"),
        ("evaluate", "--beam=2"), ("evaluate", "--metrics=bleu"), ("evaluate", "--predictions=p.tsv"),
    ],
)  # fmt: skip
def test_options_for_other_families_are_refused(
    classifier: Classifier, files: tuple[Path, Path], command: str, option: str
):
    told = message([command, str(classifier.folder), str(files[1]), option])
    assert f"{option.partition('=')[0]}: not for models of the family documents" in told


def test_a_dev_file_may_have_labels_of_its_own_where_they_are_set_aside(
    files: tuple[Path, Path], tmp_path: Path
):
    dev = tmp_path / "dev.tsv"
    dev.write_text(files[1].read_text("utf-8") + "재미있어요.\t보통\n", "utf-8")
    bag = [each for each in SMALL if "model." not in each] + ["model={kind: bag_of_words}"]
    recipe = override(with_files(read_recipe("han2016"), [str(files[0])], [str(dev)]), bag)
    with pytest.raises(UserError, match=r"dev.tsv:61: the label '보통' was never .*--skip-bad"):
        list(training(recipe, tmp_path / "strict"))
    events = list(training(override(recipe, ["data.skip_bad=true"]), tmp_path / "run"))
    assert any(isinstance(each, Note) and "1 bad row(s)" in each.text for each in events)
    assert "보통" in (tmp_path / "run/bad-dev.tsv").read_text("utf-8")
    assert next(each for each in events if isinstance(each, Ready)).facts.dev == 60


def notes(data: Path, out: Path, *changes: str) -> list[str]:
    """What is said of a training set before anything is learnt, in whole sentences."""
    settings = [each for each in SMALL if "model." not in each]
    recipe = override(with_files(read_recipe("han2016"), [str(data)], []), [*settings, *changes])
    with closing(training(recipe, out)) as events:
        told: list[str] = []
        for event in events:
            if isinstance(event, Ready):
                break
            told += [event.text] if isinstance(event, Note) else []
    return told


TINY = "model={kind: hierarchical, embedding: 4, hidden: 2, attention: 2}"


def test_labels_that_tell_of_a_missing_setting_are_told_of(tmp_path: Path):
    path = tmp_path / "train.tsv"
    rows = "춤\t춤;노래\n노래\t노래\n" * 20
    path.write_text("감상\t평가\n" + rows, "utf-8")
    told = "\n".join(notes(path, tmp_path / "a", TINY))
    assert f"{path}:1: no other row has the label '평가'" in told
    assert "1 label(s) have ';' in them, such as '춤;노래'" in told
    told = "\n".join(notes(path, tmp_path / "b", TINY, "data.header=true", "data.multi_label=true"))
    assert "label" not in told
    path.write_text(rows.replace(";노래", "") + "그냥\t하나\n", "utf-8")
    assert "label" not in "\n".join(notes(path, tmp_path / "c", TINY))


def test_frozen_vectors_are_refused_where_there_are_none(files: tuple[Path, Path], tmp_path: Path):
    frozen = TINY.replace("}", ", freeze_vectors: true}")
    with pytest.raises(UserError, match="no file is given"):
        notes(files[0], tmp_path / "a", frozen)
    foreign = tmp_path / "v.txt"
    foreign.write_text("never 1 2 3 4\n", "utf-8")
    with_file = [f"model.vectors={foreign}"]
    with pytest.raises(UserError, match=r"not one of .* never be learnt"):
        notes(files[0], tmp_path / "b", frozen, *with_file)
    assert "not one of" in "\n".join(notes(files[0], tmp_path / "c", TINY, *with_file))


def test_a_bag_of_words_goes_on_after_nothing(files: tuple[Path, Path], tmp_path: Path):
    changes = ["model={kind: bag_of_words}", *(each for each in SMALL if "model." not in each)]
    options = [part for each in changes for part in ("--set", each)]
    command = ["train", "han2016", "--data", str(files[0]), "--out", str(tmp_path / "run")]
    answer = CliRunner().invoke(app, [*command, *options])
    assert answer.exit_code == 0, answer.output
    assert "Going on" not in answer.stderr
    assert "after 1 update in" in answer.stderr


def test_a_picture_of_confusions_is_refused_before_the_work_where_there_are_none(tmp_path: Path):
    rows = ["춤 노래\t춤;노래", "춤\t춤", "노래\t노래", "그냥\t;"] * 5
    (tmp_path / "train.tsv").write_text("\n".join(rows) + "\n", "utf-8")
    changes = ["model={kind: bag_of_words}", "data.multi_label=true", "tokens.min_count=1"]
    seqloom.train(
        "han2016", data=[tmp_path / "train.tsv"], out=tmp_path / "run", set=changes, quiet=True
    )
    picture = tmp_path / "m.png"
    told = message(
        ["evaluate", str(tmp_path / "run"), str(tmp_path / "gone.tsv"), "--png", str(picture)]
    )
    assert "--png: draws which label is taken for which" in told
    assert not picture.exists()


def test_weights_that_mislead_are_told_the_right_way_round():
    curves = {"random": (0.9, 0.5), "most": (0.9, 0.66), "least": (0.9, 0.9)}
    curve = Deletion("word", 7, (0.0, 0.5), curves)
    assert "by 8.00 points less than taking out random ones (7 documents)" in lowered(curve)
    turned = Deletion("word", 7, (0.0, 0.5), {**curves, "most": (0.9, 0.34)})
    assert "by 8.00 points more than" in lowered(turned)


def test_a_figure_that_is_not_clear_says_what_would_be():
    rest = ((0, 1), (0.0, -1.0), (0.0, -1.0))
    unclear = Faithfulness(*rest, area=0.5, spread=0.3, erasing="unk", order=(0,))
    assert str(unclear).endswith("not clearly better than chance, which takes twice the ±")
    clear = Faithfulness(*rest, area=0.7, spread=0.3, erasing="unk", order=(0,))
    assert str(clear).endswith(": better than chance")
