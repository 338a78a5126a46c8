"""A static folder that shows and runs models in the browser: no server behind it but one for files.

    index.html, page.css, *.js    the page of `seqloom serve`, with another server.js
    local/                        search and tokenizers in JavaScript
    models/models.json            what /v1/models would say
    models/NAME/                  encoder.onnx, step.onnx, weights.safetensors, model.json (page_model.py)
    runtime/                      onnxruntime-web, copied from the installed npm package

A folder that is such a page already gets one model more, or that of the same name anew.
"""

import json
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import onnx

from seqloom.atomic import writing
from seqloom.config import Recipe, of_pairs, read_recipe
from seqloom.config.search import Search
from seqloom.config.tokens import Bytes, Characters, Subwords, Tokens, Whitespace, Words
from seqloom.errors import UserError
from seqloom.export.page_model import told
from seqloom.export.weights import move_weights
from seqloom.runtime import ENCODER, STEP, WEIGHTS, Description, read_description
from seqloom.text.pair import PairCodec

PACKAGE: Final = "onnxruntime-web"
RUNTIME: Final = ("dist/ort.wasm.bundle.min.mjs", "dist/ort-wasm-simd-threaded.wasm")
MODELS: Final = "models/models.json"
PAGE: Final = Path(__file__).parent.parent / "server" / "page"
_POLICY: Final = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; object-src 'none'; base-uri 'none'"
)
_CHARSET: Final = '<meta charset="utf-8">'


def write_page(exported: Path, out: Path, name: str, package: Path | None = None) -> None:
    """Add the exported model to the page in `out`, or make the page.

    package  the folder of onnxruntime-web; looked for if not given

    Raises UserError for a model that the page cannot run, and where there is no onnxruntime-web.
    """
    about = read_description(exported)
    recipe = of_pairs(read_recipe(exported / "config.yaml"), str(exported))
    check_possible(recipe, name)
    codec = PairCodec.load(exported, recipe.copying)
    model = _json(told(about, recipe, codec))
    found = find_package(package)
    known = _models(out)
    with writing(out):
        _write_model(exported, out / "models" / name, model)
        _write_files(out, found)
        known[name] = _entry(name, about, recipe, codec)
        (out / MODELS).write_text(_json(list(known.values())), encoding="utf-8")


def find_package(given: Path | None = None) -> Path:
    """The folder of onnxruntime-web: the one given, ./node_modules or npm's global one."""
    for folder in [given] if given else _candidates():
        if all((folder / file).is_file() for file in RUNTIME):
            return folder
    if given:
        raise UserError(
            f"{given}: must be the folder of the npm package {PACKAGE}, with {' and '.join(RUNTIME)}, "
            f"but it is not. Install it: npm install {PACKAGE}"
        )
    raise UserError(
        f"A page that runs models in the browser needs the npm package {PACKAGE}, but it is neither "
        f"in ./node_modules nor installed globally. Install it: npm install {PACKAGE}"
    )


def _candidates() -> Iterator[Path]:
    yield Path("node_modules", PACKAGE)
    npm = shutil.which("npm")
    if npm is not None:
        asked = subprocess.run([npm, "root", "-g"], capture_output=True, text=True, check=False)
        yield Path(asked.stdout.strip(), PACKAGE)


def check_possible(recipe: Recipe, name: str) -> None:
    """Raises UserError for a model that the page cannot run."""
    if not name or name.startswith(".") or set(name) & set('/\\:*?"<>|'):
        raise UserError(
            f"A model on a page needs a name that a folder can have, but '{name}' is none. Choose "
            "one with --name."
        )
    for side, tokens in (("source", recipe.source), ("target", recipe.target)):
        if not isinstance(tokens, Characters | Whitespace | Words | Bytes | Subwords):
            raise UserError(
                f"{side}.kind must be a kind of text, such as characters, for a page without a "
                f"server, but is {tokens.kind}. Use seqloom serve."
            )
    if setting := _unlike(recipe.search):
        raise UserError(
            f"search.{setting} must have its default for a page without a server, but is "
            f"{getattr(recipe.search, setting)}. Use seqloom serve, or change it in config.yaml."
        )


def _unlike(search: Search) -> str:
    """The first setting that beam search in the browser would not follow."""
    followed = {"groups", "sample", "no_repeat_ngram", "mbr", "replace_unknown"}
    fields = Search.model_fields
    return next((n for n in sorted(followed) if getattr(search, n) != fields[n].default), "")


def _models(out: Path) -> dict[str, Any]:
    """What is on the page already."""
    listed = out / MODELS
    if listed.is_file():
        entries: list[dict[str, Any]] = json.loads(listed.read_text(encoding="utf-8"))
        return {entry["name"]: entry for entry in entries}
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UserError(
            f"{out}: something else is there, and a page is only added to a page. Choose another "
            "folder with --out."
        )
    return {}


def _write_model(exported: Path, folder: Path, told: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    # The weights that only seqloom itself would read are left behind.
    graphs = {name: onnx.load(exported / name) for name in (ENCODER, STEP)}
    move_weights(graphs.values(), {}, folder / WEIGHTS)
    for name, graph in graphs.items():
        (folder / name).write_bytes(graph.SerializeToString())
    (folder / "model.json").write_text(told, encoding="utf-8")


def _entry(name: str, about: Description, recipe: Recipe, codec: PairCodec) -> dict[str, object]:
    return {
        "name": name,
        "kind": "pairs",
        "recipe": recipe.name,
        "description": recipe.description,
        "source": {**_tokens(codec.source.settings), "features": codec.source.vocabulary.features},
        "target": _tokens(codec.target.settings),
        "search": recipe.search.model_dump(mode="json"),
        "attention": about.attends,
        "max_source": recipe.data.max_source,
    }


def _tokens(tokens: Tokens) -> dict[str, object]:
    return tokens.model_dump(mode="json")


def _write_files(out: Path, package: Path) -> None:
    for source in _page_files():
        target = out / source.relative_to(PAGE)
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(source, target)
    (out / "local" / "server.js").replace(out / "server.js")
    index = (PAGE / "index.html").read_text(encoding="utf-8")
    policy = f'{_CHARSET}\n<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    (out / "index.html").write_text(index.replace(_CHARSET, policy, 1), encoding="utf-8")
    (out / "runtime").mkdir(exist_ok=True)
    for file in (*RUNTIME, "package.json"):
        shutil.copyfile(package / file, out / "runtime" / Path(file).name)


def _page_files() -> Iterable[Path]:
    return [
        file for file in sorted(PAGE.rglob("*")) if file.suffix in (".html", ".css", ".js", ".svg")
    ]


def _json(content: object) -> str:
    # Escaped, so that even what UTF-8 cannot hold is written.
    return json.dumps(content, separators=(",", ":"))
