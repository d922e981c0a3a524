"""What Clew has worked out once and can work out again: files that may be deleted at any time.

Other code may come to something else, so what is kept is named by the code that worked it out.
"""

import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from ..content import content
from .owner_only import owner_only

_COMPUTING = ("collectors", "graph")
"""The packages whose code decides on what is kept."""
_READ = (".py", ".yaml")
_DIGEST = sha256().digest_size


def cache_root() -> Path:
    """Where files are kept: ``CLEW_CACHE_DIR``, or the user's cache."""
    if named := os.environ.get("CLEW_CACHE_DIR"):
        return Path(named)
    from platformdirs import user_cache_path

    return user_cache_path("clew", appauthor=False)


def code_digest(*more: str) -> str:
    """Identifies the code that is running, with the techniques and models that it declares, and
    own content; ``more`` are further packages that decide."""
    return _code_digest(content().digest, more)


@cache
def _code_digest(own: str, more: tuple[str, ...]) -> str:
    root = Path(__file__).parents[1]
    found = sha256((_code_digest(own, ()) if more else own).encode())
    for package in more or _COMPUTING:
        for name in sorted(_code_in(root / package)):
            found.update(f"{package}/{name}\0".encode())
            found.update(sha256((root / package / name).read_bytes()).digest())
    return found.hexdigest()[:32]


def _code_in(package: Path) -> Iterator[str]:
    """The files below a folder that code is read from, by their paths in it. Every command waits
    for it, and paths as objects would take twice as long."""
    for folder, _, files in os.walk(package):
        below = os.path.relpath(folder, package).replace(os.sep, "/")
        yield from (f"{below}/{file}" for file in files if file.endswith(_READ))


def keep(file: Path, write: Callable[[Path], object]) -> None:
    """Writes a file next to its place and renames it into it, so that it is there whole or not at
    all, for its owner alone. Where nothing can be written nothing is kept."""
    with suppress(OSError), owner_only():
        file.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".new-", dir=file.parent) as folder:
            new = Path(folder) / file.name
            write(new)
            new.replace(file)


def sealed(content: bytes) -> bytes:
    """A file's content with what tells later whether it is whole."""
    packed = zlib.compress(content, 1)
    return sha256(packed).digest() + packed


def unsealed(written: bytes) -> bytes:
    """What was :func:`sealed`.

    :raises ValueError: if it is not whole.
    """
    digest, packed = written[:_DIGEST], written[_DIGEST:]
    if sha256(packed).digest() != digest:
        raise ValueError("a file in the cache is damaged")
    return zlib.decompress(packed)


def recalled(file: Path, work_out: Callable[[], bytes], most: int) -> bytes:
    """What a file holds; where it is not there or not whole it is worked out and kept. Of the files
    in its folder stay the ``most`` that were used last."""
    try:
        found = unsealed(file.read_bytes())
    except (OSError, ValueError):
        found = work_out()
        keep(file, lambda new: new.write_bytes(sealed(found)))
        prune(file.parent, most)
    else:
        with suppress(OSError):
            file.touch()
    return found


def prune(folder: Path, most: int) -> None:
    """Removes all files of a folder but those that were used last."""
    with suppress(OSError):
        files = [each for each in folder.iterdir() if each.is_file()]
        files.sort(key=lambda each: each.stat().st_mtime, reverse=True)
        for each in files[most:]:
            each.unlink(missing_ok=True)
