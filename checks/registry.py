"""Finds the checks: modules below a provider's folder that define ``check`` or ``family``."""

import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

from .check import Check


@cache
def checks() -> dict[str, Check]:
    """All checks by id. A module declares one as ``check``, or several that are one rule with
    different data as ``family``."""
    package = import_module(__package__)
    found: list[Check] = []
    for module_info in pkgutil.walk_packages(package.__path__, f"{__package__}."):
        found += _declared(import_module(module_info.name))
    by_id = {check.id: check for check in sorted(found, key=lambda check: check.id)}
    if len(by_id) != len(found):
        raise ValueError("two checks have the same id")
    return by_id


def check_named(id_: str) -> Check | None:
    """The check with an id, None if there is none. If its module has its name no other is
    imported."""
    here = Path(__file__).parent
    for file in here.glob(f"*/*/{id_}.py") if id_.isidentifier() else ():
        parts = file.relative_to(here).with_suffix("").parts
        for check in _declared(import_module(".".join((__package__, *parts)))):
            if check.id == id_:
                return check
    return checks().get(id_)


def _declared(module: ModuleType) -> Iterator[Check]:
    """The checks that a module declares."""
    if isinstance(one := vars(module).get("check"), Check):
        yield one
    yield from vars(module).get("family", ())
