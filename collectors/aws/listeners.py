"""The SDK's events: what clients listen for, shared among all of them as far as it is the same.

Left alone, the SDK copies some hundred handlers for each client, and works out in each what every
event is called.
"""

from collections.abc import Sequence
from copy import copy
from typing import Any


def shared(events: Any) -> Any:
    """A session's events, whose copies, one a client, share what is the same in them. What is
    registered with a copy is in no other. With an SDK that keeps them in another way they are as
    they were: sharing saves time, and nothing else."""
    try:
        sharing = _shared(events)
        copy(sharing).register("before-send", _nothing)
    except (AttributeError, KeyError, TypeError):
        return events
    return sharing


def _nothing(**_: Any) -> None:
    """Listens, and does nothing."""


def _shared(events: Any) -> Any:
    from botocore import hooks

    private: Any = hooks

    class Handlers(private._PrefixTrie):  # type: ignore[misc]
        """Handlers by the parts of their events' names; what changes is copied first."""

        _root: dict[str, Any]

        def __copy__(self) -> "Handlers":
            twin = type(self)()
            twin._root = self._root
            return twin

        def append_item(self, key: str, value: Any, section: int = private._MIDDLE) -> None:
            self._root = _copied_along(self._root, key.split("."))
            super().append_item(key, value, section)

        def remove_item(self, key: str, value: Any) -> None:
            self._root = _copied_along(self._root, key.split("."))
            super().remove_item(key, value)

    class Emitter(private.HierarchicalEmitter):  # type: ignore[misc]
        """Takes handlers as they are: they are the SDK's own and Clew's."""

        def _verify_accept_kwargs(self, func: Any) -> None:
            pass

    class Events(private.EventAliaser):  # type: ignore[misc]
        """Knows what an event is called once one of the copies has worked it out."""

        def __init__(self, emitter: Any, aliases: Any, known: dict[str, str]) -> None:
            super().__init__(emitter, aliases)
            self._alias_name_cache = known

        def __copy__(self) -> "Events":
            return type(self)(copy(self._emitter), self._event_aliases, self._alias_name_cache)

    own = copy(events._emitter)
    handlers, emitter = Handlers(), Emitter()
    handlers._root = own._handlers._root
    emitter.__dict__ = {**vars(own), "_handlers": handlers, "_lookup_cache": {}}
    return Events(emitter, events._event_aliases, {})


def _copied_along(node: dict[str, Any], parts: Sequence[str]) -> dict[str, Any]:
    """A tree whose nodes along these parts are copies, and all others the same."""
    twin = {**node, "values": copy(node["values"]), "children": {**node["children"]}}
    if parts and parts[0] in twin["children"]:
        twin["children"][parts[0]] = _copied_along(twin["children"][parts[0]], parts[1:])
    return twin
