"""`seqloom explain` by every method, `index` and `align`, on a tiny model."""

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image
from tests.cli.conftest import Invoke, train_tiny

import seqloom
from seqloom.attribution import neighbours
from seqloom.errors import UserError

METHODS = ("attention", "gradient", "integrated", "gradient-norm", "occlusion")
SIGNED = ("gradient", "integrated", "occlusion")


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory, run: Path) -> Path:
    out = tmp_path_factory.mktemp("exported") / "out"
    seqloom.load(run).export(out)
    return out


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory, run: Path) -> Path:
    copy = tmp_path_factory.mktemp("indexed") / "run"
    shutil.copytree(run, copy)
    return copy


def explained(run: Path, folder: Path, invoke: Invoke, *more: object) -> dict:
    path = folder / "told.json"
    done = invoke("explain", run, "가나", "--target", "k a n a", "--json", path, *more)
    assert done.exit_code == 0, done.output
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("method", METHODS)
def test_each_method_has_a_figure_for_each_pair_of_tokens(
    run: Path, tmp_path: Path, invoke: Invoke, method: str
) -> None:
    told = explained(run, tmp_path, invoke, "--method", method)
    assert told["method"] == method
    assert [unit["text"] for unit in told["units"]] == ["가", "나", "<eos>"]
    [output] = told["outputs"]
    assert [unit["text"] for unit in output["units"]] == [*"kana", "<eos>"]
    assert [len(row) for row in output["weights"]] == [3] * 5
    faith = output["faithfulness"]
    assert faith["erased"] == [0, 1, 2]
    assert faith["ordered"][0] == pytest.approx(output["log_prob"], abs=1e-3)
    assert method in SIGNED or min(map(min, output["weights"])) >= 0


def test_offsets_slice_the_texts(run: Path, tmp_path: Path, invoke: Invoke) -> None:
    told = explained(run, tmp_path, invoke)
    [output] = told["outputs"]
    for text, units in ((told["source"], told["units"]), (output["text"], output["units"])):
        assert [text[u["start"] : u["end"]] for u in units[:-1]] == [u["text"] for u in units[:-1]]
        assert units[-1] == {"text": "<eos>", "start": None, "end": None}


def test_occlusion_is_the_difference_of_two_scores(
    run: Path, tmp_path: Path, invoke: Invoke
) -> None:
    """Removing the first of two characters is the same as asking about the second."""
    told = explained(run, tmp_path, invoke, "--method", "occlusion", "--erasing", "remove")
    model = seqloom.load(run)
    whole, without = (
        s.token_log_probs for s in model.score([("가나", "k a n a"), ("나", "k a n a")])
    )
    first = [row[0] for row in told["outputs"][0]["weights"]]
    expected = [a - b for a, b in zip(whole, without, strict=True)]
    assert first == pytest.approx(expected, abs=1e-5)


def test_all_hypotheses_are_explained(run: Path, tmp_path: Path, invoke: Invoke) -> None:
    path = tmp_path / "told.json"
    invoke("explain", run, "가나", "--nbest", 3, "--method", "occlusion", "--json", path)
    outputs = json.loads(path.read_text(encoding="utf-8"))["outputs"]
    assert len(outputs) == 3
    assert all(len(output["weights"]) == len(output["tokens"]) for output in outputs)


@pytest.mark.parametrize("method", ["gradient-norm", "integrated"])
def test_pictures_show_the_matrix_with_its_title_and_figure(
    run: Path, tmp_path: Path, invoke: Invoke, method: str
) -> None:
    files = {kind: tmp_path / f"map.{kind}" for kind in ("png", "svg", "html")}
    options = (part for kind, file in files.items() for part in (f"--{kind}", file))
    done = invoke("explain", run, "가나", "--prefix", "k", "--method", method, *options)
    assert done.exit_code == 0, done.output
    title = {"gradient-norm": "Gradient norm", "integrated": "Integrated gradients"}[method]
    for kind in ("svg", "html"):
        text = files[kind].read_text(encoding="utf-8")
        assert title in text
        assert "faithfulness" in text
    assert files["png"].read_bytes().startswith(b"\x89PNG")
    assert title in done.stdout


