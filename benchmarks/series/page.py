"""docs/series.md: tables, pictures and commands of the rows that have run."""

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from benchmarks.series.row import Result, Row

Results = Mapping[str, Result]
Cells = Callable[[Row, Result], Sequence[str]]

INTRODUCTION = """# Sequences that are not text, on real and on made data

Made with `python -m benchmarks.series`: a row is one training run, judged on its test set, seed 1.
Minutes are wall-clock training time, validation included, whatever else the machine was doing; CPU
minutes are those of the whole row on one core, judging included; they are missing where a run was
killed and went on. Only what was run is here. In the commands, SEQLOOM_DATA is the folder with the data
sets.
"""


def write_page(rows: Iterable[Row], results: Results, folders: Path, page: Path) -> None:
    """Write what there is; pictures of the folders are copied to `images` beside the page."""
    done = [(row, results[row.name]) for row in rows if row.name in results]
    parts = [INTRODUCTION, *(section for make in SECTIONS if (section := make(done)))]
    page.parent.mkdir(parents=True, exist_ok=True)
    for row, result in done:
        for name in result["pictures"]:
            made, target = folders / row.name / name, page.parent / picture(row, name)
            if made.exists():  # a result that was kept has its pictures beside the page already
                target.parent.mkdir(exist_ok=True)
                shutil.copyfile(made, target)
    if curves := _curves(done):
        from benchmarks.series.pictures import learning

        (page.parent / LEARNING).parent.mkdir(exist_ok=True)
        learning(curves, "dev set, bits per character", page.parent / LEARNING)
    page.write_text("\n".join(parts), encoding="utf-8")


def picture(row: Row, name: str) -> str:
    """Where a picture of a row is, from the page."""
    return f"images/series-{row.name.replace('/', '-')}-{name}"


Done = Sequence[tuple[Row, Result]]
LEARNING = "images/series-text-learning.png"


def _curves(done: Done) -> dict[str, list[tuple[int, float]]]:
    """Of the rows on characters, as far as their results have one."""
    return {
        row.name.removeprefix("text/"): result["curve"]
        for row, result in _of(done, "text/char-")
        if result.get("curve")
    }


def _of(done: Done, prefix: str) -> list[tuple[Row, Result]]:
    return [(row, result) for row, result in done if row.name.startswith(prefix)]


def _section(title: str, text: str, done: Done, header: Sequence[str], cells: Cells) -> str:
    """A table, the pictures, the texts and the commands of some rows; empty without rows."""
    if not done:
        return ""
    names = ["row", *header, "parameters", "updates", "minutes", "CPU minutes"]
    lines = [_line(names), "|---" * len(names) + "|"]
    lines += [_line([row.name, *cells(row, result), *_cost(result)]) for row, result in done]
    data = "\n".join(dict.fromkeys(f"Data: {row.data}." for row, _ in done))
    parts = [f"## {title}\n", f"{text}{data}\n", "\n".join(lines) + "\n"]
    for row, result in done:
        parts += [_shown(row, name, caption) for name, caption in result["pictures"].items()]
        parts += [_told(row, said) for said in result["texts"].values()]
    commands = "\n".join(result["command"] for _, result in done)
    return "\n".join([*parts, f"```bash\n{commands}\n```\n"])


def _figure(scores: Mapping[str, float], name: str, form: str = ".3f") -> str:
    """Empty where a run of before this was measured has none."""
    return f"{scores[name]:{form}}" if name in scores else ""


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cost(result: Result) -> list[str]:
    return [
        f"{result['parameters']:,}",
        f"{result['updates']:,}",
        f"{result['minutes']:.0f}",
        "" if result["cpu_minutes"] is None else f"{result['cpu_minutes']:.0f}",
    ]


def _shown(row: Row, name: str, caption: str) -> str:
    return f"![{row.name}, {Path(name).stem}]({picture(row, name)})\n\n{row.name}: {caption}\n"


def _told(row: Row, said: str) -> str:
    quoted = "\n".join(f"    {line}".rstrip() for line in said.splitlines())
    return f"{row.name}, of its own at temperature 0.7:\n\n{quoted}\n"


def _forecasts(done: Done) -> str:
    def cells(row: Row, result: Result) -> Sequence[str]:
        scores, others = result["scores"], row.published
        return [
            f"{scores['mse']:.3f} / {scores['mae']:.3f}",
            f"{others['mse']:.3f} / {others['mae']:.3f}",
            f"{scores['mse_plain']:.3f} / {scores['mae_plain']:.3f}",
            _figure(scores, "coverage", ".1%"),
        ]

    return _section(
        "Forecasts with attention",
        "MSE / MAE of standardised values over all test windows, steps and columns; multi: all seven "
        "columns, uni: the oil temperature alone; the number is of hours ahead. LSTMa is the LSTM with "
        "attention in Zhou et al. 2021. Within 10-90%: the share of what came that lay between the "
        "quantiles at 10% and 90% of its forecast, over every 23rd test window; 80% if the mixture knew "
        "exactly how unsure it is. ",
        _of(done, "forecast/"),
        ["MSE / MAE", "LSTMa, published", "last value repeated", "within 10-90%"],
        cells,
    )


