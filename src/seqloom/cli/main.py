"""The command line: `seqloom COMMAND`.

Each command has a file of its own and imports what is heavy only when it runs, so that help and
completion answer at once and need no torch. What a user can mend ends in one line and status 2;
anything else is a bug and shows its traceback.
"""

import io
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from seqloom.cli.align import align
from seqloom.cli.compare import compare
from seqloom.cli.demo import demo
from seqloom.cli.evaluate import evaluate
from seqloom.cli.explain import explain
from seqloom.cli.export import export
from seqloom.cli.generate import generate
from seqloom.cli.index import index
from seqloom.cli.info import info
from seqloom.cli.predict import predict
from seqloom.cli.rerank import rerank
from seqloom.cli.score import score
from seqloom.cli.serve import serve
from seqloom.cli.train import train
from seqloom.errors import MissingExtra, UserError
from seqloom.extras import BROUGHT
from seqloom.tuning import tune


class Commands(TyperGroup):
    """All commands, and the one place where their errors end."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except UserError as error:
            _fail(error)
        except ModuleNotFoundError as missing:
            if (missing.name or "").partition(".")[0] not in BROUGHT["train"]:
                raise
            _fail(MissingExtra(f"seqloom {ctx.invoked_subcommand}", "train"))
        except KeyboardInterrupt:
            typer.echo("seqloom: interrupted.", err=True)
            raise typer.Exit(130) from None


def _fail(error: UserError) -> None:
    """Always a single line, whatever was put into the message."""
    message = " ".join(str(error).splitlines())
    typer.echo(f"seqloom: error: {message}", err=True)
    raise typer.Exit(2) from None


app = typer.Typer(
    name="seqloom",
    cls=Commands,
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start with: seqloom demo",
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"seqloom {version('seqloom')}")
        raise typer.Exit()


@app.callback()
def seqloom(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Sequence-to-sequence models with attention: train, evaluate and explain your own."""


def _example(text: str) -> str:
    return f"Example: {text}"


app.command(epilog=_example("seqloom train g2p --data words.tsv --out runs/words"))(train)
app.command(epilog=_example("seqloom predict runs/words words.txt --beam 5 --scores"))(predict)
app.command(epilog=_example("seqloom evaluate runs/words test.tsv --json scores.json"))(evaluate)
app.command(epilog=_example('seqloom explain runs/words "가감" --png map.png'))(explain)
app.command(epilog=_example("seqloom index runs/words words.tsv"))(index)
app.command(epilog=_example("seqloom align runs/words pairs.tsv --gold links.txt"))(align)
app.command(epilog=_example("seqloom export runs/words --to onnx --out words"))(export)
app.command(epilog=_example("seqloom generate runs/strokes --samples 20 --out sheet.svg"))(generate)
app.command(epilog=_example("seqloom score runs/words pairs.tsv --tokens"))(score)
app.command(epilog=_example("seqloom rerank runs/words nbest.txt --sources words.txt"))(rerank)
app.command(epilog=_example("seqloom serve runs/words --port 8000"))(serve)
app.command(epilog=_example("seqloom compare experiment.yaml --jobs 2"))(compare)
app.command(epilog=_example("seqloom info g2p"))(info)
app.command(epilog=_example("seqloom demo --out runs/demo"))(demo)


def main() -> None:
    """The entry point. Text is UTF-8 wherever it comes from and goes to."""
    tune()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    app()