def test_gates_are_shown_token_by_token(run: Path, tmp_path: Path, invoke: Invoke) -> None:
    done = invoke("explain", run, "가나", "--target", "k a", "--gates")
    assert "encoder 1, forward" in done.stdout
    told = explained(run, tmp_path, invoke, "--gates")["outputs"][0]["gates"]
    assert [trace["tokens"] for trace in told if trace["layer"] == "decoder 1"] == [
        [*"kana", "<eos>"]
    ]


@pytest.mark.parametrize(
    ("picture", "title"),
    [("deletion", "Deletion curve: Attention"), ("gates", "Gates and states over time")],
)
def test_what_stands_beside_the_map_has_pictures_of_its_own(
    run: Path, tmp_path: Path, invoke: Invoke, picture: str, title: str
) -> None:
    files = {kind: tmp_path / f"drawn.{kind}" for kind in ("png", "svg", "html")}
    options = (part for kind, file in files.items() for part in (f"--{kind}", file))
    done = invoke("explain", run, "가나", "--nbest", 2, "--picture", picture, *options)
    assert done.exit_code == 0, done.output
    assert title in files["svg"].read_text(encoding="utf-8")
    assert "Attention weights" not in files["svg"].read_text(encoding="utf-8")
    assert files["html"].read_text(encoding="utf-8").count(f">{title}<") == 2
    assert files["png"].read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("picture", ["map", "deletion", "gates"])
