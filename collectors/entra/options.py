"""The options of a scan of Entra ID."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..options import Options, Patience, option

if TYPE_CHECKING:
    from ..scan import Account


@dataclass(frozen=True)
class EntraOptions(Options):
    """Which tenant of Entra ID to scan."""

    provider = "entra"
    usual = Patience(attempts=5)

    tenant: str = option(
        "--tenant", "Entra: the credentials must belong to this tenant.", metavar="ID"
    )
    """Its id or a domain; any tenant, if it is empty."""

    def connect(self) -> "Sequence[Account]":
        """See :meth:`Options.connect`."""
        from .session import connect

        return connect(self)
