"""The card of an export: what it is, how it was checked, and how to drive its graphs without seqloom."""

from importlib.resources import files
from string import Template

from onnx import ModelProto, TensorProto, ValueInfoProto

from seqloom.export.write import Graphs
from seqloom.models.artifact import Run
from seqloom.runtime import WEIGHTS, Checked, Description

_TYPES: dict[int, str] = {
    TensorProto.FLOAT: "float32",
    TensorProto.INT64: "int64",
    TensorProto.BOOL: "bool",
}

_MEANINGS = {
    "source": "token ids, `<eos>` last, `<pad>` after that",
    "lengths": "tokens of each source, `<eos>` counted",
    "limits": "tokens that each output may have, `<eos>` not counted",
    "min_length": "tokens that every output has at least; 0 asks for none",
    "tokens": "ids; what stands after the first `<eos>` of a row, or after its limit, is of no matter",
    "in tokens": "the last token of each hypothesis",
    "k": "how many candidates",
    "wanted": "a token whose log probability is asked for too; any will do",
    "candidates": "ids of the k likeliest next tokens, best first",
    "log_probs": "natural log p of each",
    "wanted_log_prob": "natural log p of the token asked for",
    "attention": "attention weights over the source",
    "memory": "fixed for a source",
    "state": "changes from step to step, a row for each hypothesis",
    "after": "the state for the next step",
}


def card(name: str, run: Run, about: Description, graphs: Graphs) -> str:
    """Markdown."""
    template = Template(files("seqloom.export").joinpath("card.md").read_text(encoding="utf-8"))
    recipe = run.recipe
    return template.substitute(
        name=name,
        recipe=f"{recipe.name} ({recipe.encoder.kind} encoder, {recipe.decoder.kind} decoder)",
        precision="8-bit weights, 32-bit arithmetic" if about.int8 else "32-bit",
        seqloom=about.seqloom,
        source_size=f"{about.source_vocabulary:,}",
        target_size=f"{about.target_vocabulary:,}",
        checked=_checked(about.checked),
        quality=_quality(about.checked) if about.int8 else "",
        encoder=_table(graphs.encoder),
        step=_table(graphs.step),
        greedy=_table(graphs.greedy),
        megabytes=f"{about.sizes[WEIGHTS] / 1e6:.1f} MB",
        copying=_COPYING if run.recipe.copying else "",
    )


_COPYING = """
This model copies. A source id s whose unit may be copied is given as s + V_s (c + 1): V_s is the size
of the source vocabulary, and c the unit's target id, or V_t + k if it is the k-th unit of the source
that the target vocabulary (of size V_t) does not have. Outputs from V_t on are such units.
"""


def _checked(checked: Checked) -> str:
    ties = f", {checked.ties:,} of them ties to 1e-4" if checked.ties else ""
    return (
        f"Before they were saved, the 32-bit graphs answered the {checked.on} ({checked.sources:,} "
        f"sources{ties}) by greedy search and by the recipe's own search: all tokens as the model says, "
        f"scores within {checked.largest:.1e}."
    )


def _quality(checked: Checked) -> str:
    same = f"Weights in 8 bits change {1 - checked.same:.2%} of the outputs."
    if not checked.scores:
        return f"\n{same}\n"
    rows = [
        f"| {name} | {value:.2f} | {checked.int8_scores[name]:.2f} |"
        for name, value in checked.scores.items()
    ]
    head = ["| | model | 8 bits |", "|---|---|---|"]
    return "\n".join(["", same, "", *head, *rows, ""])


def _table(model: ModelProto) -> str:
    head = ["| | name | type | shape | what |", "|---|---|---|---|---|"]
    into = [_row("in", value) for value in model.graph.input]
    return "\n".join([*head, *into, *(_row("out", value) for value in model.graph.output)])


def _row(way: str, value: ValueInfoProto) -> str:
    tensor = value.type.tensor_type
    shape = ", ".join(d.dim_param or str(d.dim_value) for d in tensor.shape.dim)
    kind = value.name.partition(".")[0]
    meaning = _MEANINGS.get(f"{way} {kind}") or _MEANINGS[kind]
    return f"| {way} | `{value.name}` | {_TYPES[tensor.elem_type]} | [{shape}] | {meaning} |"
