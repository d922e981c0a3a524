"""Finds the collectors: every package is a provider, and every module of it one service. Own
content has folders of the providers, for further services."""

import pkgutil
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import NoReturn, TypeVar

from ..content import Content, ContentError, content
from ..graph.garbage import gc_paused
from ..graph.model import ExternalSubject, Internet, Resource, UnknownResource
from .collector import Collector

T = TypeVar("T")


@cache
def providers() -> tuple[str, ...]:
    """The providers that there are collectors of, by name."""
    here = import_module(__package__)
    return tuple(sorted(each.name for each in pkgutil.iter_modules(here.__path__) if each.ispkg))


def collectors(provider: str) -> tuple[type[Collector], ...]:
    """The collectors of a provider, by service name. No cloud SDK is loaded.

    :raises ContentError: if own content is not what it should be, or takes a name that is taken.
    """
    return _collectors(provider, content())


@cache
@gc_paused()
def _collectors(provider: str, used: Content) -> tuple[type[Collector], ...]:
    found: dict[str, type[Collector]] = {}
    for module in _modules(provider, used):
        for each in _defined(module, Collector):
            if "service" in vars(each):
                if each.service in found:
                    _refuse(each, f"a collector of {provider} {each.service}")
                found[each.service] = each
    return tuple(found[service] for service in sorted(found))


def permissions(provider: str, services: Collection[str] = ()) -> list[str]:
    """What the collectors of these services need, sorted; if none are named, what a whole scan
    does, which finds the provider's accounts first."""
    named = import_module(f".{provider}.permissions", __package__)
    needed: set[str] = set() if services else set(named.PERMISSIONS)
    for each in collectors(provider):
        if not services or each.service in services:
            needed.update(each.permissions)
    return sorted(needed)


def permission_of(provider: str, call: str) -> str:
    """What a call needs, given as ``service:Operation``; empty if it needs nothing."""
    named = import_module(f".{provider}.permissions", __package__)
    service, _, operation = call.partition(":")
    needed: str = named.permission_of(service, operation)
    return needed


def models() -> tuple[type[Resource], ...]:
    """Every resource model there is, by label.

    A module may hold models that no collector lists yet: what refers to such a label leads to a
    missing node, OUT_OF_SCOPE.

    :raises ContentError: if own content is not what it should be, or takes a label that is taken.
    """
    return _models(content())


@cache
@gc_paused()
def _models(used: Content) -> tuple[type[Resource], ...]:
    found: dict[str, type[Resource]] = {
        model.label: model for model in (ExternalSubject, Internet, UnknownResource)
    }
    for provider in providers():
        for module in _modules(provider, used):
            for each in _defined(module, Resource):
                if "label" in vars(each):
                    if each.label in found:
                        _refuse(each, f"a label {each.label}")
                    found[each.label] = each
    return tuple(found[label] for label in sorted(found))


@cache
def _modules(provider: str, used: Content) -> tuple[ModuleType, ...]:
    """The modules of a provider: Clew's, then those of own content."""
    package = import_module(f".{provider}", __package__)
    names = [each.name for each in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")]
    return (*map(import_module, names), *_own(used).get(provider, ()))


@cache
def _own(used: Content) -> Mapping[str, Sequence[ModuleType]]:
    """The modules of own content by provider."""
    found: dict[str, list[ModuleType]] = {}
    for folder in used.of("collectors"):
        for file, module in folder.modules():
            provider = file.relative_to(folder.path).parts[0]
            if provider not in providers():
                raise ContentError(
                    f"{file} is in no folder of a cloud that Clew connects to: "
                    f"{', '.join(providers())}."
                )
            if not any(True for kind in (Collector, Resource) for _ in _defined(module, kind)):
                raise ContentError(
                    f"{file} defines no collector and no model. What only others import begins "
                    "with `_`."
                )
            found.setdefault(provider, []).append(module)
    return found


def _refuse(second: type, what: str) -> NoReturn:
    file = getattr(sys.modules[second.__module__], "__file__", second.__module__)
    raise ContentError(f"{file}: there is {what} already; choose another name.")


def _defined(module: ModuleType, kind: type[T]) -> Iterator[type[T]]:
    """The subclasses of a class that a module defines."""
    for value in vars(module).values():
        known = isinstance(value, type) and issubclass(value, kind)
        if known and value.__module__ == module.__name__:
            yield value
