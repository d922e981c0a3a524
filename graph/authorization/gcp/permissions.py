"""Permissions, whose names policies write in two forms, and roles."""

import re
from collections.abc import Iterable
from functools import cache

from ...logic import Truth, any_of

_OTHERWISE_CALLED = {"cloudresourcemanager": "resourcemanager"}
"""Services that permissions call otherwise than their hosts do."""
_HOST = ".googleapis.com/"
_PERMISSION = re.compile(
    r"(?:[a-z][a-z0-9-]*|[a-z][a-z0-9.-]*(?=/))[./]\w+(?:\.\w+)+", flags=re.ASCII
)


@cache
def permission(text: str) -> str:
    """A permission as roles name it: ``SERVICE.RESOURCE.VERB``, also if it is written
    ``SERVICE.googleapis.com/RESOURCE.VERB``."""
    service, host, rest = text.partition(_HOST)
    return f"{_OTHERWISE_CALLED.get(service, service)}.{rest}" if host else text


def is_permission(text: str) -> bool:
    """Whether a text has the form of a permission."""
    return _PERMISSION.fullmatch(permission(text)) is not None


def names(pattern: str, asked: str) -> Truth:
    """Whether a denial names a permission. ``*`` stands for all resources or verbs of a service,
    or for all verbs of a resource; what else may be meant by it is not known."""
    pattern = permission(pattern)
    if "*" not in pattern:
        return pattern == asked
    service, resource, verb = _parts(pattern)
    asked_service, asked_resource, asked_verb = _parts(asked)
    if "*" not in service and service != asked_service:
        return False
    if "*" in service or not all(each == "*" or "*" not in each for each in (resource, verb)):
        return None
    return resource in ("", "*", asked_resource) and verb in ("*", asked_verb)


def _parts(text: str) -> tuple[str, str, str]:
    """Service, resource and verb. Services of others than Google are recognized by their host."""
    service, _, rest = text.partition("/" if "/" in text else ".")
    resource, _, verb = rest.rpartition(".")
    return service, resource, verb


def any_names(patterns: Iterable[str] | None, asked: str) -> Truth:
    """Whether one of some patterns names a permission; None if that is not known."""
    return None if patterns is None else any_of(names(each, asked) for each in patterns)
