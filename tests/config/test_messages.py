"""Each mistake in a recipe has its sentence: the setting, the rule, what was given, the way out."""

import os
from pathlib import Path

import pytest

from seqloom.config import Recipe, override, read_recipe
from seqloom.errors import UserError

TOP = (
    "data, decoder, description, encoder, expected, family, metrics, name, search, seed, "
    "shared_vocabulary, source, target, training"
)
LUONG = (
    "attention, cell, copying, dropout, embedding, hidden, input_feeding, kind, layer_norm, layers, "
    "residual, tied, variational, zoneout"
)


def message_of(*overrides: str) -> str:
    with pytest.raises(UserError) as error:
        override(Recipe(), overrides)
    return str(error.value)


def message_in_file(folder: Path, text: str, *overrides: str) -> str:
    """Without the folder, so that it starts with the file's name."""
    path = folder / "my.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as error:
        read_recipe(path, overrides)
    return str(error.value).removeprefix(str(folder) + os.sep)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("decoder.layers=0", "decoder.layers must be at least 1, but is 0."),
        ("data.max_pairs=-1", "data.max_pairs must be at least 0, but is -1."),
        ("data.source=0", "data.source must be at least 1, but is 0."),
        ("search.temperature=0", "search.temperature must be above 0, but is 0."),
        ("encoder.dropout=1", "encoder.dropout must be below 1, but is 1."),
        ("search.top_p=1.5", "search.top_p must be at most 1, but is 1.5."),
        ("decoder.layers=two", "decoder.layers must be a whole number, but is 'two'."),
        ("decoder.layers=1.5", "decoder.layers must be a whole number, but is 1.5."),
        ("decoder.layers=true", "decoder.layers must be a whole number, but is true."),
        ("decoder.layers=[1]", "decoder.layers must be a whole number, but is [1]."),
        ("decoder.layers=", "decoder.layers must be a whole number, but is null."),
        ("training.forget_bias=x", "training.forget_bias must be a number or null, but is 'x'."),
        ("training.forget_bias=.nan", "training.forget_bias must be a number or null, but is nan."),
        ("search.temperature=.inf", "search.temperature must be a number, but is inf."),
        ("encoder.reverse=7", "encoder.reverse must be true or false, but is 7."),
        ("name=1", "name must be text, but is 1."),
        ("name=2024-05-06", "name must be text, but is 2024-05-06."),
        (
            "training.max_minutes=x",
            "training.max_minutes must be a number or null, but is 'x'.",
        ),
        (
            "training.max_updates=false",
            "training.max_updates must be a whole number or null, but is false.",
        ),
        ("data.train=a.tsv", "data.train must be a list such as [a, b], but is 'a.tsv'."),
        ("data.train=[a, 1]", "data.train: item 2 must be text, but is 1."),
        (
            "data.features=[a, 1.5]",
            "data.features: item 2 must be a whole number or text, but is 1.5.",
        ),
        ("data.features=[0]", "data.features: item 1 must be at least 1, but is 0."),
        (
            "training.optimizer.betas=[0.9]",
            "training.optimizer.betas must be a list of 2 numbers, but is [0.9].",
        ),
        (
            "training.optimizer.betas=[0.9, 0.8, 0.7]",
            "training.optimizer.betas must be a list of 2 numbers, but is [0.9, 0.8, 0.7].",
        ),
        (
            "training.optimizer.betas=[0.9, 1]",
            "training.optimizer.betas: item 2 must be below 1, but is 1.",
        ),
        ("data.features=res", "data.features must be a list such as [a, b] or rest, but is 'res'."),
        ("encoder=3", "encoder must be a section of settings, but is 3."),
        ("decoder=luong", "decoder must be a section of settings, but is 'luong'."),
        (
            "training.scheduled_sampling=3",
            "training.scheduled_sampling must be a section of settings or null, but is 3.",
        ),
    ],
)
def test_a_value_that_does_not_fit_is_told_the_rule(given: str, message: str) -> None:
    assert message_of(given) == message


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            "decodr.layers=2",
            f"Unknown setting 'decodr'. Did you mean 'decoder'? Choose from: {TOP}.",
        ),
        (
            "decoder.hiden=2",
            f"Unknown setting 'decoder.hiden'. Did you mean 'hidden'? Choose from: {LUONG}.",
        ),
        (
            "decoder.attention.size=2",
            "Unknown setting 'decoder.attention.size'. Choose from: kind.",
        ),
        (
            "training.scheduled_sampling.begin=0",
            "Unknown setting 'training.scheduled_sampling.begin'. "
            "Choose from: decay, end, start, updates.",
        ),
        (
            "decoder.layers.top=2",
            "decoder.layers is a single value and has no setting 'top'.",
        ),
    ],
)
def test_an_unknown_setting_is_told_its_neighbours(given: str, message: str) -> None:
    assert message_of(given) == message


