"""Scans made of what another scan has read: a part of it, or with something changed."""

from collections.abc import Callable, Collection
from pathlib import Path

from clew.collectors.scan import Collected
from clew.graph.model import Scope
from clew.graph.snapshot import Snapshot
from clew.pipeline import link_anew
from clew.scans.merging import NamedScan, collected_in, known_absences
from support.demo_estate import Silent


def rebuilt(
    scan: Snapshot,
    folder: Path,
    change: Callable[[Collected], None] = lambda _: None,
    accounts: Collection[str] = (),
) -> Snapshot:
    """The scan of some accounts, or all, with what was read changed; linked and derived anew."""
    chosen = {*accounts} or scan.scope.all_accounts
    collected = collected_in(NamedScan("scan", scan), chosen)
    change(collected)
    return link_anew(
        collected,
        _scope(scan.scope, chosen),
        folder,
        Silent(),
        exists=known_absences([scan]),
        times=(scan.manifest.started, scan.manifest.finished),
    )


def _scope(scope: Scope, accounts: Collection[str]) -> Scope:
    by_provider = {
        provider: [each for each in ids if each in accounts]
        for provider, ids in scope.accounts.items()
    }
    return scope.model_copy(
        update={
            "accounts": {provider: ids for provider, ids in by_provider.items() if ids},
            "regions": {each: scope.regions[each] for each in scope.regions if each in accounts},
            "directories": {
                each: scope.directories[each] for each in scope.directories if each in accounts
            },
        }
    )
