"""What of an estate of AWS could not be read and is said once, not with every answer."""

from collections.abc import Iterator, Sequence

from ...model import Gap, ListingStatus, Status
from ...view import GraphView
from .labels import CONTROL_POLICY, ROLE, USER
from .organization import RCP, SCP, Account

_CONTROLS = ((SCP, "Service"), (RCP, "Resource"))
_PRINCIPALS = {USER: "Users", ROLE: "Roles"}
_SHOWN = 5
"""How many resources of a kind are named."""


class Unread:
    """What of an estate could not be read."""

    def __init__(
        self, view: GraphView, reads: Sequence[ListingStatus], accounts: Sequence[Account]
    ) -> None:
        """``accounts`` are those that were scanned, in their order."""
        self._view = view
        self._reads = reads
        self._accounts = accounts

    def sentences(self) -> Iterator[str]:
        """All of it, a sentence for each kind."""
        for kind, words in _CONTROLS:
            accounts = [each.id for each in self._accounts if kind in each.unread]
            if accounts:
                yield _controls(words, _listed("account", accounts))
        yield from (gap.message for gap in self._policies())
        for label, words in _PRINCIPALS.items():
            unlisted = {read.account for read in self._unlisted() if read.label == label}
            if unlisted:
                yield (
                    f"{words} of {_listed('account', sorted(unlisted))} could not be listed; there "
                    "may be more."
                )

    def gaps(self) -> Iterator[Gap]:
        """All of it, each by its account and the listing that failed."""
        for account in self._accounts:
            for kind, words in _CONTROLS:
                if kind in account.unread:
                    message = _controls(words, f"account {account.id}")
                    yield Gap(message, CONTROL_POLICY, account.id)
        yield from self._policies()
        for read in self._unlisted():
            words = _PRINCIPALS[read.label]
            yield Gap(
                f"{words} of account {read.account} could not be listed; there may be more.",
                read.label,
                read.account,
                read.region,
                read.operation,
                read.code,
            )

    def _policies(self) -> Iterator[Gap]:
        for label, field in self._view.own_policies.items():
            there = self._view.labelled(label)
            unread = [id_ for id_ in there if self._view.get(id_, field.name) is None]
            if unread:
                names = _some(sorted(map(self._view.name, unread)))
                yield Gap(
                    f"Policies of {label} {names} could not be read; whom else they let in is not "
                    "known.",
                    label,
                )

    def _unlisted(self) -> Iterator[ListingStatus]:
        return (
            read for read in self._reads if read.label in _PRINCIPALS and read.status != Status.OK
        )


def _controls(words: str, where: str) -> str:
    return (
        f"{words} control policies over {where} could not be read whole; what else they forbid is "
        "not known."
    )


def _some(names: Sequence[str]) -> str:
    """The first of some names, and how many more there are."""
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _listed(noun: str, names: Sequence[str]) -> str:
    return f"{noun}{'s' if len(names) > 1 else ''} {', '.join(names)}"
