"""A tiny experiment: read the letters backwards, with and without attention."""

from pathlib import Path

WORDS = ["a b", "b c", "c a", "a c", "b a", "c b", "a b c", "c b a", "b c a", "a a b c"]


def written(folder: Path, more: str = "") -> Path:
    """The experiment file; its data lies beside it."""
    for part in ("train", "dev", "test"):
        lines = (f"{word}\t{' '.join(reversed(word.split()))}\n" for word in WORDS)
        (folder / f"{part}.tsv").write_text("".join(lines), "utf-8")
    files = ", ".join(f"{part}: [$TOY/{part}.tsv]" for part in ("train", "dev", "test"))
    path = folder / "toy.yaml"
    path.write_text(
        f"""title: Backwards
tasks:
  letters: {{{files}}}
set: [training.max_epochs=2, encoder.hidden=8, decoder.hidden=8, search.beam=1,
      source.kind=whitespace, target.kind=whitespace]
rows:
  with attention: {{recipe: g2p}}
  without: {{recipe: g2p, set: [decoder.kind=sutskever]}}
seeds: [1, 2]
metrics: [per, perplexity]
lengths: [2]
{more}""",
        "utf-8",
    )
    return path
