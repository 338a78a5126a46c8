"""The quality table as Markdown."""

from pathlib import Path
from typing import Any

from benchmarks.quality.rows import LANGUAGES, PUBLISHED_LSTM

Results = dict[str, dict[str, Any]]


def write_table(results: Results, path: Path) -> None:
    """Write what there is; rows that have not run are left out."""
    parts = [
        "# Quality on real data\n",
        "Single models, each answering with its recipe's beam search, made with "
        "`python -m benchmarks.quality`. Minutes are wall-clock training time, validation included, "
        "whatever else the machine was doing; CPU minutes are the process's own.\n",
        _pronunciation(results),
        _english(results),
        _translation(results),
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(part for part in parts if part), "utf-8")


def _value(result: dict[str, Any], metric: str) -> float:
    return float(result["scores"][metric]["value"])


def _cpu(result: dict[str, Any]) -> str:
    """Empty for a row that was trained in several sittings."""
    minutes = result.get("cpu_minutes")
    return "" if minutes is None else f"{minutes:.1f}"


def _interval(result: dict[str, Any], metric: str) -> str:
    score = result["scores"][metric]
    return f"{score['low']:.1f} to {score['high']:.1f}"


def _pronunciation(results: Results) -> str:
    done = [name for name in LANGUAGES if f"g2p15/{name}" in results]
    if not done:
        return ""
    rows = {name: results[f"g2p15/{name}"] for name in done}
    lines = [
        "## Pronunciation, 15 languages (SIGMORPHON 2020 task 1), test set, recipe `g2p`\n",
        "| language | WER | 95% interval | PER | published LSTM, WER | minutes | CPU minutes |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| {name} | {_value(row, 'wer'):.2f} | {_interval(row, 'wer')} | {_value(row, 'per'):.2f} "
            f"| {PUBLISHED_LSTM[name]:.2f} | {row['minutes']:.1f} | {_cpu(row)} |"
            for name, row in rows.items()
        ),
    ]
    mean = sum(_value(row, "wer") for row in rows.values()) / len(rows)
    per = sum(_value(row, "per") for row in rows.values()) / len(rows)
    published = sum(PUBLISHED_LSTM[name] for name in done) / len(done)
    minutes = sum(row["minutes"] for row in rows.values())
    lines.append(
        f"| **mean of {len(done)}** | **{mean:.2f}** | | **{per:.2f}** | {published:.2f} "
        f"| {minutes:.0f} in all | |\n"
    )
    return "\n".join(lines)


def _english(results: Results) -> str:
    if "cmudict" not in results:
        return ""
    row = results["cmudict"]
    return "\n".join(
        [
            "## English pronunciation (cmudict), test set, recipe `cmudict`\n",
            "| WER | 95% interval | PER | published | minutes | threads | epochs |",
            "|---|---|---|---|---|---|---|",
            f"| {_value(row, 'wer'):.2f} | {_interval(row, 'wer')} | {_value(row, 'per'):.2f} "
            f"| {row['published']} | {row['minutes']:.1f} | {row['threads']} | {row['epochs']} |\n",
        ]
    )


def _translation(results: Results) -> str:
    rows = [(name, row) for name, row in results.items() if name.startswith("multi30k/")]
    if not rows:
        return ""
    lines = [
        "## Translation (multi30k, test_2016_flickr), recipe `translate`\n",
        "| direction | BLEU, tokenised, lower-cased | 95% interval | BLEU, detokenised | chrF | published "
        "| minutes | threads | epochs |",
        "|---|---|---|---|---|---|---|---|---|",
        *(
            f"| {name.removeprefix('multi30k/')} | {_value(row, 'bleu_tokenised'):.2f} "
            f"| {_interval(row, 'bleu_tokenised')} | {_value(row, 'bleu'):.2f} | {_value(row, 'chrf'):.2f} "
            f"| {row['published']} | {row['minutes']:.1f} | {row['threads']} | {row['epochs']} |"
            for name, row in rows
        ),
    ]
    signatures = {
        row["scores"][name]["signature"]
        for _, row in rows
        for name in ("bleu_tokenised", "bleu", "chrf")
    }
    return "\n".join([*lines, "", *sorted(f"- `{signature}`" for signature in signatures), ""])
