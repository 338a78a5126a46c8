"""`seqloom serve`: models over HTTP, and the page to look at them with."""

import logging
import os
from pathlib import Path
from typing import Annotated

import typer

from seqloom.errors import UserError

_LOCAL = {"127.0.0.1", "::1", "localhost"}


def serve(
    runs: Annotated[
        list[Path],
        typer.Argument(
            metavar="RUN...",
            help="Run folders or exported models; NAME=FOLDER to choose what one is called.",
        ),
    ],
    host: Annotated[
        str, typer.Option(help="The address to listen at; 0.0.0.0 is every one of this machine.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8000,
    workers: Annotated[
        int, typer.Option(min=1, max=256, metavar="N", help="Processes that answer.")
    ] = 1,
    threads: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="N", help="Threads of each. Default: the cores, shared by the workers."
        ),
    ] = None,
    token: Annotated[
        str,
        typer.Option(
            envvar="SEQLOOM_TOKEN",
            show_envvar=True,
            show_default=False,
            help="Clients must send it: Authorization: Bearer TOKEN. Better given in the environment.",
        ),
    ] = "",
    queue: Annotated[
        int, typer.Option(min=1, metavar="N", help="Sources that may wait; more get status 429.")
    ] = 1024,
    batch: Annotated[
        int, typer.Option(min=1, metavar="N", help="Sources answered together; 1 merges none.")
    ] = 32,
    deadline: Annotated[
        float, typer.Option(min=0.1, metavar="S", help="Seconds until an answer is given up.")
    ] = 30.0,
    max_body: Annotated[
        int, typer.Option(min=1, metavar="BYTES", help="The largest request.")
    ] = 1_000_000,
    max_sources: Annotated[
        int, typer.Option(min=1, metavar="N", help="Sources in one request.")
    ] = 256,
    max_source: Annotated[
        int, typer.Option(min=1, metavar="N", help="Characters of one source.")
    ] = 2_000,
    cors: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ORIGIN",
            help="A web page elsewhere that may ask, such as https://example.org. Repeatable.",
        ),
    ] = None,
    watch: Annotated[
        float,
        typer.Option(
            min=0, metavar="S", help="Seconds between looks for new weights; 0 never looks."
        ),
    ] = 1.0,
    log_text: Annotated[
        bool, typer.Option("--log-text", help="Write what is asked into the log, too.")
    ] = False,
    open_page: Annotated[
        bool, typer.Option("--open", help="Show the page in the browser.")
    ] = False,
) -> None:
    """Answer over HTTP, and show a page to explore the models with.

    Ctrl-C or SIGTERM lets those be answered who have asked; SIGHUP loads the models anew.
    """
    from seqloom.extras import needs
    from seqloom.server.settings import Limits, Settings

    with needs("serve", "seqloom serve"):
        from seqloom.server.serve import serve as answer

    settings = Settings(
        models=_named(runs),
        host=host,
        port=port,
        workers=workers,
        threads=threads or max(1, (os.cpu_count() or 1) // workers),
        token=token,
        origins=tuple(cors or ()),
        log_text=log_text,
        watch=watch,
        limits=Limits(
            body=max_body,
            sources=max_sources,
            characters=max_source,
            queue=queue,
            batch=batch,
            deadline=deadline,
        ),
    )
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.INFO)
    if host not in _LOCAL and not token:
        typer.echo(f"Anyone who reaches {host} may ask: there is no --token.", err=True)

    def started(address: str) -> None:
        typer.echo(f"{', '.join(settings.models)} at {address}")
        if open_page:
            typer.launch(address)

    answer(settings, started)


def _named(runs: list[Path]) -> dict[str, Path]:
    """The folders by name. Raises UserError if two have one name."""
    models: dict[str, Path] = {}
    for run in runs:
        name, equals, folder = str(run).partition("=")
        chosen = bool(equals) and not run.exists()
        path = Path(folder) if chosen else run
        called = name if chosen else path.resolve().name
        if called in models:
            raise UserError(
                f"Models must have different names, but two are called '{called}'. Name one: "
                f"NAME={path}"
            )
        models[called] = path
    return models
