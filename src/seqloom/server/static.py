"""The page in the browser: files of one folder, sent as they are."""

import re
from pathlib import Path

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse

_NAME = re.compile(r"[A-Za-z0-9_-]+\.(html|js|css|svg)")
_TYPES = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
}


def add_page(app: FastAPI, folder: Path) -> None:
    """`/` is index.html; beside it only scripts, styles and drawings of the same folder."""

    @app.get("/", include_in_schema=False)
    async def index() -> FileResponse:
        return _file(folder, "index.html")

    @app.get("/{name}", include_in_schema=False)
    async def file(name: str) -> FileResponse:
        return _file(folder, name)


def _file(folder: Path, name: str) -> FileResponse:
    found = _NAME.fullmatch(name)
    path = folder / name
    if found is None or not path.is_file():
        raise HTTPException(404)
    return FileResponse(path, media_type=_TYPES[found[1]], headers={"cache-control": "no-cache"})
