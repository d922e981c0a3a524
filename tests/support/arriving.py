"""What arrives over HTTP in this process, changed while some calls of an api are made."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from typing import Any
from unittest.mock import patch

import httpx
from botocore.httpsession import URLLib3Session
from clew.collectors.api import Api, AsyncApi
from requests.adapters import HTTPAdapter

Change = Callable[[bytes], bytes]

_change: ContextVar[Change | None] = ContextVar("change", default=None)
"""What is made of the bodies that arrive here."""
_END = object()


@contextmanager
def changed_on_arrival(hits: Callable[[Api, str], bool], change: Change) -> Iterator[None]:
    """Changes the bodies of what an api's operations are answered, where ``hits`` says so."""
    with ExitStack() as stack:
        for kind, method, around in (
            (Api, "list_through", _around_each),
            (Api, "read_through", _around),
            (AsyncApi, "async_list_through", _async_around_each),
            (AsyncApi, "async_read_through", _async_around),
        ):
            wrapped = _where(hits, change, getattr(kind, method), around)
            stack.enter_context(patch.object(kind, method, wrapped))
        for kind, method, wrap in (
            (HTTPAdapter, "send", _sends),
            (URLLib3Session, "send", _sends),
            (httpx.AsyncHTTPTransport, "handle_async_request", _handles),
        ):
            stack.enter_context(patch.object(kind, method, wrap(getattr(kind, method))))
        yield


def _where(
    hits: Callable[[Api, str], bool], change: Change, original: Any, around: Callable[..., Any]
) -> Any:
    def through(api: Api, operation: str, call: Any, *more: Any, **named: Any) -> Any:
        asked = around(call, change) if hits(api, operation) else call
        return original(api, operation, asked, *more, **named)

    return through


@contextmanager
def _changing(change: Change) -> Iterator[None]:
    before = _change.set(change)
    try:
        yield
    finally:
        _change.reset(before)


def _around(call: Callable[[], Any], change: Change) -> Callable[[], Any]:
    def read() -> Any:
        with _changing(change):
            return call()

    return read


def _around_each(call: Callable[[], Any], change: Change) -> Callable[[], Iterator[Any]]:
    """What is done between two items is not changed."""

    def items() -> Iterator[Any]:
        with _changing(change):
            found = iter(call())
        while True:
            with _changing(change):
                item = next(found, _END)
            if item is _END:
                return
            yield item

    return items


def _async_around(call: Callable[[], Any], change: Change) -> Callable[[], Any]:
    async def read() -> Any:
        with _changing(change):
            return await call()

    return read


def _async_around_each(call: Callable[[], Any], change: Change) -> Callable[[], AsyncIterator[Any]]:
    async def items() -> AsyncIterator[Any]:
        found = aiter(call())
        while True:
            with _changing(change):
                item = await anext(found, _END)
            if item is _END:
                return
            yield item

    return items


def _sends(original: Any) -> Any:
    def send(*arguments: Any, **named: Any) -> Any:
        response, change = original(*arguments, **named), _change.get()
        if change and response.status_code == 200 and response.content:
            response._content = change(response.content)
        return response

    return send


def _handles(original: Any) -> Any:
    async def handle(*arguments: Any, **named: Any) -> Any:
        response, change = await original(*arguments, **named), _change.get()
        if not change or not response.is_success:
            return response
        kind = {"content-type": response.headers.get("content-type", "")}
        return httpx.Response(
            response.status_code, headers=kind, content=change(await response.aread())
        )

    return handle
