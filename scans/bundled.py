"""The scan that Clew brings along, which ``clew demo`` shows."""

from functools import partial
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..graph.schema import Schema
    from ..graph.snapshot import Snapshot

DEMO = "demo"


def demo_file() -> Path:
    """The bundled scan, packed."""
    return Path(str(files(__package__) / "demo.json.xz"))


def open_demo(current: "Schema | None" = None) -> "Snapshot":
    """The bundled scan, which is unpacked into the cache when it is first asked for."""
    from ..graph.snapshot.kept import kept
    from ..graph.snapshot.packed import unpack

    packed = demo_file().read_bytes()
    name = f"{DEMO}-{sha256(packed).hexdigest()[:32]}"
    return kept(name, partial(unpack, packed), current, DEMO)
