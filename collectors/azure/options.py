"""The options of a scan of Azure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..options import Options, Patience, option

if TYPE_CHECKING:
    from ..scan import Account


@dataclass(frozen=True)
class AzureOptions(Options):
    """Which subscriptions of Azure to scan."""

    provider = "azure"
    usual = Patience(attempts=5)

    subscriptions: Sequence[str] = option(
        "--subscription",
        "Azure: scan this subscription only, by id or name. Repeatable.",
        default=(),
        metavar="ID",
    )
    tenant: str = ""
    """Id or domain of the tenant that they must belong to; any, if it is not given."""

    def connect(self) -> "Sequence[Account]":
        """See :meth:`Options.connect`."""
        from .session import connect

        return connect(self)
