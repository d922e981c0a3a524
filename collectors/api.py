"""The recorder between a collector and a cloud: every call ends as a coverage record."""

import asyncio
import threading
from collections import deque
from collections.abc import (
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ..graph.model import Coverage, ListingStatus, Location, Resource, Status
from .failure import Failure

T = TypeVar("T")
R = TypeVar("R")

_EVERY_LABEL = ""


class ScanCancelledError(Exception):
    """The scan was interrupted; running collectors end at their next call."""


class Limits:
    """The one bound on concurrent calls that all collectors of a scan share."""

    def __init__(self, concurrency: int) -> None:
        self.concurrency = concurrency
        self._calls = threading.BoundedSemaphore(concurrency)
        self._pool = ThreadPoolExecutor(concurrency, thread_name_prefix="clew-detail")
        self._cancelled = threading.Event()

    @contextmanager
    def call(self) -> Iterator[None]:
        """Holds one of the places for calls."""
        if self._cancelled.is_set():
            raise ScanCancelledError
        with self._calls:
            yield

    @asynccontextmanager
    async def async_call(self) -> AsyncIterator[None]:
        """The same for a call in an event loop, which goes on while this one waits."""
        while not self._calls.acquire(blocking=False):
            await asyncio.sleep(0.005)
        try:
            if self._cancelled.is_set():
                raise ScanCancelledError
            yield
        finally:
            self._calls.release()

    def map(self, work: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        """Does the work on the items at the same time; answers in their order."""
        return self._pool.map(work, items)

    def cancel(self) -> None:
        """Lets no further call begin."""
        self._cancelled.set()

    def close(self) -> None:
        """Ends the threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)


@dataclass
class Api:
    """What a collector reads through, in one account and region; a provider's own subclass adds
    how its SDK is called.

    A failed call never raises into the collector: a listing ends early and marks its labels as
    not fully read, a detail answers None. Programming errors do raise.
    """

    provider: str
    service: str
    here: Location
    limits: Limits
    records: dict[str, Coverage] = field(default_factory=dict)
    reads: list[ListingStatus] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _incomplete: dict[str, tuple[str, Failure]] = field(default_factory=dict)

    def classify(self, error: Exception) -> Failure | None:
        """What an SDK's exception means; None if it does not come from the cloud."""
        raise NotImplementedError

    @contextmanager
    def listing(
        self, models: tuple[type[Resource], ...], through: Mapping[str, Sequence[str]]
    ) -> Iterator[None]:
        """Notes, at its end, whether the labels of these models were listed whole.

        ``through`` names, by label, those that it is listed through: it is as incomplete as they.
        """
        self._incomplete = {}
        try:
            yield
        except ScanCancelledError:
            raise
        except Exception as error:
            crash = ("-", Failure.named_after(error, str(error)))
            self._incomplete = {model.label: crash for model in models}
            raise
        finally:
            whole = ("", Failure(Status.OK, "", ""))
            for model in models:
                operation, failure = self._why_incomplete(model.label, through) or whole
                self.reads.append(
                    ListingStatus(
                        model.label,
                        self.here.account,
                        self.here.region,
                        failure.status,
                        operation,
                        failure.code,
                    )
                )

    def list_through(
        self,
        operation: str,
        pages: Callable[[], Iterable[Iterable[T]]],
        lists: type[Resource] | None = None,
    ) -> Iterator[T]:
        """The items of a listing's pages; a failure ends it and leaves its labels incomplete: all
        that the method lists, or the one model that this call ``lists``."""
        with self._recorded_listing(operation, lists):
            for page in self._fetched(pages):
                yield from page

    def read_through(
        self,
        operation: str,
        call: Callable[[], T],
        absent: Iterable[str] = (),
        empty: Any = None,
        lists: type[Resource] | None = None,
    ) -> T | Any | None:
        """A detail's answer; ``empty`` if it ends with an ``absent`` code, None if it fails.

        A detail that also ``lists`` resources leaves their label incomplete if it fails.
        """
        try:
            with self.limits.call():
                answer = call()
        except Exception as error:
            return self._failed_read(operation, error, absent, empty, lists)
        self.record(operation)
        return answer

    def each(self, work: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        """The work on each item, several at a time, in the items' order."""
        return self.limits.map(work, list(items))

    async def close(self) -> None:
        """Ends what is held open, in the event loop that the loaders ran in."""

    def fail(self, operation: str, error: Exception) -> Failure:
        """Records a failed call; raises what does not come from the cloud."""
        failure = None if isinstance(error, ScanCancelledError) else self.classify(error)
        if failure is None:
            raise error
        self.record(operation, failure)
        return failure

    def leave_out(
        self, operation: str, error: Exception, lists: type[Resource] | None = None
    ) -> None:
        """Records that something of a listing cannot be used: its labels are incomplete."""
        self._leave_incomplete(operation, self.fail(operation, error), lists)

    def record_crash(self, loader: str, error: Exception) -> None:
        """Records that a collector's own code failed."""
        self.record(loader, Failure.named_after(error, str(error)))

    def record(self, operation: str, failure: Failure | None = None) -> None:
        """Records how a call ended; of several calls of one operation the worst one stands."""
        status, code, message = failure or Failure(Status.OK, "", "")
        with self._lock:
            before = self.records.get(operation)
            record = Coverage(
                self.provider,
                self.service,
                operation,
                self.here.account,
                self.here.region,
                status,
                code,
                " ".join(message.split()),
            )
            self.records[operation] = record if before is None else _worse(before, record)

    @contextmanager
    def _recorded_listing(self, operation: str, lists: type[Resource] | None) -> Iterator[None]:
        try:
            yield
            self.record(operation)
        except Exception as error:
            self.leave_out(operation, error, lists)

    def _failed_read(
        self,
        operation: str,
        error: Exception,
        absent: Iterable[str],
        empty: Any,
        lists: type[Resource] | None,
    ) -> Any | None:
        """What stands for the answer of a detail that failed."""
        failure = self.classify(error)
        if failure and failure.code in absent:
            self.record(operation)
            return empty
        failure = self.fail(operation, error)
        if lists:
            self._leave_incomplete(operation, failure, lists)
        return None

    def _leave_incomplete(
        self, operation: str, failure: Failure, lists: type[Resource] | None
    ) -> None:
        label = lists.label if lists else _EVERY_LABEL
        with self._lock:
            self._incomplete.setdefault(label, (operation, failure))

    def _why_incomplete(
        self, label: str, through: Mapping[str, Sequence[str]]
    ) -> tuple[str, Failure] | None:
        """The call that left a label incomplete, or one of those that it is listed through."""
        own = self._incomplete.get(label) or self._incomplete.get(_EVERY_LABEL)
        above = (self._why_incomplete(parent, through) for parent in through.get(label, ()))
        return own or next(filter(None, above), None)

    def _fetched(self, pages: Callable[[], Iterable[T]]) -> Iterator[T]:
        """Iterates with a place for calls held only while the next page is fetched."""
        iterator = iter(pages())
        while True:
            with self.limits.call():
                try:
                    page = next(iterator)
                except StopIteration:
                    return
            yield page


class AsyncApi(Api):
    """An api whose SDK runs in an event loop: the same recording, for loaders that are async."""

    async def async_list_through(
        self,
        operation: str,
        pages: Callable[[], AsyncIterable[Iterable[T]]],
        lists: type[Resource] | None = None,
    ) -> AsyncIterator[T]:
        """What :meth:`list_through` does."""
        with self._recorded_listing(operation, lists):
            iterator = aiter(pages())
            while True:
                async with self.limits.async_call():
                    try:
                        page = await anext(iterator)
                    except StopAsyncIteration:
                        break
                for item in page:
                    yield item

    async def async_read_through(
        self,
        operation: str,
        call: Callable[[], Awaitable[T]],
        absent: Iterable[str] = (),
        empty: Any = None,
        lists: type[Resource] | None = None,
    ) -> T | Any | None:
        """What :meth:`read_through` does."""
        try:
            async with self.limits.async_call():
                answer = await call()
        except Exception as error:
            return self._failed_read(operation, error, absent, empty, lists)
        self.record(operation)
        return answer

    async def async_each(
        self, work: Callable[[T], Awaitable[R]], items: Iterable[T]
    ) -> AsyncIterator[R]:
        """What :meth:`each` does."""
        running: deque[asyncio.Future[R]] = deque()
        try:
            for item in items:
                if len(running) == self.limits.concurrency:
                    yield await running.popleft()
                running.append(asyncio.ensure_future(work(item)))
            while running:
                yield await running.popleft()
        finally:
            for future in running:
                future.cancel()


def _worse(one: Coverage, other: Coverage) -> Coverage:
    """The worse of two records; of equally bad ones always the same, whichever came first."""
    if one.status == other.status:
        return min(one, other)
    return one if Status.worst([one.status, other.status]) == one.status else other
