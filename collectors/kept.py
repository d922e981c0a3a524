"""What is worked out of the files of an SDK: once, for all scans."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from ..graph.cache import cache_root, code_digest, recalled

_MOST = 400
"""How many files are kept: those of a few versions of an SDK."""


def kept(kind: str, source: Path, work_out: Callable[[bytes], bytes]) -> bytes:
    """What is worked out of a file's content; kept as long as that file and this code are the same.

    :raises FileNotFoundError: if there is no such file.
    """
    state = source.stat()
    known = f"{code_digest()} {source} {state.st_mtime_ns} {state.st_size}"
    file = cache_root() / kind / sha256(known.encode()).hexdigest()[:32]
    return recalled(file, lambda: work_out(source.read_bytes()), _MOST)
