"""The options of a scan of Google Cloud."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..options import Options, Patience, option

if TYPE_CHECKING:
    from ..scan import Account


@dataclass(frozen=True)
class GCPOptions(Options):
    """Which projects of Google Cloud to scan."""

    provider = "gcp"
    usual = Patience(attempts=0)

    projects: Sequence[str] = option(
        "--project", "GCP: scan this project only. Repeatable.", default=(), metavar="ID"
    )

    def connect(self) -> "Sequence[Account]":
        """See :meth:`Options.connect`."""
        from .session import connect

        return connect(self)
