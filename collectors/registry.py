"""Finds the collectors: every module of a provider's package is one service."""

import pkgutil
from functools import cache
from importlib import import_module

from ..graph.model import Internet, Resource, UnknownResource
from .collector import Collector

PROVIDERS = ("aws", "azure", "gcp", "entra")


@cache
def collectors(provider: str) -> tuple[type[Collector], ...]:
    """The collectors of a provider, by service name. No cloud SDK is loaded."""
    package = import_module(f".{provider}", __package__)
    found = [
        value
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")
        for value in vars(import_module(module.name)).values()
        if isinstance(value, type) and issubclass(value, Collector) and "service" in vars(value)
        if value.__module__ == module.name
    ]
    return tuple(sorted(found, key=lambda collector: collector.service))


@cache
def models() -> tuple[type[Resource], ...]:
    """Every resource model there is, by label."""
    owned = [
        model
        for provider in PROVIDERS
        for collector in collectors(provider)
        for model in collector.models()
    ]
    return tuple(sorted([*owned, Internet, UnknownResource], key=lambda model: model.label))