def test_a_setting_of_another_kind_is_told_those_of_this_one() -> None:
    assert message_of("decoder.input_feeding=true", "decoder.kind=cho") == (
        "Unknown setting 'decoder.input_feeding'. Choose from: "
        "cell, dropout, embedding, hidden, kind, layer_norm, layers, maxout, residual, tied, "
        "variational, zoneout."
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            "decoder.kind=luon",
            "Unknown value 'luon' for decoder.kind. Did you mean 'luong'? "
            "Choose from: bahdanau, cho, gnmt, luong, sutskever, transformer.",
        ),
        (
            "decoder.kind=null",
            "Unknown value null for decoder.kind. "
            "Choose from: bahdanau, cho, gnmt, luong, sutskever, transformer.",
        ),
        (
            "decoder.attention.kind=doot",
            "Unknown value 'doot' for decoder.attention.kind. Did you mean 'dot'? "
            "Choose from: additive, concat, coverage, dot, general, local-m, local-p, location, "
            "location_aware, multihead.",
        ),
        (
            "encoder.cell=lsmt",
            "Unknown value 'lsmt' for encoder.cell. Did you mean 'lstm'? "
            "Choose from: elman, gru, lstm.",
        ),
        (
            "data.embedded=stocks",
            "Unknown value 'stocks' for data.embedded. Choose from: dates, hershey, speech.",
        ),
        (
            "target.kind=strokes",
            "Unknown value 'strokes' for target.kind. Choose from: bpe, bytes, characters, unigram, "
            "whitespace, wordpiece, words. Strokes are written by graves2013-synthesis (from a text).",
        ),
    ],
)
def test_an_unknown_choice_is_told_the_choices(given: str, message: str) -> None:
    assert message_of(given) == message


def test_settings_that_do_not_fit_each_other_are_explained() -> None:
    assert message_of("decoder.attention.kind=dot") == (
        "decoder.attention: dot asks for states of equal size, but the decoder has 256 features "
        "and the encoder 512. Set decoder.hidden=512 or decoder.attention.kind=general."
    )


@pytest.mark.parametrize("given", ["seed", "=3", "decoder..layers=3", ".=3"])
def test_an_override_that_is_none_is_told_how_to_write_one(given: str) -> None:
    assert message_of(given) == (
        f"An override is written setting=value, such as decoder.layers=2, but found '{given}'."
    )


def test_an_override_whose_value_is_not_yaml_is_told_to_use_quotes() -> None:
    assert message_of("name=[a") == (
        "The value of name cannot be read: '[a'. Put quotes around text with special characters."
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("seed: 1\ndecoder:\n  layers: 0\n", "my.yaml:3: decoder.layers must be at least 1"),
        ("seed: 1\ndecoder:\n  hiden: 0\n", "my.yaml:3: Unknown setting 'decoder.hiden'."),
        ("decoder:\n  kind: luon\n", "my.yaml:2: Unknown value 'luon' for decoder.kind."),
        ("encoder:\n  layers: true\n", "my.yaml:2: encoder.layers must be a whole number"),
        ("seed: 1\nencoder:\n", "my.yaml:2: encoder must be a section of settings, but is null."),
        ("seed: 1\nname: x\nseed: 2\n", "my.yaml:3: seed is given twice. Remove one of the two."),
        (
            "encoder:\n  layers: 1\n  layers: 2\n",
            "my.yaml:3: encoder.layers is given twice. Remove one of the two.",
        ),
        (
            "seed: 1\nno: 2\n",  # YAML reads no as false
            "my.yaml:2: the name of a setting must be text. Put quotes around it.",
        ),
        ("name: x\nseed: [1\n", "my.yaml:3: not valid YAML: "),
        ("seed: 1\n name: x\n", "my.yaml:2: not valid YAML: mapping values are not allowed here."),
        ("seed: 1\nname: *x\n", "my.yaml:2: not valid YAML: found undefined alias 'x'."),
        (
            "name: !!python/name:os.system x\n",
            "my.yaml:1: not valid YAML: could not determine a constructor for the tag ",
        ),
        ("name: 2024-15-45\n", "my.yaml: not valid YAML: month must be in 1..12."),
        ("name: a\x07\n", "my.yaml: not valid YAML: unacceptable character #x0007"),
        ("decoder: &d {attention: *d}\n", "my.yaml: nested too deeply, or within itself."),
        ("- seed\n", "my.yaml:1: expected settings such as 'seed: 1', but found ['seed']."),
    ],
)
def test_a_mistake_in_a_file_is_told_its_line(text: str, message: str, tmp_path: Path) -> None:
    assert message_in_file(tmp_path, text).startswith(message)