def _voices(done: Done) -> str:
    def cells(row: Row, result: Result) -> Sequence[str]:
        ours, plain = result["scores"]["distance"], result["scores"]["distance_plain"]
        return [f"{ours:.2f}", f"{plain:.2f}", f"{ours / plain:.2f}"]

    return _section(
        "Voice conversion",
        "The mel distance to the target voice (metrics/frames.py), on sentences never heard. ",
        _of(done, "convert-voice"),
        ["converted", "unconverted", "ratio"],
        cells,
    )


def _texts(done: Done) -> str:
    def cells(row: Row, result: Result) -> Sequence[str]:
        scores = result["scores"]
        return [
            f"{scores['bits per character']:.3f}",
            f"{scores['perplexity per token']:.2f}",
            f"{scores['tokens']:,}",
        ]

    section = _section(
        "Text, the next token",
        "On the test set, read in 16 lanes side by side: each begins with an empty state, which is then "
        "carried on from token to token. Bits are divided by the characters of the text, ends of lines "
        "included, whatever the units: across characters, bytes and subwords of one text they compare "
        "(mind the numbers of updates), and perplexities do not. skip: with Graves' connections from the "
        "input to every layer and from every layer to the readout, plain: without. ",
        _of(done, "text/"),
        ["bits per character", "perplexity per token", "test tokens"],
        cells,
    )
    return section + _learnt(done) + _beside_words(done)


def _learnt(done: Done) -> str:
    if not _curves(done):
        return ""
    return (
        f"\n![text, learning]({LEARNING})\n\nCharacters: the dev set while training, with skip "
        "connections (solid) and without (dashed).\n"
    )


def _beside_words(done: Done) -> str:
    """How far from published word models a budget of minutes leads."""
    from benchmarks.series.rows import SMALLEST_LSTM, WORD_LSTMS

    ours = [
        f"{row.name}: {result['updates']:,} updates, {result['cpu_minutes']:.0f} minutes of one CPU core, "
        f"lead to {found:.1f}, {found / SMALLEST_LSTM:.1f} times that of the smallest of them."
        for row, result in _of(done, "text/wikitext-2")
        if (found := result["scores"]["perplexity per token"])
    ]
    if not ours:
        return ""
    published = f"Test perplexities on wikitext-2 in the index of gluon-nlp: {WORD_LSTMS}."
    return "\n" + "\n".join([published, *ours]) + "\n"


_STANDARD, _UNITS = "(standardised)", "(units of the data)"
_UNIGRAM = " of a unigram model"


def _handwriting(done: Done) -> str:
    def cells(row: Row, result: Result) -> Sequence[str]:
        scores = result["scores"]
        names = [f"nats per {of} {unit}" for unit in (_STANDARD, _UNITS) for of in _PER]
        return [_figure(scores, name + whose) for whose in ("", _UNIGRAM) for name in names]

    header = [f"per {of}, {unit}" for unit in ("standardised", "data") for of in _PER]
    return _section(
        "Handwriting, the next point",
        "-log p in nats on the test set, of standardised points and in units of the data (a density's: "
        "less is better, and it may be negative). The unigram model knows the moves of the training "
        "set, and nothing of what came before. ",
        _of(done, "handwriting/"),
        [*header, *(f"unigram, {name}" for name in header)],
        cells,
    )


_PER = ("point", "drawing")


def _synthesis(done: Done) -> str:
    def cells(row: Row, result: Result) -> Sequence[str]:
        return [f"{result['scores'][f'nats per {of} {_STANDARD}']:.3f}" for of in _PER]

    return _section(
        "Handwriting of a text",
        "",
        _of(done, "synthesis/"),
        ["nats per point, standardised", "nats per line, standardised"],
        cells,
    )


def _recognition(done: Done) -> str:
    def cells(row: Row, result: Result) -> Sequence[str]:
        scores = result["scores"]
        return [
            f"{scores['cer']:.2f} ({scores['cer, low']:.2f} to {scores['cer, high']:.2f})",
            f"{scores['monotonicity']:.1%}",
            f"{scores['sequences']:,}",
        ]

    return _section(
        "Recognition",
        "Character error rate in percent with its 95% interval; monotone: the share of the steps whose "
        "attention does not go back. ",
        _of(done, "recognise/"),
        ["CER", "monotone", "test sequences"],
        cells,
    ) + _legibility(done)


def _legibility(done: Done) -> str:
    """How often lines that the synthesis row wrote are misread."""
    for row, result in _of(done, "recognise/handwriting"):
        scores: dict[str, float] = result["scores"]
        biases = [name for name in scores if name.startswith("written") and name.endswith("cer")]
        lines = [
            f"| {name.removeprefix('written at bias ').removesuffix(', cer')} | {scores[name]:.2f} "
            f"| {scores[f'{name}, low']:.2f} to {scores[f'{name}, high']:.2f} |"
            for name in biases
        ]
        return "\n".join(
            [
                f"\nLegibility: {scores['lines written']:.0f} lines never seen in training, written by "
                f"the synthesis row and read by {row.name}.\n",
                "| bias | CER | 95% interval |",
                "|---|---|---|",
                *lines,
                "",
            ]
        )
    return ""


SECTIONS = (_forecasts, _voices, _texts, _handwriting, _synthesis, _recognition)
