"""What a collector is: a service's resource models, and how each of them is listed."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any, ClassVar, TypeVar

from ..graph.model import Resource

Loader = Callable[[Any, Any], Iterator[Resource] | AsyncIterator[Resource]]
F = TypeVar("F", bound=Loader)
Model = type[Resource]


def lists(
    *models: Model, through: Mapping[Model, Model | tuple[Model, ...]] | None = None
) -> Callable[[F], F]:
    """Marks the method of a collector that lists all resources of these models.

    A listing call that fails in the method leaves these models, and no others, incompletely read
    in that account and region; one that ``lists`` a single model leaves that one so, and those
    that are only listed ``through`` it: the targets of rules that are not known are not either.
    """
    parents = {
        model.label: tuple(one.label for one in (named if isinstance(named, tuple) else (named,)))
        for model, named in (through or {}).items()
    }

    def mark(method: F) -> F:
        method.models = models  # type: ignore[attr-defined]
        method.through = parents  # type: ignore[attr-defined]
        return method

    return mark


class Collector:
    """One cloud service. It knows nothing of other services.

    A subclass has one method for each listing, marked with :func:`lists`, which yields resources
    from what the provider's api object reads.
    """

    provider: ClassVar[str]
    service: ClassVar[str]
    """The service's name, as its SDK and its module call it."""
    regional: ClassVar[bool] = True
    """Whether the service answers for each region on its own, or once for an account."""
    permissions: ClassVar[tuple[str, ...]] = ()
    """The actions a scan must be allowed to do, all of them reading."""

    @classmethod
    def loaders(cls) -> list[Loader]:
        """The listing methods, in the order they are written in."""
        return [value for value in vars(cls).values() if hasattr(value, "models")]

    @classmethod
    def models(cls) -> tuple[type[Resource], ...]:
        """The resource models the collector owns."""
        return tuple(model for loader in cls.loaders() for model in loader.models)  # type: ignore[attr-defined]

    def exists(self, api: Any, label: str, key: str) -> bool | None:  # noqa: ARG002
        """Whether a resource with a globally unique key exists at all, no matter who owns it.

        Asked after collection for keys that none of the scanned accounts owns; None is unknown.
        """
        return None
