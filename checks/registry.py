"""Finds the checks: modules below a provider's folder that define ``check`` or ``family``, here and
in own content."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

from ..content import Content, ContentError, content
from .check import Check

_HERE = Path(__file__).parent


def checks() -> dict[str, Check]:
    """All checks by id. A module declares one as ``check``, or several that are one rule with
    different data as ``family``.

    :raises ContentError: if own content is not what it should be, or takes an id that is taken.
    """
    return _checks(content())


def check_named(id_: str) -> Check | None:
    """The check with an id, None if there is none. If its module has its name no other is
    imported.

    :raises ContentError: if own content is not what it should be.
    """
    own = _own(content()).get(id_)
    named = _HERE.glob(f"*/*/{id_}.py") if id_.isidentifier() and own is None else ()
    for file in named:
        for check in _declared(_imported(file)):
            if check.id == id_:
                return check
    return checks().get(id_)


def file_of(check: Check) -> Path | None:
    """The file of own content that a check is from; None if Clew brings it."""
    return _files(content()).get(check.id)


@cache
def _checks(used: Content) -> dict[str, Check]:
    built_in = _built_in()
    own, files = _own(used), _files(used)
    if taken := sorted({*built_in} & {*own}):
        raise ContentError(
            f"{files[taken[0]]}: Clew has a check '{taken[0]}' already; choose another id."
        )
    return dict(sorted({**built_in, **own}.items()))


@cache
def _built_in() -> dict[str, Check]:
    # Found by their files, so that a folder without __init__.py hides none.
    found = [check for file in _HERE.glob("*/**/*.py") for check in _declared(_imported(file))]
    by_id = {check.id: check for check in found}
    if len(by_id) != len(found):
        raise ValueError("two checks have the same id")
    return by_id


def _own(used: Content) -> dict[str, Check]:
    return {check.id: check for check, _ in _found(used)}


def _files(used: Content) -> dict[str, Path]:
    return {check.id: file for check, file in _found(used)}


@cache
def _found(used: Content) -> tuple[tuple[Check, Path], ...]:
    """The checks of own content, each with its file."""
    found: dict[str, tuple[Check, Path]] = {}
    for folder in used.of("checks"):
        for file, module in folder.modules():
            for check in _declared_in(file, module):
                if check.id in found:
                    raise ContentError(
                        f"{file}: {found[check.id][1]} has a check '{check.id}' already; choose "
                        "another id."
                    )
                found[check.id] = check, file
    return tuple(found.values())


def _declared_in(file: Path, module: ModuleType) -> list[Check]:
    """The checks that a file of own content declares, which are one at least."""
    one, several = vars(module).get("check"), vars(module).get("family", ())
    declared = [*([] if one is None else [one]), *several]
    if not declared:
        raise ContentError(
            f"{file} declares no check: name it `check`, or several `family`. What only others "
            "import begins with `_`."
        )
    for each in declared:
        if not isinstance(each, Check):
            raise ContentError(f"{file}: what it declares is no Check but {type(each).__name__}.")
    return declared


def _declared(module: ModuleType) -> Iterator[Check]:
    """The checks that a module declares."""
    if isinstance(one := vars(module).get("check"), Check):
        yield one
    yield from vars(module).get("family", ())


def _imported(file: Path) -> ModuleType:
    parts = file.relative_to(_HERE).with_suffix("").parts
    names = parts[:-1] if parts[-1] == "__init__" else parts
    return import_module(".".join((__package__, *names)))
