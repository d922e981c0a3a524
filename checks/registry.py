"""Finds the checks: modules below a provider's folder that define ``check`` or ``family``."""

import pkgutil
from functools import cache
from importlib import import_module

from .check import Check


@cache
def checks() -> dict[str, Check]:
    """All checks by id. A module declares one as ``check``, or several that are one rule with
    different data as ``family``."""
    package = import_module(__package__)
    found: list[Check] = []
    for module_info in pkgutil.walk_packages(package.__path__, f"{__package__}."):
        module = vars(import_module(module_info.name))
        found += [module["check"]] if isinstance(module.get("check"), Check) else []
        found += module.get("family", ())
    by_id = {check.id: check for check in sorted(found, key=lambda check: check.id)}
    if len(by_id) != len(found):
        raise ValueError("two checks have the same id")
    return by_id
