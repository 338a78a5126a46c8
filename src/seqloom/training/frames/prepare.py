"""From a recipe's data to what the loop reads: scaled features, and both sets as pairs of frames."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from seqloom.config.frame_data import PairData, WindowData
from seqloom.config.frames import FramesRecipe, OneToOne
from seqloom.data.bad_rows import BadRows
from seqloom.data.frames.batching import FrameSet
from seqloom.data.frames.setting import Features, Setting
from seqloom.data.frames.sides import Both, held_out, read_sides, scaled
from seqloom.data.frames.tables import Dated, Rows, divided, read_dated, whole, window_set
from seqloom.data.frames.voices import speak
from seqloom.data.made import Report
from seqloom.data.series.scaling import fit
from seqloom.errors import UserError, suggestion
from seqloom.search.stepper import Reals

_KEEP = "data.constant=keep"


@dataclass(frozen=True, slots=True)
class Prepared:
    """The features of both sides, both sets, and what there is to say about them."""

    setting: Setting
    train: FrameSet
    dev: FrameSet
    notes: list[str] = field(default_factory=list[str])


def prepare(
    recipe: FramesRecipe,
    folder: Path,
    setting: Setting | None = None,
    report: Report | None = None,
) -> Prepared:
    """Read all of the data. A run that goes on keeps the `setting` it began with.

    report  is told how much is made of data that is made here
    """
    data = recipe.data
    if isinstance(data, WindowData):
        _named(data.train)
        return _windows(recipe, data, folder, setting)
    if data.embedded is not None:
        made = speak(data.voices, recipe.seed, folder / "cache" / "voices", report=report)
        data = data.model_copy(update={"train": (made["train"],), "dev": (made["dev"],)})
    _named(data.train)
    return _pairs(recipe, data, folder, setting)


def _named(train: Sequence[str]) -> None:
    if not train:
        raise UserError(
            "no training data: give files with --data FILE or set data.train in the recipe."
        )


def _windows(
    recipe: FramesRecipe, data: WindowData, folder: Path, setting: Setting | None
) -> Prepared:
    bits = recipe.writes_bits
    with _Side(folder, "train", data.skip_bad) as train, _Side(folder, "dev", data.skip_bad) as dev:
        columns = () if setting is None else setting.source.names
        files = _tables(data.train, data, columns, train.bad, bits)
        if data.dev:
            others = _tables(data.dev, data, files[0].table.names, dev.bad, bits)
            own = {"train": whole(files), "dev": whole(others)}
        else:
            others = []
            own = divided(files, data)
        setting = setting or _window_setting(own["train"], data, bits)
        sets = {
            part: window_set(own[part], data, setting.source.scaler, setting.targets, stride)
            for part, stride in (("train", data.stride), ("dev", data.dev_stride))
        }
        for part, windows in sets.items():
            _check_some(part, len(windows), "windows")
        notes = [note for file in (*files, *others) for note in file.notes]
        notes += [*train.notes(), *dev.notes()]
        return Prepared(setting, sets["train"], sets["dev"], notes)


def _tables(
    paths: Sequence[str],
    data: WindowData,
    columns: Sequence[str],
    bad: BadRows | None,
    bits: bool,
) -> list[Dated]:
    """The files, all with the columns of the first."""
    files: list[Dated] = []
    for path in paths:
        files.append(read_dated(path, data, columns, bad, bits))
        columns = files[0].table.names
    return files


def _window_setting(train: Rows, data: WindowData, bits: bool) -> Setting:
    names = train.files[0].table.names
    targets = data.targets or names
    for name in targets:
        if name not in names:
            raise UserError(f"data.targets: there is no column '{name}'. {suggestion(name, names)}")
    where, remedy = ", ".join(data.train), f"Leave it out of data.columns, or set {_KEEP}."
    scaler = fit(train.own, constant=data.constant, names=names, where=where, remedy=remedy)
    written = [names.index(name) for name in targets]
    source = Features(scaler.leaving(written) if bits else scaler, names)
    return Setting(source, replace(source.only(written), bits=bits))


def _pairs(recipe: FramesRecipe, data: PairData, folder: Path, setting: Setting | None) -> Prepared:
    same, bits = isinstance(recipe.model, OneToOne), recipe.writes_bits
    with _Side(folder, "train", data.skip_bad) as train, _Side(folder, "dev", data.skip_bad) as dev:
        both = read_sides(data.train, data, same, train.bad, setting, bits)
        _check_some("train", len(both), "pairs")
        if data.dev:
            found = setting or _pair_setting(both, data, bits)
            parts = both, read_sides(data.dev, data, same, dev.bad, found, bits)
        else:
            parts = held_out(both, data.dev_size, recipe.seed)
        _check_some("dev", len(parts[1]), "pairs")
        setting = setting or _pair_setting(parts[0], data, bits)
        notes = [*train.notes(), *dev.notes()]
        return Prepared(setting, scaled(parts[0], setting), scaled(parts[1], setting), notes)


def _pair_setting(train: Both, data: PairData, bits: bool) -> Setting:
    source = _features(train.sources, data, "source")
    target = _features(train.targets, data, "target")
    if bits:
        target = Features(target.scaler.leaving(range(target.width)), bits=True)
    return Setting(source, target)


def _features(sequences: Iterable[Reals], data: PairData, side: str) -> Features:
    where, remedy = f"{', '.join(data.train)}: {side}", f"Leave it out, or set {_KEEP}."
    return Features(fit(sequences, constant=data.constant, where=where, remedy=remedy))


def _check_some(part: str, found: int, what: str) -> None:
    if not found:
        raise UserError(
            f"data.{part} must have at least one of the {what} that a model learns from, but has none. "
            "Give more data, or mend what was set aside."
        )


class _Side:
    """Where the bad rows of a part go, if they may be set aside at all."""

    def __init__(self, folder: Path, part: str, skip_bad: bool) -> None:
        if skip_bad:
            folder.mkdir(parents=True, exist_ok=True)
        self.bad = BadRows(folder / f"bad-{part}.tsv") if skip_bad else None

    def notes(self) -> list[str]:
        if self.bad is None or not self.bad.count:
            return []
        return [f"{self.bad.count:,} bad rows were set aside in {self.bad.path}"]

    def __enter__(self) -> "_Side":
        return self

    def __exit__(self, *_: object) -> None:
        if self.bad is not None:
            self.bad.close()
