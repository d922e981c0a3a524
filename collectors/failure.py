"""How a call failed, and what the codes that clouds answer with mean."""

from dataclasses import dataclass
from typing import NamedTuple, Self

from ..graph.model import Status


class Failure(NamedTuple):
    """How a call failed, in the cloud's own words."""

    status: Status
    code: str
    message: str

    @classmethod
    def named_after(cls, error: Exception, message: str, status: Status = Status.ERROR) -> Self:
        """The failure of a call that got no answer: its code is the exception's name."""
        return cls(status, type(error).__name__, message)


class AnswerError(Exception):
    """An answer says that all went well, and yet does not tell what was asked: it is malformed,
    says itself that it is not whole, or its pages never end."""

    def __init__(self, code: str, message: str, status: Status = Status.ERROR) -> None:
        super().__init__(message)
        self.code = code
        self.status = status

    @classmethod
    def malformed(cls, message: str) -> Self:
        """It is not what the API answers."""
        return cls("MalformedAnswer", message)

    @property
    def failure(self) -> Failure:
        """What a call that was answered so ended with."""
        return Failure(self.status, self.code, str(self))


@dataclass(frozen=True)
class ErrorCodes:
    """A cloud's error codes by what they mean. Each stands for all that begin with it; the HTTP
    status counts as well."""

    throttled: tuple[str, ...] = ()
    unsupported: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()

    def failure(self, code: str, http: int | None, message: str) -> Failure:
        """What an answer with this code and HTTP status means."""
        if http == 429 or code.startswith(self.throttled):
            status = Status.THROTTLED
        elif http == 501 or code.startswith(self.unsupported):
            status = Status.UNSUPPORTED
        elif http in (401, 403) or code.startswith(self.denied):
            status = Status.DENIED
        else:
            status = Status.ERROR
        return Failure(status, code, message)
