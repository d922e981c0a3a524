"""Finds the collectors: every package is a provider, and every module of it one service."""

import pkgutil
from collections.abc import Collection, Iterator
from functools import cache
from importlib import import_module
from typing import TypeVar

from ..graph.garbage import gc_paused
from ..graph.model import Internet, Resource, UnknownResource
from .collector import Collector

T = TypeVar("T")


@cache
def providers() -> tuple[str, ...]:
    """The providers that there are collectors of, by name."""
    here = import_module(__package__)
    return tuple(sorted(each.name for each in pkgutil.iter_modules(here.__path__) if each.ispkg))


@cache
@gc_paused()
def collectors(provider: str) -> tuple[type[Collector], ...]:
    """The collectors of a provider, by service name. No cloud SDK is loaded."""
    found = [each for each in _defined(provider, Collector) if "service" in vars(each)]
    return tuple(sorted(found, key=lambda collector: collector.service))


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


@cache
@gc_paused()
def models() -> tuple[type[Resource], ...]:
    """Every resource model there is, by label.

    A module may hold models that no collector lists yet: what refers to such a label leads to a
    missing node, OUT_OF_SCOPE.
    """
    owned = [
        each
        for provider in providers()
        for each in _defined(provider, Resource)
        if "label" in vars(each)
    ]
    return tuple(sorted([*owned, Internet, UnknownResource], key=lambda model: model.label))


def _defined(provider: str, kind: type[T]) -> Iterator[type[T]]:
    """The subclasses of a class that the modules of a provider's package define."""
    package = import_module(f".{provider}", __package__)
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        for value in vars(import_module(module.name)).values():
            known = isinstance(value, type) and issubclass(value, kind)
            if known and value.__module__ == module.name:
                yield value
