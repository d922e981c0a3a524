"""What an export format is: one text, or a folder of files."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from ...errors import ClewError
from .flattening import Flattened, Written


class ExportError(ClewError):
    """A graph cannot be written in a format; the message says why and what to do."""


@dataclass(frozen=True)
class TextFormat:
    """A format that is one text."""

    name: str
    write: Callable[[Flattened, TextIO], Written]
    """Writes a graph to a stream, element by element.

    :raises ExportError: before anything is written, if the format cannot hold the graph."""


@dataclass(frozen=True)
class FolderFormat:
    """A format that is several files."""

    name: str
    write: Callable[[Flattened, Path], Written]
    """Writes a graph into an empty folder, element by element."""


Format = TextFormat | FolderFormat
