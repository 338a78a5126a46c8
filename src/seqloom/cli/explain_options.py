"""Which options of `seqloom explain` a model has a use for, and which of them need others."""

from typing import TYPE_CHECKING

import typer

from seqloom.cli.offered import check_used

if TYPE_CHECKING:
    from seqloom.model import Model

OF_DOCUMENTS = ("--method", "--target", "--erasing", "--png", "--html", "--json", "--theme")
OF_WINDOWS = ("--png", "--svg", "--html", "--json", "--theme")
OF_FRAMES = ("--png", "--svg", "--html", "--json", "--at", "--theme")
OF_PNG = "the colours of a PNG picture. Add --png FILE."
_OF_FILES = "picks a record of a file, but this model reads a text. Leave it out."
_OF_TEXTS = "for models that read a text, but this one reads a file. Leave it out."
_OF_PICTURES = (
    "says what --png and --svg show. Add one of them; --html shows the deletion curve by itself, and gates "
    "with --gates."
)
_OF_SEARCH = "says how an output is looked for, but --target gives one. Leave one of the two out."


def check_pairs(context: typer.Context, model: "Model", *, drawn: bool, searched: bool) -> None:
    """Raises UserError for an option that would change nothing.

    drawn     whether there is a PNG picture or a drawing
    searched  whether outputs are looked for
    """
    series = model.recipe.series is not None
    check_used(context, "--at", series, _OF_FILES)
    check_used(context, "--feature", not series, _OF_TEXTS)
    check_used(context, "--picture", drawn, _OF_PICTURES)
    for name in ("--beam", "--nbest", "--prefix", "--max-length", "--set"):
        check_used(context, name, searched, _OF_SEARCH)
