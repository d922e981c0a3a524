"""The files that the explorer is made of. They are served as they are: there is no build step."""

from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent / "static"
PAGE = "index.html"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


class StaticFile(NamedTuple):
    """A file to send."""

    content_type: str
    content: bytes


def static_file(path: str) -> StaticFile | None:
    """The file of a path in the address; None if there is none. Only what lies in the folder has a
    path, whatever the path's parts are."""
    known = {
        f"/{file.relative_to(ROOT).as_posix()}": file
        for file in ROOT.rglob("*")
        if file.suffix in _TYPES
    }
    file = known.get("/" + PAGE if path == "/" else path)
    return None if file is None else StaticFile(_TYPES[file.suffix], file.read_bytes())
