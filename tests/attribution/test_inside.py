"""Gates and nearest training examples of several models as one: what each member shows by itself."""

import re
from xml.etree import ElementTree

import pytest
from tests.export.runs import PAIRS, saved

import seqloom
from seqloom.config import Bahdanau, Luong, RecurrentEncoder, TransformerDecoder, TransformerEncoder
from seqloom.errors import UserError

pytestmark = pytest.mark.usefixtures("unchecked_shapes")
SMALL = {"hidden": 8, "heads": 2, "layers": 1, "feedforward": 8}
TITLE = ".//{http://www.w3.org/2000/svg}text[@class='title']"


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Runs of one vocabulary, of which `lstm` and `bahdanau` have an index, and an export."""
    folder = tmp_path_factory.mktemp("runs")
    saved(folder / "lstm")
    saved(folder / "bahdanau", decoder=Bahdanau(hidden=5, embedding=3))
    elman = RecurrentEncoder(hidden=4, embedding=5, cell="elman")
    saved(folder / "elman", encoder=elman, decoder=Luong(hidden=4, embedding=3, cell="elman"))
    transformer = TransformerEncoder(**SMALL), TransformerDecoder(**SMALL)
    saved(folder / "transformer", encoder=transformer[0], decoder=transformer[1])
    seqloom.load(folder / "lstm").export(folder / "exported")
    for name in ("lstm", "bahdanau"):
        seqloom.load(folder / name).index([folder / "test.tsv"])
    return folder


@pytest.fixture(scope="module")
def together(runs):
    """All of them as one, asked about one pair."""
    names = ("lstm", "elman", "bahdanau", "transformer", "exported")
    model = seqloom.load([runs / name for name in names])
    found = model.explain("abc", target="x y", gates=True, neighbours=2, orders=0)
    return dict(zip(names, found.insides[0], strict=True)), found


def test_a_run_with_itself_shows_twice_what_it_shows_alone(runs):
    """For every hypothesis; the search of both is the search of one."""
    alone, twice = (
        seqloom.load(folders).explain("cab", gates=True, neighbours=2, orders=0, nbest=3)
        for folders in ([runs / "lstm"], [runs / "lstm"] * 2)
    )
    assert len(alone.insides) == len(twice.insides) == 3
    for [expected], members in zip(alone.insides, twice.insides, strict=True):
        assert [member.number for member in members] == [1, 2]
        assert [member.gates for member in members] == [expected.gates] * 2
        assert [member.neighbours for member in members] == [expected.neighbours] * 2


@pytest.mark.parametrize("name", ["lstm", "bahdanau", "elman"])
def test_a_member_shows_the_gates_that_it_has_alone(runs, together, name):
    alone = seqloom.load(runs / name).explain("abc", target="x y", gates=True, orders=0)
    assert together[0][name].gates == alone.insides[0][0].gates
    assert together[0][name].name == str(runs / name)


@pytest.mark.parametrize("name", ["lstm", "bahdanau"])
def test_a_member_names_the_neighbours_that_it_has_alone(runs, together, name):
    alone = seqloom.load(runs / name).explain("abc", target="x y", neighbours=2, orders=0)
    near = together[0][name].neighbours
    assert near == alone.insides[0][0].neighbours
    assert [(pair.source, pair.step) for pair, _ in near] == [("abc", step) for step in range(3)]


@pytest.mark.parametrize(
    ("name", "reasons"),
    [
        ("lstm", []),
        ("elman", ["no gates, as the cells", "no index .* Build one with: seqloom index {run}$"]),
        ("transformer", ["no gates, as this model has no recurrent cells", "no index"]),
        ("exported", ["exported, so without the torch model"]),
    ],
)
def test_what_a_member_cannot_tell_is_said_in_one_line(runs, together, name, reasons):
    notes = together[0][name].notes
    assert len(notes) == len(reasons)
    for note, reason in zip(notes, reasons, strict=True):
        assert note.startswith(f"{runs / name}: ")
        assert re.search(reason.format(run=re.escape(str(runs / name))), note)
        assert "\n" not in note


def test_the_json_has_a_list_of_members(runs, together):
    [output] = together[1].to_dict()["outputs"]
    told = {member["run"]: member for member in output["members"]}
    assert "gates" not in output
    assert [member["number"] for member in output["members"]] == [1, 2, 3, 4, 5]
    assert len(told[str(runs / "lstm")]["neighbours"]) == len(output["tokens"])
    assert told[str(runs / "elman")]["gates"][0].keys() == {"layer", "tokens", "values"}
    assert told[str(runs / "elman")]["neighbours"] is None
    assert told[str(runs / "transformer")]["gates"] == []
    assert told[str(runs / "exported")]["gates"] is None


def test_the_json_of_a_single_run_has_no_members(runs):
    found = seqloom.load(runs / "lstm").explain("abc", target="x", gates=True, neighbours=1)
    [output] = found.to_dict()["outputs"]
    assert "members" not in output
    assert output["gates"][0]["tokens"] == ["a", "b", "c", "<eos>"]
    assert len(output["neighbours"]) == 2


def test_the_picture_names_the_member_of_each_strip(runs, together, tmp_path):
    together[1].svg(tmp_path / "gates.svg", picture="gates")
    drawing = ElementTree.parse(tmp_path / "gates.svg").getroot()
    titles = [title.text for title in drawing.iterfind(TITLE)][1:]
    layers = ("encoder 1, forward", "encoder 1, backward", "decoder 1")
    members = ((1, "lstm"), (2, "elman"), (3, "bahdanau"))
    assert titles == [
        f"{number}. {runs / name}: {layer}" for number, name in members for layer in layers
    ]


def test_a_picture_says_what_it_lacks_and_nothing_of_neighbours(together, tmp_path):
    together[1].html(tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    shown = " ".join(re.sub(r"<[^>]*>", " ", page).split())
    assert "no gates, as this model has no recurrent cells." in shown
    assert "index of training" not in shown


@pytest.mark.parametrize("asked", [{"gates": True}, {"neighbours": 1}])
def test_members_of_which_none_can_tell_are_refused_with_all_reasons(runs, asked):
    both = seqloom.load([runs / "exported", runs / "exported"])
    with pytest.raises(UserError, match="exported, so without the torch model") as caught:
        both.explain("abc", target="x", **asked)
    assert str(caught.value).count(str(runs / "exported")) == 1


def test_runs_without_an_index_are_all_named(runs):
    both = seqloom.load([runs / "elman", runs / "transformer"])
    with pytest.raises(UserError) as caught:
        both.explain("abc", target="x", neighbours=1)
    for name in ("elman", "transformer"):
        assert f"Build one with: seqloom index {runs / name}" in str(caught.value)


def test_an_empty_source_has_nothing_inside(runs):
    found = seqloom.load([runs / "lstm", runs / "bahdanau"]).explain(" ", gates=True, neighbours=1)
    assert [member.notes for member in found.insides[0]] == [(), ()]
    assert [member.gates for member in found.insides[0]] == [[], []]


def test_members_are_the_models_by_themselves(runs):
    model = seqloom.load([runs / "lstm", runs / "elman"])
    assert [member.folders for member in model.members] == [(runs / "lstm",), (runs / "elman",)]
    for member, folder in zip(model.members, model.folders, strict=True):
        [expected] = [score.log_prob for score in seqloom.load(folder).score(PAIRS[:1])]
        assert member.score(PAIRS[:1])[0].log_prob == pytest.approx(expected, abs=1e-6)
    [single] = seqloom.load(runs / "lstm").members
    assert single.run is single.runs[0]
