"""Own content: checks, queries, techniques and collectors in addition to those that Clew brings.

They lie in folders as Clew's own do: ``checks/CLOUD/SERVICE/ID.py``, ``queries/THEME/NAME.cypher``,
``techniques/CLOUD/ID.yaml``, ``collectors/CLOUD/SERVICE.py``. A folder that holds any of these four
is named by the option ``--content``, by :func:`use_content`, or in ``CLEW_CONTENT``. Installed
packages name theirs by entry points: one of the group ``clew.checks`` is the name of a package that
holds what ``checks`` would, and so for the others.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Literal, get_args

from .errors import ClewError

Kind = Literal["checks", "collectors", "queries", "techniques"]
KINDS: tuple[Kind, ...] = get_args(Kind)
VARIABLE = "CLEW_CONTENT"
"""Names folders in the environment, separated as those of ``PATH``."""

_SUFFIXES = frozenset({".py", ".cypher", ".yaml"})


class ContentError(ClewError):
    """Something of a team's own content is not what it should be; the message names the file."""


@dataclass(frozen=True)
class ContentFolder:
    """A folder with content of one kind."""

    kind: Kind
    path: Path
    package: str
    """What its modules are imported from."""

    def files(self, suffix: str) -> list[Path]:
        """Its files, at whatever depth, by name."""
        return sorted(
            file for file in self.path.rglob(f"*{suffix}") if "__pycache__" not in file.parts
        )

    def modules(self) -> Iterator[tuple[Path, ModuleType]]:
        """Its modules with their files. What begins with ``_`` is there for the others, which
        import it.

        :raises ContentError: if one cannot be imported.
        """
        for file in self.files(".py"):
            if not file.name.startswith("_"):
                yield file, self._imported(file)

    def _imported(self, file: Path) -> ModuleType:
        parts = file.relative_to(self.path).with_suffix("").parts
        for part in parts:
            if not part.isidentifier():
                raise ContentError(f"{file}: '{part}' cannot be the name of a module; rename it.")
        try:
            return import_module(".".join((self.package, *parts)))
        except ContentError:
            raise
        except Exception as error:
            raise ContentError(f"{file}: {type(error).__name__}: {error}") from error


@dataclass(frozen=True)
class Content:
    """All that is brought along."""

    folders: tuple[ContentFolder, ...] = ()

    def of(self, kind: Kind) -> tuple[ContentFolder, ...]:
        """The folders of a kind."""
        return tuple(each for each in self.folders if each.kind == kind)

    @property
    def digest(self) -> str:
        """Identifies it; empty if there is none."""
        return _digest(self)


_used: tuple[str, ...] = ()
"""The folders that :func:`use_content` named."""


def use_content(*folders: str | os.PathLike[str]) -> None:
    """Uses the content of these folders, in addition to that of installed packages and of
    CLEW_CONTENT, in this process from now on; those that were named before are no longer used.

    :raises ContentError: if one is no such folder.
    """
    global _used
    before, _used = _used, tuple(os.fspath(folder) for folder in folders)
    try:
        content()
    except ContentError:
        _used = before
        raise


@contextmanager
def using(*folders: str) -> Iterator[None]:
    """Uses the content of these folders too, meanwhile.

    :raises ContentError: if one is no such folder.
    """
    if not folders:
        yield
        return
    before = _used
    use_content(*before, *folders)
    try:
        yield
    finally:
        use_content(*before)


def content() -> Content:
    """The content that is used.

    :raises ContentError: if a folder or a package that was named is not there.
    """
    named = [each for each in os.environ.get(VARIABLE, "").split(os.pathsep) if each]
    return _content(tuple(dict.fromkeys(str(Path(each).absolute()) for each in (*named, *_used))))


@cache
def _content(named: tuple[str, ...]) -> Content:
    own = (each for folder in named for each in _within(Path(folder)))
    return Content((*own, *_installed()))


def _within(folder: Path) -> Iterator[ContentFolder]:
    """The folders of each kind in one that a user named."""
    there = [kind for kind in KINDS if (folder / kind).is_dir()]
    if not folder.is_dir():
        raise ContentError(f"There is no folder {folder} with own content.")
    if not there:
        raise ContentError(f"{folder} holds no own content: no folder {', '.join(KINDS)} in it.")
    root = f"clew_content_{sha256(os.fsencode(folder)).hexdigest()[:12]}"
    if root not in sys.modules:
        # A package of its own, so that modules can import each other; with folders that have no
        # __init__.py too.
        package = ModuleType(root, "Own content.")
        package.__path__ = [str(folder)]
        sys.modules[root] = package
    for kind in there:
        yield ContentFolder(kind, folder / kind, f"{root}.{kind}")


def _installed() -> Iterator[ContentFolder]:
    """The folders that installed packages name."""
    from importlib.metadata import entry_points

    for kind in KINDS:
        for point in sorted(entry_points(group=f"clew.{kind}"), key=lambda point: point.value):
            said = f"The entry point {point.name} = {point.value} of the group clew.{kind}"
            try:
                package = import_module(point.value)
            except Exception as error:
                raise ContentError(f"{said} fails: {type(error).__name__}: {error}") from error
            if not hasattr(package, "__path__"):
                raise ContentError(f"{said} names a module; it must name a package.")
            for folder in package.__path__:
                yield ContentFolder(kind, Path(folder), point.value)


@cache
def _digest(content: Content) -> str:
    if not content.folders:
        return ""
    found = sha256()
    for folder in content.folders:
        files = (file for file in folder.path.rglob("*") if file.suffix in _SUFFIXES)
        for file in sorted(files):
            name = f"{folder.kind}/{file.relative_to(folder.path).as_posix()}"
            found.update(f"{name}\0{sha256(file.read_bytes()).hexdigest()}\0".encode())
    return found.hexdigest()[:32]
