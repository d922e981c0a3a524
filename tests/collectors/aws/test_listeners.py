"""The SDK's events, shared among clients."""

from copy import copy
from typing import Any

import botocore.hooks
import botocore.session
import pytest
from clew.collectors.aws.listeners import shared


def heard(events: Any, event: str) -> int:
    return len(events.emit(event))


def listen(**_: Any) -> str:
    return "heard"


def events_of_a_session() -> Any:
    return botocore.session.Session().get_component("event_emitter")


def test_what_one_copy_listens_for_no_other_hears() -> None:
    events = shared(events_of_a_session())
    one, other = copy(events), copy(events)
    one.register("a.b", listen)
    assert (heard(one, "a.b"), heard(other, "a.b"), heard(events, "a.b")) == (1, 0, 0)
    events.register("a", listen)
    assert (heard(one, "a.b"), heard(copy(events), "a.b")) == (1, 1)
    one.unregister("a.b", listen)
    assert heard(one, "a.b") == 0


@pytest.mark.parametrize("gone", ["_PrefixTrie", "_MIDDLE", "HierarchicalEmitter"])
def test_another_sdk_s_events_stay_as_they_are(monkeypatch: pytest.MonkeyPatch, gone: str) -> None:
    events = events_of_a_session()
    monkeypatch.delattr(botocore.hooks, gone)
    assert shared(events) is events


def test_handlers_that_are_kept_in_another_way_stay_as_they_are() -> None:
    events = events_of_a_session()
    events._emitter._handlers._root = {"kept": "elsewhere"}
    assert shared(events) is events
