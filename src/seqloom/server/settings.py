"""How the service runs, and what it takes from a client."""

from dataclasses import dataclass, field
from pathlib import Path

PAGE = Path(__file__).with_name("page")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may ask for, and how much may wait.

    body        bytes of a request
    sources     sources, or pairs, in a request
    characters  of a source, a target, a prefix or a phrase
    queue       sources that may wait for a worker; more are answered with 429
    batch       sources that are answered together
    deadline    seconds until an answer that is not there is given up
    """

    body: int = 1_000_000
    sources: int = 256
    characters: int = 2_000
    queue: int = 1_024
    batch: int = 32
    deadline: float = 30.0


@dataclass(frozen=True, slots=True)
class Settings:
    """How the service runs.

    models    a name for each folder
    workers   processes that answer
    threads   of each worker
    token     what a client has to know; anyone may ask if not given
    origins   web pages that may ask from a browser, besides our own
    log_text  whether sources are written into the log
    watch     seconds between two looks at the folders; 0 never looks
    page      the folder of the page in the browser
    """

    models: dict[str, Path]
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    threads: int = 1
    token: str = ""
    origins: tuple[str, ...] = ()
    log_text: bool = False
    watch: float = 1.0
    page: Path = PAGE
    limits: Limits = field(default_factory=Limits)
