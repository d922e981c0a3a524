"""Faults that a test lays over the estate."""

from __future__ import annotations

from dataclasses import dataclass

from .wire import ErrorAnswer

_THROTTLED = {
    "s3": ErrorAnswer("SlowDown", "Please reduce your request rate.", 503),
    "ec2": ErrorAnswer("RequestLimitExceeded", "Request limit exceeded.", 503),
    "lambda": ErrorAnswer("TooManyRequestsException", "Rate exceeded", 429),
    "iam": ErrorAnswer("Throttling", "Rate exceeded", 400),
}
_THROTTLED_ELSE = ErrorAnswer("ThrottlingException", "Rate exceeded", 400)


def throttling(service: str) -> ErrorAnswer:
    """The way a service says that it is called too often."""
    return _THROTTLED.get(service, _THROTTLED_ELSE)


@dataclass
class Fault:
    """An error for matching calls; None stands for any, `left` counts down when given."""

    service: str
    operation: str | None
    account: str | None
    region: str | None
    error: ErrorAnswer
    left: int | None = None

    def hits(self, account: str, region: str, service: str, operation: str) -> bool:
        """Whether this fault meets a call, using up one of its times if it does."""
        met = (
            self.service == service
            and self.operation in (None, "*", operation)
            and self.account in (None, account)
            and self.region in (None, region)
            and self.left != 0
        )
        if met and self.left is not None:
            self.left -= 1
        return met
