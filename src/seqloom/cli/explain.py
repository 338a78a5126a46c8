"""`seqloom explain`: what the model looked at, in the terminal, as PNG, SVG and HTML, and as JSON.

Options that a model, or the others that were given, leave without a use are refused.
"""

from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from seqloom.cli.drawn import write_drawing, write_record
from seqloom.cli.explain_options import (
    OF_DOCUMENTS,
    OF_FRAMES,
    OF_PNG,
    OF_WINDOWS,
    check_pairs,
)
from seqloom.cli.offered import check_offered, check_used
from seqloom.cli.options import (
    Beam,
    Device,
    MaxLength,
    NBest,
    Prefix,
    Run,
    SearchSettings,
    With,
    search_settings,
)
from seqloom.cli.series import series_example
from seqloom.cli.unknown import Unknown
from seqloom.console.progress import stderr

_ERASING = "Taking parts of the source out, and seeing what the answer loses"
_DRAWING = "Writing by hand"


def explain(
    context: typer.Context,
    run: Run,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The source, or the document.")],
    feature: Annotated[
        list[str] | None,
        typer.Option(
            metavar="VALUE", help="A feature of the source, such as a language. Repeatable."
        ),
    ] = None,
    method: Annotated[
        Literal["attention", "gradient", "integrated", "gradient-norm", "occlusion"],
        typer.Option(
            help="attention: what it looked at. gradient: times input. integrated: gradients "
            "summed up from <unk> on. gradient-norm: what a small change would matter. occlusion: "
            "what is lost without each token. All but attention cost a hundred passes or more."
        ),
    ] = "attention",
    level: Annotated[
        Literal["piece", "word", "character"],
        typer.Option(help="What rows and columns are; what belongs together is added up."),
    ] = "piece",
    target: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT",
            help="Explain this output instead of those it would give; of a document, this label.",
        ),
    ] = None,
    erasing: Annotated[
        Literal["unk", "remove"],
        typer.Option(
            help="How occlusion and the faithfulness figure erase a source token, a word or a sentence."
        ),
    ] = "unk",
    gates: Annotated[
        bool, typer.Option("--gates", help="Gates and states of LSTMs and GRUs, token by token.")
    ] = False,
    neighbours: Annotated[
        int,
        typer.Option(
            metavar="N",
            min=0,
            help="Show for each output token the N training pairs of the nearest decoder states "
            "(after 'seqloom index RUN'); with --with, of each run that has an index.",
        ),
    ] = 0,
    json_file: Annotated[
        Path | None,
        typer.Option("--json", metavar="FILE", help="All that is shown, with offsets, as JSON."),
    ] = None,
    picture: Annotated[
        Literal["map", "deletion", "gates"],
        typer.Option(
            help="What --png and --svg show. deletion: log p while source tokens are erased, in the "
            "order of the map and in random ones. gates: of each layer, over time. --html has both "
            "below the map, the gates with --gates."
        ),
    ] = "map",
    png: Annotated[Path | None, typer.Option(metavar="FILE", help="The map as a picture.")] = None,
    svg: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The map as a drawing that scales.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="One page with all outputs, to point at.")
    ] = None,
    theme: Annotated[
        Literal["light", "dark"],
        typer.Option(help="The colours of --png; --svg and --html follow their reader's scheme."),
    ] = "light",
    tree: Annotated[
        bool, typer.Option("--tree", help="Show the search as a tree, and what else was likely.")
    ] = False,
    at: Annotated[
        str | None,
        typer.Option(
            metavar="ROW|DATE",
            help="Where TEXT is a file. Of a table to forecast: the row or date to begin with (default: "
            "the last whose future the table holds). Of records: the number of one, counted from 1.",
        ),
    ] = None,
    beam: Beam = None,
    nbest: NBest = None,
    prefix: Prefix = "",
    max_length: MaxLength = None,
    settings: SearchSettings = None,
    also: With = None,
    device: Device = "auto",
) -> None:
    """Show the attention behind an answer, or what else it owes to its source.

    The map has a row for each output token and a column for each source token.
    Below it stands how far to trust it: whether the source tokens that it names
    first, erased first, hurt the output more than others. With --prefix the answer
    begins with a text of yours, and what follows is the model's own.

    Of a document: the weight of each sentence in the margin, that of each word as shading.
    """
    from seqloom.api import as_pairs, load
    from seqloom.cli.documents import explain_document, is_classifier
    from seqloom.cli.explain_frames import explain_frames
    from seqloom.cli.explained import print_insides
    from seqloom.cli.next_step import explain_generator, is_generator
    from seqloom.cli.predict_frames import is_converter
    from seqloom.data.example import Example
    from seqloom.data.sources.row import feature_values

    model = load([run, *(also or [])], device)
    drawn = png is not None or (svg is not None and is_converter(model))
    check_used(context, "--theme", drawn, OF_PNG)
    if is_classifier(model):
        check_offered(context, model, *OF_DOCUMENTS)
        with stderr().status(_ERASING):
            explanation = model.explain(text, method, target=target, erasing=erasing)
        explain_document(explanation, png, html, json_file, theme)
        return
    if is_generator(model):
        check_offered(context, model, *OF_WINDOWS)
        with stderr().status(_DRAWING):
            window = model.explain(text)
        explain_generator(window, png, svg, html, json_file, theme)
        return
    if is_converter(model):
        check_offered(context, model, *OF_FRAMES)
        explain_frames(model.explain(text, at=at), png, svg, html, json_file, theme)
        return
    model = as_pairs(model, "explain")
    check_pairs(context, model, drawn=bool(png or svg), searched=target is None or tree)
    example = Example(text, features=feature_values(tuple(feature or ())))
    if model.recipe.series is not None:
        example = series_example(text, model, at)
    options = {"beam": beam, "nbest": nbest, "max_length": max_length}
    found = search_settings(model, settings, options)
    with stderr().status(_ERASING):
        explanation = model.explain(
            example,
            method,
            target=target,
            level=level,
            erasing=erasing,
            gates=gates or picture == "gates",
            neighbours=neighbours,
            prefix=prefix,
            **found,
        )
    result = explanation.result
    console = Console(highlight=False, markup=False)
    for place, output in enumerate(result.outputs):
        console.print(
            f"{result.source} → {output.text}  (log p {output.log_prob:.3f})", soft_wrap=True
        )
        if output.tokens:
            console.print(explanation.terminal(place))
        if explanation.insides and output.ids:
            print_insides(console, output.tokens, explanation.insides[place], gates=gates)
    if tree:
        from seqloom.explain.tree import print_trace

        print_trace(console, model.trace(example, prefix=prefix, **found))
    unknown = Unknown(model.codec.source)
    unknown.add(result.unknown, example.features)
    if summary := unknown.summary():
        typer.echo(summary, err=True)
    write_drawing(png, partial(explanation.png, picture=picture, theme=theme))
    write_drawing(svg, partial(explanation.svg, picture=picture))
    write_drawing(html, explanation.html)
    if json_file is not None:
        write_record(json_file, explanation.to_dict())
