"""The options of a scan of a cloud: each once, for Python and for the command line.

A provider's own are in its module ``options``. Importing them loads nothing else.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

if TYPE_CHECKING:
    from .scan import Account

FLAG = "flag"
"""Where a field says how it is given on the command line."""


class Flag(NamedTuple):
    """How an option is given on the command line."""

    name: str
    help: str
    """``{usual}`` stands for how often each cloud tries a call by itself."""
    metavar: str
    most: int | None
    """The largest number that it may be."""
    is_kept: bool
    """Whether an unfinished scan notes it, to be resumed with it."""


def option(
    name: str,
    help: str,  # noqa: A002
    *,
    default: Any = "",
    metavar: str = "NAME",
    most: int | None = None,
    is_kept: bool = True,
) -> Any:
    """A field that is an option on the command line, where its default stands for "not given"."""
    return field(default=default, metadata={FLAG: Flag(name, help, metavar, most, is_kept)})


class Patience(NamedTuple):
    """How often a call is tried, and how long an answer is waited for."""

    attempts: int = 4
    """0 for as often as there is time."""
    connect_seconds: float = 10
    read_seconds: float = 60


@dataclass(frozen=True, kw_only=True)
class Options:
    """The options of a scan of any cloud."""

    provider: ClassVar[str]
    usual: ClassVar[Patience] = Patience()

    attempts: int = option(
        "--attempts",
        "How often a call is tried before it counts as failed. Default: {usual}.",
        default=0,
        metavar="N",
        most=20,
    )
    timeout: float = option(
        "--timeout",
        "How long an answer is waited for. Default: 60.",
        default=0.0,
        metavar="SECONDS",
        most=3600,
    )

    @property
    def patience(self) -> Patience:
        """How calls are made."""
        return Patience(
            self.attempts or self.usual.attempts,
            min(self.timeout or self.usual.connect_seconds, self.usual.connect_seconds),
            self.timeout or self.usual.read_seconds,
        )

    def connect(self) -> "Sequence[Account]":
        """The accounts that are meant; nothing named means all that the credentials may see.

        :raises CollectError: where no credentials can be had, or what is named does not exist.
        """
        raise NotImplementedError

    @classmethod
    def permission_document(cls, permissions: Sequence[str]) -> Any:
        """Permissions in the form in which the cloud grants them, as JSON; a list unless it says
        otherwise."""
        return list(permissions)


def flags(kind: type[Options]) -> Iterator[tuple[str, Flag]]:
    """How each option is given on the command line, by the name of its field."""
    for each in fields(kind):
        if FLAG in each.metadata:
            yield each.name, each.metadata[FLAG]
