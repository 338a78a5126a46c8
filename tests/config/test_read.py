"""Recipes: what is read is what was written, and overrides change what they name and no more."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqloom.config import (
    SGD,
    AdamW,
    Additive,
    Bahdanau,
    Bytes,
    Characters,
    Cho,
    Concat,
    Cosine,
    Data,
    Dot,
    Luong,
    Recipe,
    RecurrentEncoder,
    Sampling,
    Search,
    Subwords,
    Sutskever,
    Training,
    TransformerDecoder,
    TransformerEncoder,
    override,
    packaged,
    read_recipe,
    recipe_names,
    write_recipe,
)
from seqloom.errors import UserError

EXAMPLES = [
    Recipe(),
    Recipe(decoder=Sutskever(layers=3, dropout=0.25)),
    Recipe(decoder=Cho(maxout=7), source=Bytes(), target=Subwords(kind="wordpiece", size=99)),
    Recipe(decoder=Bahdanau(attention=Additive(hidden=5)), encoder=RecurrentEncoder(cell="elman")),
    Recipe(decoder=Luong(hidden=512, attention=Dot(), input_feeding=False)),
    Recipe(encoder=TransformerEncoder(heads=8), decoder=TransformerDecoder(norm_first=False)),
    Recipe(decoder=TransformerDecoder(hidden=64)),
    Recipe(
        data=Data(train=("a.tsv", "b.tsv"), source="word", target=3, features=(2, "lang")),
        training=Training(
            optimizer=AdamW(betas=(0.5, 0.75), eps=1e-12),
            schedule=Cosine(floor=0.125),
            scheduled_sampling=Sampling(end=0.5),
            patience=None,
        ),
        search=Search(beam=5, top_p=0.5),
    ),
    Recipe(training=Training(optimizer=SGD(rate=3))),
]


@pytest.fixture
def recipe_file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "name: mine\n"
        "decoder:\n"
        "  kind: luong\n"
        "  layers: 2\n"
        "  input_feeding: false\n"
        "  attention: {kind: concat, hidden: 7}\n",
        encoding="utf-8",
    )
    return path


@pytest.fixture
def packaged_recipes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "recipes"
    folder.mkdir()
    (folder / "dates.yaml").write_text("name: dates\ndescription: Written dates\n")
    (folder / "g2p.yaml").write_text("name: g2p\ndescription: Pronunciation\nseed: 5\n")
    monkeypatch.setattr(packaged, "folder", lambda: folder)
    return folder


@pytest.mark.parametrize("recipe", EXAMPLES)
def test_a_written_recipe_reads_as_the_same_recipe(recipe: Recipe, tmp_path: Path) -> None:
    write_recipe(recipe, tmp_path / "config.yaml")
    assert read_recipe(tmp_path / "config.yaml") == recipe


@settings(max_examples=30, deadline=None)
@given(
    text=st.text(),
    rate=st.floats(min_value=1e-300, max_value=1e300),
    seed=st.integers(),
    columns=st.lists(st.integers(min_value=1) | st.text()),
)
def test_any_text_and_any_number_survive_writing_and_reading(
    tmp_path_factory: pytest.TempPathFactory,
    text: str,
    rate: float,
    seed: int,
    columns: list[int | str],
) -> None:
    path = tmp_path_factory.mktemp("law") / "config.yaml"
    recipe = Recipe(
        description=text,
        seed=seed,
        data=Data(train=(text,), features=tuple(columns)),
        training=Training(optimizer=SGD(rate=rate)),
    )
    write_recipe(recipe, path)
    assert read_recipe(path) == recipe


@pytest.mark.parametrize(
    "character", ["\n", "\r", "\x85", "\u2028", "\u2029", "\ufeff", "\x00", "\x7f"]
)
def test_line_breaks_and_control_characters_survive_too(character: str, tmp_path: Path) -> None:
    texts = tuple(
        text.replace("|", character) for text in ("|", "a|", "|b", "a|b", " | ", "a|:| b")
    )
    recipe = Recipe(description=texts[3], data=Data(train=texts))
    write_recipe(recipe, tmp_path / "config.yaml")
    assert read_recipe(tmp_path / "config.yaml") == recipe


def test_all_settings_are_written_in_the_order_they_are_declared(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    write_recipe(Recipe(), path)
    lines = path.read_text(encoding="utf-8").splitlines()
    sections = [line.partition(":")[0] for line in lines if line[0] not in " -"]
    assert sections == list(Recipe.model_fields)
    assert "  forget_bias: 1.0" in lines


def test_scripts_are_written_as_they_are_and_not_as_escapes(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    write_recipe(Recipe(description="발음"), path)
    assert "description: 발음" in path.read_text(encoding="utf-8")


def test_an_empty_file_is_the_recipe_of_all_defaults(tmp_path: Path) -> None:
    (tmp_path / "empty.yaml").touch()
    assert read_recipe(tmp_path / "empty.yaml") == Recipe()


def test_a_family_without_a_kind_is_the_default_member(tmp_path: Path) -> None:
    path = tmp_path / "short.yaml"
    path.write_text("decoder: {layers: 4}\nsource: {jamo: true}\ntraining: {optimizer: {rate: 2}}")
    recipe = read_recipe(path)
    assert recipe.decoder == Luong(layers=4)
    assert recipe.source == Characters(jamo=True)
    assert recipe.training.optimizer.rate == 2


def test_a_number_in_scientific_notation_is_a_number(tmp_path: Path) -> None:
    path = tmp_path / "rate.yaml"
    path.write_text("training: {optimizer: {rate: 1e-3}}")  # text, by the rules of YAML 1.1
    assert read_recipe(path).training.optimizer.rate == 0.001


def test_a_byte_order_mark_and_windows_line_ends_are_no_trouble(tmp_path: Path) -> None:
    path = tmp_path / "windows.yaml"
    path.write_bytes(b"\xef\xbb\xbfseed: 3\r\nname: x\r\n")
    assert (read_recipe(path).seed, read_recipe(path).name) == (3, "x")


def test_overrides_change_what_they_name(recipe_file: Path) -> None:
    recipe = read_recipe(
        recipe_file,
        [
            "decoder.layers=3",
            "training.schedule.kind=cosine",
            "data.train=[a.tsv,b.tsv]",
            "training.max_minutes=null",
            "training.scheduled_sampling.end=0.5",
            "description=a = b",
            "seed=1",
            "seed=2",
        ],
    )
    assert recipe == Recipe(
        name="mine",
        description="a = b",
        seed=2,
        data=Data(train=("a.tsv", "b.tsv")),
        decoder=Luong(layers=3, input_feeding=False, attention=Concat(hidden=7)),
        training=Training(schedule=Cosine(), scheduled_sampling=Sampling(end=0.5)),
    )


def test_another_kind_keeps_the_settings_both_have_and_drops_the_rest(recipe_file: Path) -> None:
    bahdanau = read_recipe(recipe_file, ["decoder.kind=bahdanau"])
    assert bahdanau.decoder == Bahdanau(layers=2, attention=Concat(hidden=7))
    assert read_recipe(recipe_file, ["decoder.kind=cho"]).decoder == Cho(layers=2)
    general = read_recipe(recipe_file, ["decoder.attention.kind=general"])
    assert general.decoder == Luong(layers=2, input_feeding=False)


def test_the_order_of_a_kind_and_its_settings_does_not_matter(recipe_file: Path) -> None:
    texts = ["decoder.kind=cho", "decoder.maxout=5"]
    assert read_recipe(recipe_file, texts).decoder == Cho(layers=2, maxout=5)
    assert read_recipe(recipe_file, texts[::-1]).decoder == Cho(layers=2, maxout=5)


def test_a_kind_and_the_kind_of_what_is_in_it_change_together(recipe_file: Path) -> None:
    texts = ["decoder.attention.kind=additive", "decoder.kind=bahdanau"]
    recipe = read_recipe(recipe_file, texts)
    assert recipe.decoder == Bahdanau(layers=2, attention=Additive(hidden=7))


def test_an_override_is_never_dropped_with_the_settings_of_the_old_kind(recipe_file: Path) -> None:
    with pytest.raises(UserError, match=r"^Unknown setting 'decoder.attention'"):
        read_recipe(recipe_file, ["decoder.attention.kind=dot", "decoder.kind=sutskever"])


@pytest.mark.parametrize("recipe", EXAMPLES)
def test_no_override_changes_nothing(recipe: Recipe) -> None:
    assert override(recipe, []) == recipe


def test_overriding_a_recipe_is_reading_it_with_overrides(recipe_file: Path) -> None:
    changes = ["decoder.kind=bahdanau", "seed=9"]
    assert override(read_recipe(recipe_file), changes) == read_recipe(recipe_file, changes)


def test_overriding_leaves_the_given_recipe_as_it_was() -> None:
    recipe = Recipe(seed=1)
    assert override(recipe, ["seed=2"]).seed == 2
    assert recipe.seed == 1


def test_defaults_that_were_never_given_follow_the_new_kind() -> None:
    recipe = Recipe(decoder=Luong(layers=2))  # the cell, lstm, is Luong's default
    assert override(recipe, ["decoder.kind=cho"]).decoder == Cho(layers=2, cell="gru")


@pytest.mark.usefixtures("packaged_recipes")
def test_packaged_recipes_are_listed_and_read_by_name() -> None:
    assert recipe_names() == {"dates": "Written dates", "g2p": "Pronunciation"}
    assert read_recipe("g2p").seed == 5


@pytest.mark.usefixtures("packaged_recipes")
def test_a_name_means_the_packaged_recipe_and_a_path_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "g2p").write_text("seed: 6")
    (tmp_path / "other").write_text("seed: 7")
    monkeypatch.chdir(tmp_path)
    assert read_recipe("g2p").seed == 5
    assert read_recipe("./g2p").seed == 6
    assert read_recipe("other").seed == 7


@pytest.mark.usefixtures("packaged_recipes")
def test_an_unknown_name_is_answered_with_the_nearest_one() -> None:
    with pytest.raises(UserError) as error:
        read_recipe("datse")
    assert str(error.value) == (
        "Unknown recipe 'datse'. Did you mean 'dates'? Choose from: dates, g2p. "
        "A recipe of your own is given as the path of its YAML file."
    )


@pytest.mark.parametrize("name", ["nowhere.yaml", "nowhere/at_all"])
def test_a_path_without_a_file_is_named_as_such(name: str) -> None:
    with pytest.raises(UserError) as error:
        read_recipe(name)
    assert str(error.value) == f"{name}: there is no such file."


def test_every_recipe_in_the_package_can_be_read_and_says_what_it_is() -> None:
    for name, description in recipe_names().items():
        assert read_recipe(name).name == name
        assert description


def test_an_encoder_of_no_kind_is_a_recurrent_one(tmp_path: Path) -> None:
    path = tmp_path / "old.yaml"
    path.write_text("encoder: {cell: gru, layers: 2}\n", encoding="utf-8")
    assert read_recipe(path).encoder == RecurrentEncoder(cell="gru", layers=2)
    assert read_recipe(path, ["encoder.hidden=3"]).encoder.hidden == 3


def test_another_kind_of_encoder_keeps_what_both_have(tmp_path: Path) -> None:
    path = tmp_path / "old.yaml"
    path.write_text("encoder: {cell: gru, layers: 2, reverse: true}\n", encoding="utf-8")
    changes = ["encoder.kind=transformer", "decoder.kind=transformer"]
    assert read_recipe(path, changes).encoder == TransformerEncoder(layers=2)
