"""The rows of the series page: what is trained on what, for how long, and held against what.

Minutes are of a CPU core; budgets are cut so that a row seldom takes more than forty of them. Published
figures are those of the data sets' own descriptions.
"""

from benchmarks.series.judges import forecast, handwriting, recognition, synthesis, text, voice
from benchmarks.series.row import Row

LSTM_WITH_ATTENTION = {
    ("multi", 24): (0.650, 0.624),
    ("multi", 48): (0.702, 0.675),
    ("multi", 168): (1.212, 0.867),
    ("multi", 336): (1.424, 0.994),
    ("uni", 24): (0.114, 0.272),
    ("uni", 48): (0.193, 0.358),
    ("uni", 168): (0.236, 0.392),
    ("uni", 336): (0.590, 0.698),
}
"""MSE and MAE on ETTh1: LSTMa, Zhou et al. 2021, tables 1 and 2."""
SMALLEST_LSTM = 102.5
WORD_LSTMS = (
    f"tied LSTM 2 x 200: {SMALLEST_LSTM}; 2 x 650: 85.8; 2 x 1500: 82.0; AWD-LSTM 3 x 1150: 68.6"
)
_SMALL = ("training.max_updates=2", "training.max_epochs=1", "model.hidden=4")
_NEXT = (*_SMALL, "model.layers=1", "training.schedule.warmup=0", "training.validate_every=2")
_READER = (
    *_SMALL[:2],
    "encoder.hidden=4",
    "encoder.embedding=4",
    "decoder.hidden=4",
    "decoder.embedding=4",
    "search.beam=1",
)


def _forecast(columns: str, horizon: int) -> Row:
    """Multivariate, or the oil temperature alone."""
    mse, mae = LSTM_WITH_ATTENTION[columns, horizon]
    return Row(
        name=f"forecast/{columns}-{horizon}",
        recipe="forecast",
        minutes=4 + horizon // 40,
        judge=forecast.judge,
        data="ETTh1: 12, 4 and 4 months of hours",
        files=("ett/ETTh1.csv",),
        changes=(
            *((f"data.horizon={horizon}",) if horizon != 24 else ()),
            *(("data.columns=[OT]",) if columns == "uni" else ()),
        ),
        published={"mse": mse, "mae": mae},
        quick=(*_SMALL, "data.lookback=12", "data.dev_stride=500"),
    )


def _characters(book: str, file: str, kind: str, updates: int, minutes: int) -> Row:
    return Row(
        name=f"text/char-{book}-{kind}",
        recipe="graves2013-text",
        minutes=minutes,
        judge=text.judge,
        data=f"{file}, characters; the last 10% for dev and test",
        files=(f"char-lm/{file}.txt.gz",),
        changes=(
            *(("model.skip=false",) if kind == "plain" else ()),
            f"training.max_updates={updates}",
        ),
        quick=_NEXT,
    )


def _units(kind: str, units: tuple[str, ...], updates: int, minutes: int) -> Row:
    """Shakespeare in other units than characters."""
    return Row(
        name=f"text/{kind}-shakespeare",
        recipe="graves2013-text",
        minutes=minutes,
        judge=text.judge,
        data=f"tinyshakespeare, {kind}; the last 10% for dev and test",
        files=("char-lm/tinyshakespeare.txt.gz",),
        changes=(*units, f"training.max_updates={updates}"),
        quick=_NEXT,
    )


def _words(kind: str) -> Row:
    return Row(
        name=f"text/wikitext-2-{kind}",
        recipe="graves2013-text",
        minutes=30,
        judge=text.judge,
        data="wikitext-2, words; the sets as given",
        files=("wikitext-2/train.txt.gz",),
        dev=("wikitext-2/valid.txt.gz",),
        test=("wikitext-2/test.txt.gz",),
        changes=(
            "data.tokens.kind=whitespace",
            "data.steps=35",
            "model.layers=2",
            *(("model.skip=false",) if kind == "plain" else ()),
            "model.embedding=128",
            "model.tied=true",
            "model.dropout=0.2",
            "training.metric=perplexity",
            "training.max_updates=1800",
            "training.validate_every=900",
        ),
        quick=(*_NEXT, "model.layers=2", "model.embedding=4"),
    )


def _drawings(kind: str, minutes: int) -> Row:
    return Row(
        name=f"handwriting/{kind}",
        recipe="graves2013-handwriting",
        minutes=minutes,
        judge=handwriting.judge,
        data="kanji: 10,000, 600 and 500 drawings",
        files=("strokes/kanji.npz",),
        changes=("model.readout={kind: gaussian}",) if kind == "gaussian" else (),
        quick=_NEXT[:1] + _NEXT[2:],
    )


ROWS = [
    *(_forecast(*each) for each in LSTM_WITH_ATTENTION),
    Row(
        name="convert-voice",
        recipe="convert-voice",
        minutes=15,
        judge=voice.judge,
        data="400 sentences, spoken by espeak-ng's adam and david; 50 more for dev, 50 for test",
        quick=("data.voices.sentences=8", *_SMALL),
    ),
    *(
        _characters(book, file, kind, updates=3000, minutes=36)
        for book, file in (("shakespeare", "tinyshakespeare"), ("peace", "war-and-peace"))
        for kind in ("skip", "plain")
    ),
    _units("bytes", ("data.tokens.kind=bytes",), updates=1500, minutes=18),
    _units(
        "subwords",
        ("data.tokens={kind: bpe, size: 1000}", "model.embedding=128"),
        updates=1300,
        minutes=18,
    ),
    *(_words(kind) for kind in ("skip", "plain")),
    *(_drawings(kind, 28) for kind in ("mixture", "gaussian")),
    Row(
        name=recognition.WRITER,
        recipe="graves2013-synthesis",
        minutes=82,
        judge=synthesis.judge,
        data="10,000 lines in Hershey's fonts by an unsteady hand; 500 more for dev, 500 for test",
        quick=(
            "data.lines=400",
            *_NEXT,
            "model.window.gaussians=2",
            "model.window.embedding=3",
        ),
    ),
    Row(
        name="recognise/speech",
        recipe="recognise",
        minutes=75,
        judge=recognition.judge,
        data="4,000 sentences spoken by ten variants of espeak-ng's voice; 200 more by another one for "
        "dev, 300 by a third for test",
        quick=("data.speech={train: 12, dev: 4, test: 4}", *_READER),
    ),
    Row(
        name="recognise/handwriting",
        recipe="recognise-handwriting",
        minutes=75,
        judge=recognition.judge_handwriting,
        data="10,000 lines in Hershey's fonts by an unsteady hand; 300 more for dev, 500 for test",
        changes=("training.max_epochs=12",),
        needs=(recognition.WRITER,),
        quick=("data.hershey={train: 12, dev: 4, test: 4}", *_READER),
    ),
]