def test_a_png_stands_on_dark_paper_when_it_is_asked_to(
    run: Path, tmp_path: Path, invoke: Invoke, picture: str
) -> None:
    corners = {}
    for theme in ("light", "dark"):
        png = tmp_path / f"{theme}.png"
        how = ("--picture", picture, "--theme", theme, "--png", png)
        done = invoke("explain", run, "가나", *how)
        assert done.exit_code == 0, done.output
        with Image.open(png) as drawn:
            corners[theme] = drawn.convert("RGB").getpixel((0, 0))
    assert corners == {"light": (255, 255, 255), "dark": (13, 17, 23)}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--at", "3"), "--at: picks a record of a file, but this model reads a text"),
        (("--theme", "dark"), "--theme: the colours of a PNG picture. Add --png FILE"),
        (("--theme", "dark", "--svg", "a.svg"), "--theme: the colours of a PNG picture"),
        (("--picture", "gates"), "--picture: says what --png and --svg show"),
        (("--picture", "deletion", "--html", "a.html"), "--picture: says what --png and --svg"),
        *(
            ((name, value, "--target", "k a"), f"{name}: says how an output is looked for")
            for name, value in (
                ("--beam", "2"), ("--nbest", "2"), ("--prefix", "k"), ("--max-length", "3"),
                ("--set", "search.groups=1"),
            )
        ),
    ],
)  # fmt: skip
def test_an_option_that_would_change_nothing_is_refused_in_one_line(
    run: Path, tmp_path: Path, invoke: Invoke, monkeypatch, options: tuple[str, ...], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = invoke("explain", run, "가나", *options)
    assert done.exit_code == 2
    [line] = done.output.strip().splitlines()
    assert message in line
    assert not any(tmp_path.iterdir())


def test_a_search_may_be_asked_for_beside_a_target_where_its_tree_is_shown(
    run: Path, invoke: Invoke
) -> None:
    done = invoke("explain", run, "가나", "--target", "k a", "--beam", 2, "--tree")
    assert done.exit_code == 0, done.output


def test_a_picture_that_there_is_not_is_told_with_those_that_there_are(
    run: Path, tmp_path: Path
) -> None:
    explanation = seqloom.load(run).explain("가나", target="k a")
    with pytest.raises(UserError, match=r"no picture 'maps'\. Did you mean 'map'"):
        explanation.svg(tmp_path / "map.svg", picture="maps")  # type: ignore[arg-type]
    with pytest.raises(UserError, match="no gates of output number 0"):
        explanation.svg(tmp_path / "map.svg", picture="gates")


def test_a_training_pair_is_its_own_nearest_example(
    indexed: Path, pairs: Path, tmp_path: Path, invoke: Invoke
) -> None:
    done = invoke("index", indexed, pairs)
    assert done.stdout.startswith("Kept 34 states of 8 pairs"), done.output
    told = explained(indexed, tmp_path, invoke, "--neighbours", 2)["outputs"][0]["neighbours"]
    assert len(told) == 5
    for step, [near, _] in enumerate(told):
        assert (near["source"], near["step"]) == ("가나", step)
        assert near["distance"] == pytest.approx(0, abs=0.01)
    shown = invoke("explain", indexed, "가나", "--target", "k a n a", "--neighbours", 1).stdout
    assert "가나 → k a [n] a <eos>" in shown


def test_an_index_may_leave_no_state_out(
    indexed: Path, pairs: Path, invoke: Invoke, monkeypatch
) -> None:
    """Beyond what is compared one by one, here 10 states, a graph stands in."""
    monkeypatch.setattr(neighbours, "MOST_COMPARED", 10)
    cut = invoke("index", indexed, pairs)
    assert cut.stdout.startswith("Kept 10 states of "), cut.output
    assert "with --all none is" in cut.stderr
    whole = invoke("index", indexed, pairs, "--all")
    assert whole.stdout.startswith("Kept 34 states of 8 pairs"), whole.output
    assert whole.stderr == ""
    shown = invoke("explain", indexed, "가나", "--target", "k a n a", "--neighbours", 1).stdout
    assert "가나 → k a [n] a <eos>" in shown
    both = invoke("index", indexed, pairs, "--all", "--most", 3)
    assert both.exit_code == 2
    assert "--all leaves no state out, but --most 3 would" in both.output


def test_without_an_index_there_are_no_neighbours(run: Path, invoke: Invoke) -> None:
    done = invoke("explain", run, "가나", "--target", "k", "--neighbours", 1)
    assert done.exit_code == 2
    assert "seqloom index" in done.output


@pytest.mark.parametrize("method", ["attention", "occlusion"])
def test_an_exported_model_is_explained_by_what_needs_no_gradient(
    run: Path, exported: Path, tmp_path: Path, invoke: Invoke, method: str
) -> None:
    own, its = (
        explained(folder, tmp_path, invoke, "--method", method)["outputs"][0]
        for folder in (run, exported)
    )
    for row, other in zip(own["weights"], its["weights"], strict=True):
        assert other == pytest.approx(row, abs=1e-4)
    assert its["faithfulness"]["area"] == pytest.approx(own["faithfulness"]["area"], abs=1e-3)


def test_gradients_of_an_exported_model_are_asked_of_its_run(exported: Path) -> None:
    with pytest.raises(UserError, match=r"exported.*Give the run folder"):
        seqloom.load(exported).explain("가나", "gradient")


def test_an_exported_member_has_no_gradients(run: Path, exported: Path) -> None:
    both = seqloom.load([run, exported])
    with pytest.raises(UserError, match=r"out: exported.*Give the run folder") as caught:
        both.explain("가나", "integrated")
    assert str(run) not in str(caught.value)
    assert both.explain("가나", "occlusion", target="k").attributions[0] is not None


@pytest.mark.parametrize("method", ["gradient", "integrated", "gradient-norm"])
def test_a_run_with_itself_has_its_own_gradients(
    run: Path, tmp_path: Path, invoke: Invoke, method: str
) -> None:
    alone, twice = (
        explained(run, tmp_path, invoke, "--method", method, *more)["outputs"][0]["weights"]
        for more in ((), ("--with", run))
    )
    for row, other in zip(alone, twice, strict=True):
        assert other == pytest.approx(row, abs=1e-5)


def test_a_method_that_there_is_not_is_told_with_those_that_there_are(run: Path) -> None:
    with pytest.raises(UserError, match=r"no method 'gradients'. Did you mean 'gradient'"):
        seqloom.load(run).explain("가나", "gradients")  # type: ignore[arg-type]


def test_an_empty_source_has_nothing_to_explain(run: Path) -> None:
    explanation = seqloom.load(run).explain(" ", "gradient")
    assert explanation.attributions == (None,)
    assert explanation.to_dict()["outputs"][0]["text"] == ""


def test_each_format_has_the_same_links(run: Path, pairs: Path, invoke: Invoke) -> None:
    lines = invoke("align", run, pairs).stdout.splitlines()
    assert len(lines) == 8
    table = invoke("align", run, pairs, "--format", "tsv").stdout.splitlines()
    rows = [line.split("\t") for line in table]
    objects = [
        json.loads(line)
        for line in invoke("align", run, pairs, "--format", "jsonl").stdout.splitlines()
    ]
    for number, line in enumerate(lines):
        links = [tuple(map(int, link.split("-"))) for link in line.split()]
        assert sorted(tuple(link) for link in objects[number]["links"]) == links
        own = [row for row in rows if row[0] == str(number)]
        assert sorted((int(row[1]), int(row[2])) for row in own) == links
        assert sorted(target for _, target in links) == [*range(len(objects[number]["target"]))]
        for _, source, target, *words in own:
            there = objects[number]
            assert words == [there["source"][int(source)], there["target"][int(target)]]


def test_links_compared_with_themselves_have_no_error(
    run: Path, pairs: Path, tmp_path: Path, invoke: Invoke
) -> None:
    gold = tmp_path / "gold.txt"
    gold.write_text(invoke("align", run, pairs).stdout, encoding="utf-8")
    assert invoke("align", run, pairs, "--gold", gold).stdout == "AER 0.00  (8 pairs)\n"


def test_the_error_rate_of_given_links_is_the_one_by_hand(
    run: Path, tmp_path: Path, invoke: Invoke
) -> None:
    """A source of one word leaves no choice: links 0-0 0-1, 0-0 0-1 and 0-0, so |A| = 5. Sure are 2, 1
    and 2 of which 2, 1 and 1 are found; with the possible ones 2, 2 and 1:
    AER = 1 - (4 + 5) / (5 + 5)."""
    few, gold = tmp_path / "few.tsv", tmp_path / "gold.txt"
    few.write_text("가\tk a\n나\tn a\n다\tt\n", encoding="utf-8")
    gold.write_text("0-0 0-1\n0-0 0p1\n0-0 1-0\n", encoding="utf-8")
    assert invoke("align", run, few).stdout.splitlines() == ["0-0 0-1", "0-0 0-1", "0-0"]
    done = invoke("align", run, few, "--gold", gold)
    assert done.stdout == "AER 10.00  (3 pairs)\n"


def test_gold_links_must_be_as_many_as_the_pairs(
    run: Path, pairs: Path, tmp_path: Path, invoke: Invoke
) -> None:
    gold = tmp_path / "gold.txt"
    gold.write_text("0-0\n", encoding="utf-8")
    done = invoke("align", run, pairs, "--gold", gold)
    assert done.exit_code == 2
    assert "a line for each of 8 pairs, but has 1" in done.output


def test_a_model_without_attention_is_explained_by_other_methods(
    tmp_path: Path, invoke: Invoke
) -> None:
    changes = ("--set", "decoder.kind=cho")
    done = train_tiny(tmp_path, tmp_path / "run", *changes)
    assert done.exit_code == 0, done.output
    told = explained(tmp_path / "run", tmp_path, invoke, "--method", "gradient")
    assert told["outputs"][0]["attention"] is None
    assert len(told["outputs"][0]["weights"]) == 5
    failed = invoke("explain", tmp_path / "run", "가나", "--target", "k")
    assert failed.exit_code == 2
    assert "explain it by occlusion" in failed.output
