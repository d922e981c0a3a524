"""Finds the collectors: every module of a provider's package is one service."""

import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import TypeVar

from ..graph.model import Internet, Resource, UnknownResource
from .collector import Collector

PROVIDERS = ("aws", "azure", "gcp", "entra")

T = TypeVar("T")


@cache
def collectors(provider: str) -> tuple[type[Collector], ...]:
    """The collectors of a provider, by service name. No cloud SDK is loaded."""
    found = [each for each in _defined(provider, Collector) if "service" in vars(each)]
    return tuple(sorted(found, key=lambda collector: collector.service))


@cache
def models() -> tuple[type[Resource], ...]:
    """Every resource model there is, by label.

    A module may hold models that no collector lists yet: what refers to such a label leads to a
    missing node, OUT_OF_SCOPE.
    """
    owned = [
        each
        for provider in PROVIDERS
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
