"""Several scans as one: what each has read, linked and derived as if one scan had read it.

What comes out does not depend on the order of the scans.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ..collectors.registry import models
from ..collectors.scan import Collected
from ..errors import ClewError
from ..graph.linking import UNREAD, Exists
from ..graph.model import MissingReason, Resource, Scope
from ..graph.snapshot import Snapshot
from ..pipeline import Stages, link_anew


class OverlappingScansError(ClewError):
    """An account is in two scans, so that one of them would have to be believed."""

    def __init__(self, account: str, scans: Sequence[str]) -> None:
        super().__init__(
            f"Account {account} is in {' and '.join(scans)}: leave one of them out, or take what "
            "the newest one says of it with --newest."
        )
        self.account = account


class NamedScan(NamedTuple):
    """A scan, and what to call it."""

    name: str
    snapshot: Snapshot


def merge(
    scans: Sequence[NamedScan], folder: Path, progress: Stages, *, newest: bool = False
) -> Snapshot:
    """Writes one snapshot of all that some scans have read.

    Of an account that is in several, ``newest`` takes what the newest one says and nothing of the
    others.

    :raises OverlappingScansError: if there is such an account, and ``newest`` is not set.
    :raises ClewError: if a scan holds resources of a kind that this Clew does not know.
    """
    ordered = sorted(scans, key=lambda scan: (scan.snapshot.manifest.started, scan.snapshot.digest))
    owners = _owners(ordered, newest=newest)
    collected = Collected()
    for scan in ordered:
        accounts = {each for each, owner in owners.items() if owner is scan}
        collected.add(collected_in(scan, accounts))
    manifests = [scan.snapshot.manifest for scan in ordered]
    return link_anew(
        collected,
        _scope(ordered),
        folder,
        progress,
        exists=known_absences(scan.snapshot for scan in ordered),
        times=(
            min(manifest.started for manifest in manifests),
            max(manifest.finished for manifest in manifests),
        ),
    )


def collected_in(scan: NamedScan, accounts: Collection[str]) -> Collected:
    """What a scan has read of some of its accounts, and of what belongs to none of them.

    :raises ClewError: if it holds resources of a kind that this Clew does not know.
    """
    snapshot = scan.snapshot
    others = snapshot.scope.all_accounts - {*accounts}
    by_label = {model.label: model for model in models()}
    found = Collected()
    for label in snapshot.labels:
        rows = [row for row in snapshot.nodes(label).to_pylist() if _is_own(row, accounts)]
        if not rows:
            continue
        if label not in by_label:
            raise ClewError(
                f"{scan.name} holds {label}, which no collector knows: name the folder of your own "
                "collectors with --content, or upgrade Clew."
            )
        if by_label[label].provider != "any":  # what is of no cloud is derived anew
            found.resources += (
                _resource(by_label[label], row) for row in rows if row["account"] not in others
            )
    found.coverage += (each for each in snapshot.coverage if each.account not in others)
    found.reads += (each for each in snapshot.reads if each.account not in others)
    return found


def _is_own(row: Mapping[str, Any], accounts: Collection[str]) -> bool:
    """Whether a node is something that a scan has seen, if only that it cannot say what it is; not
    what stands for a name of which another scan may know more."""
    if row["id"].startswith(UNREAD):
        return False
    is_seen = row["missing"] in (MissingReason.OUT_OF_SCOPE, MissingReason.UNREADABLE)
    return not row["missing"] or (is_seen and row["account"] in accounts)


def known_absences(snapshots: Iterable[Snapshot]) -> dict[str, Exists]:
    """What scans have learnt of globally unique keys of which no scanned account has the
    resource: that there is none."""
    by_label = {model.label: model for model in models() if model.unique_within == "global"}
    absent: dict[str, set[str]] = defaultdict(set)
    for snapshot in snapshots:
        for label in by_label.keys() & {*snapshot.labels}:
            for row in snapshot.nodes(label, ["name", "account", "missing"]).to_pylist():
                if row["missing"] == MissingReason.NOT_FOUND and not row["account"]:
                    absent[label].add(row["name"])
    return {label: _absent(names) for label, names in absent.items()}


def _absent(names: set[str]) -> Exists:
    return lambda key: False if key in names else None


def _resource(model: type[Resource], row: Mapping[str, Any]) -> Resource:
    return model.model_validate(
        {name: value for name, value in row.items() if name in model.model_fields}
    )


def _owners(ordered: Sequence[NamedScan], *, newest: bool) -> dict[str, NamedScan]:
    """Which scan is believed about each account; the newest ones come last.

    :raises OverlappingScansError: if there are two, and not the newest is wanted.
    """
    owners: dict[str, NamedScan] = {}
    for scan in ordered:
        for account in sorted(scan.snapshot.scope.all_accounts):
            other = owners.get(account)
            if other and not newest:
                raise OverlappingScansError(account, sorted((other.name, scan.name)))
            owners[account] = scan
    return owners


def _scope(scans: Sequence[NamedScan]) -> Scope:
    scopes = [scan.snapshot.scope for scan in scans]
    accounts: dict[str, set[str]] = defaultdict(set)
    regions: dict[str, list[str]] = {}
    directories: dict[str, str] = {}
    for scope in scopes:
        for provider, ids in scope.accounts.items():
            accounts[provider].update(ids)
        regions |= scope.regions
        directories |= scope.directories
    return Scope(
        accounts={provider: sorted(ids) for provider, ids in sorted(accounts.items())},
        regions=dict(sorted(regions.items())),
        directories=dict(sorted(directories.items())),
        labels=sorted({label for scope in scopes for label in scope.labels}),
        reported=_all_of([scope.reported for scope in scopes]),
        tags=_all_of([scope.tags for scope in scopes]),
    )


def _all_of(filters: Sequence[Sequence[str]]) -> list[str]:
    """What at least one filter lets through; an empty one lets everything through."""
    return sorted({each for names in filters for each in names}) if all(filters) else []
