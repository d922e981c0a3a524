"""What a scan read, asked by those who must not take unread for safe."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from .model import Coverage, ListingStatus, MissingReason, Scope, Status, qualified
from .schema import Schema


class Place(NamedTuple):
    """Where resources are listed."""

    account: str | None = None
    """None stands for every account of the scan."""
    region: str | None = None
    """None stands for every region of the scan."""


class Scan(Protocol):
    """What a snapshot tells of how its scan went."""

    @property
    def scope(self) -> Scope:
        """What it set out to read."""

    @property
    def schema(self) -> Schema:
        """The labels and edges that it knew."""

    @property
    def reads(self) -> Sequence[ListingStatus]:
        """Which labels were listed whole in which account and region."""

    @property
    def coverage(self) -> Sequence[Coverage]:
        """How its calls ended."""


class ScanCoverage:
    """What the scan read, asked by label and place."""

    def __init__(self, scan: Scan) -> None:
        self.scope: Scope = scan.scope
        self.schema = scan.schema
        self.calls = scan.schema.calls
        self._collected = frozenset(scan.schema.labels)
        self._scanned = frozenset(scan.scope.labels)
        self._unlisted: dict[tuple[str, str], dict[str, ListingStatus | None]] = {}
        self._open: dict[
            tuple[tuple[str, ...], str, tuple[Place, ...]], tuple[str, str] | None
        ] = {}
        """Known answers: many verdicts rest on the same listings."""
        self._reads: dict[tuple[str, str], dict[str, ListingStatus]] = defaultdict(dict)
        for read in scan.reads:
            self._reads[read.label, read.account][read.region] = read
        self._failed: dict[tuple[str, str], Coverage] = {
            (record.account, record.call): record
            for record in scan.coverage
            if record.status != Status.OK
        }
        self._regional = {
            label for (label, _), regions in self._reads.items() if regions.keys() != {"global"}
        }

    def applies(self, provider: str, label: str) -> bool:
        """Whether the scan set out to read resources of this label."""
        return bool(self.scope.accounts.get(provider)) and (
            label in self._scanned or label not in self._collected
        )

    def uncollected(self, labels: Iterable[str]) -> list[str]:
        """Those of some labels that Clew did not collect yet when the scan was made."""
        return sorted({*labels} - self._collected)

    def sets_out_to_read(self, label: str) -> bool:
        """Whether the scan's own filters let a label be read."""
        return label in self._scanned

    def has_listed(self, label: str, provider: str) -> bool:
        """Whether a label was listed, or tried to be, in any account of a provider."""
        return any((label, account) in self._reads for account in self.scope.accounts[provider])

    def accounts_of(self, label: str, provider: str) -> Sequence[str]:
        """The accounts in which a label that counts for a provider is listed: those of the provider
        itself, or of another whose label it is."""
        owners = [each for each in self.scope.accounts if self.has_listed(label, each)]
        if not owners or provider in owners:
            return self.scope.accounts.get(provider, ())
        return [account for owner in owners for account in self.scope.accounts[owner]]

    def unscanned_directories(
        self, label: str, provider: str, accounts: Iterable[str] | None = None
    ) -> list[str]:
        """Where resources of a label that another provider lists were not read, though principals
        of some accounts of this provider, else of all, are there."""
        owned = self.scope.accounts.get(provider, ())
        if not {*owned}.isdisjoint(self.accounts_of(label, provider)):
            return []
        concerned = {*owned} if accounts is None else {*owned}.intersection(accounts)
        found = {self.scope.directories.get(each, "") for each in concerned}
        return sorted(found - {""} - self.scope.all_accounts)

    def unlisted(self, label: str, account: str) -> dict[str, ListingStatus | None]:
        """The places of an account where the label's listing failed or never began."""
        found = self._unlisted.get((label, account))
        if found is None:
            found = self._unlisted[label, account] = self._find_unlisted(label, account)
        return found

    def _find_unlisted(self, label: str, account: str) -> dict[str, ListingStatus | None]:
        reads = self._reads.get((label, account), {})
        regions = self.scope.regions.get(account, []) if label in self._regional else []
        # An account that could not be entered has no known regions; nothing of it was listed.
        places = regions or ["global"]
        return {
            place: reads.get(place)
            for place in places
            if place not in reads or reads[place].status != Status.OK
        }

    def why_open(
        self, labels: Iterable[str], provider: str, places: Iterable[Place]
    ) -> tuple[str, str] | None:
        """The reason and the words if one of the labels was not fully listed at one of the places
        that the scan set out to read."""
        asked = tuple(labels), provider, tuple(places)
        if asked not in self._open:
            self._open[asked] = self._find_open(*asked)
        return self._open[asked]

    def _find_open(
        self, labels: Sequence[str], provider: str, places: Sequence[Place]
    ) -> tuple[str, str] | None:
        everywhere = [
            (account, region)
            for owner, region in places
            for account in (self.scope.accounts[provider] if owner is None else [owner])
            if account in self.scope.all_accounts
        ]
        for label in labels:
            if label not in self._scanned:
                return MissingReason.OUT_OF_SCOPE, f"{label} was left out by this scan's filters"
            of_label = {*self.accounts_of(label, provider)}
            is_others = of_label.isdisjoint(self.scope.accounts.get(provider, ()))
            for account, region in (
                [(each, "global") for each in sorted(of_label)]
                if is_others
                else [place for place in everywhere if place[0] in of_label]
            ):
                found = self._why_open(label, account, region or "global")
                if found:
                    return found
            owners = [each.account for each in places if each.account is not None]
            concerned = owners if len(owners) == len(places) else None
            for directory in self.unscanned_directories(label, provider, concerned):
                return MissingReason.CROSS_ACCOUNT, unscanned_words(label, directory)
        return None

    def _why_open(self, label: str, account: str, region: str) -> tuple[str, str] | None:
        for place, read in self.unlisted(label, account).items():
            if place == "global" or region in (place, "global"):
                words = unlisted_words({place: read})
                return MissingReason.UNREADABLE, f"{label} of account {account} {words}"
        if label in self._regional and region not in ("global", *self.scope.regions[account]):
            words = f"was not listed in {region}, which is not among this scan's regions"
            return MissingReason.OUT_OF_SCOPE, f"{label} of account {account} {words}"
        return None

    def failed_listing(self, label: str, account: str | None) -> str:
        """The failed call that would have listed a label in an account, or, if none is given, in
        any, with its error code; empty if there is none."""
        accounts = [account] if account else sorted(self.scope.all_accounts)
        reads = (read for each in accounts for read in self.unlisted(label, each).values())
        failed = next((read for read in reads if read), None)
        return f" ({failed.operation}: {failed.code or failed.status})" if failed else ""

    def call_of(self, label: str, name: str, account: str | None) -> str:
        """The failed call that would have read a field, with its error code, if there is one."""
        call = self.calls.get(label, {}).get(name, "")
        service = self.schema.services.get(label, "")
        failed = self._failed.get((account or "", qualified(service, call)))
        return f" ({call}: {failed.code or failed.status})" if failed else ""


def unscanned_words(label: str, account: str) -> str:
    """What to say of resources of an account that is not among those of the scan."""
    return f"{label} of {account} was not read: this scan left that account out"


def unlisted_words(places: Mapping[str, ListingStatus | None]) -> str:
    """What to say of the places where a listing failed or never began."""
    names = sorted(place for place in places if place != "global")
    where = f" in {', '.join(names[:3])}" if names else ""
    where += f" and {len(names) - 3} more regions" if len(names) > 3 else ""
    first = next((read for read in places.values() if read), None)
    why = f" ({first.operation}: {first.code or first.status})" if first else " (never reached)"
    return f"could not be listed{where}{why}"