def test_an_override_is_not_blamed_on_the_file(tmp_path: Path) -> None:
    text = "decoder: {kind: luong, layers: 2}\n"
    assert message_in_file(tmp_path, text, "decoder.layers=0").startswith("decoder.layers must")
    assert message_in_file(tmp_path, text, "decoder.kind=x").startswith("Unknown value 'x'")


def test_a_mistake_in_the_file_stays_one_when_the_kind_changes(tmp_path: Path) -> None:
    text = "decoder:\n  kind: luong\n  hiden: 2\n"
    message = message_in_file(tmp_path, text, "decoder.kind=cho")
    assert message.startswith("my.yaml:3: Unknown setting 'decoder.hiden'.")


def test_every_message_is_one_line(tmp_path: Path) -> None:
    assert "\n" not in message_in_file(tmp_path, '"a\\nb": 1\n')
    assert "\n" not in message_in_file(tmp_path, 'seed: "a\\nb"\n')


def test_a_file_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes(b"name: caf\xe9\n")
    with pytest.raises(UserError) as error:
        read_recipe(path)
    assert str(error.value) == f"{path}: not UTF-8 text. Save it as UTF-8."


def test_a_folder_is_not_a_recipe(tmp_path: Path) -> None:
    with pytest.raises(UserError) as error:
        read_recipe(tmp_path)
    assert str(error.value) == f"{tmp_path}: cannot be read: Is a directory."


def test_scheduled_sampling_and_variational_dropout_exclude_each_other() -> None:
    message = message_of(
        "decoder.variational=true", "decoder.dropout=0.1", "training.scheduled_sampling={}"
    )
    assert message.startswith("training.scheduled_sampling goes step by step")
    assert message.endswith("Set decoder.variational=false, or leave scheduled sampling out.")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            ["encoder.kind=transformer"],
            "decoder.kind=luong starts from the last state of a recurrent encoder, but "
            "encoder.kind=transformer has none. Set decoder.kind=transformer or "
            "encoder.kind=recurrent.",
        ),
        (
            ["decoder.kind=transformer", "decoder.heads=7"],
            "decoder.heads must share decoder.hidden evenly, but 7 heads cannot share 256 features. "
            "Set decoder.heads=4, or another decoder.hidden.",
        ),
        (
            ["encoder.kind=transformer", "decoder.kind=transformer", "encoder.heads=3"],
            "encoder.heads must share encoder.hidden evenly, but 3 heads cannot share 256 features. "
            "Set encoder.heads=2, or another encoder.hidden.",
        ),
        (
            ["decoder.kind=transformer", "encoder.tied=true", "shared_vocabulary=true"],
            "encoder.tied asks for embeddings of equal size, but encoder.embedding is 128 and "
            "decoder.hidden 256. Set encoder.embedding=256 or encoder.tied=false.",
        ),
        (
            ["decoder.kind=transformer", "decoder.variational=true"],
            "Unknown setting 'decoder.variational'. Choose from: copying, dropout, feedforward, "
            "heads, hidden, kind, layers, norm_first, tied.",
        ),
    ],
)
def test_a_transformer_that_cannot_be_is_explained(given: list[str], message: str) -> None:
    assert message_of(*given) == message
