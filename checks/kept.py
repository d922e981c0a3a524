"""What checks found in a scan, worked out once and kept in the cache."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from ..graph.cache import cache_root, code_digest, keep, prune, sealed, unsealed
from ..graph.scan_coverage import ScanCoverage
from ..graph.snapshot import Snapshot
from ..graph.stores.store import Store
from .check import Check, Cypher
from .finding import Finding, FindingStatus
from .runner import Report, in_order, run, split

if TYPE_CHECKING:
    from ..graph.attack.model import AttackGraph

_KEPT = 8
"""Of how many scans findings stay in the cache."""

_Found = TypeAdapter(dict[str, list[Finding]])


def report(
    selected: Iterable[Check],
    snapshot: Snapshot,
    open_store: Callable[[], AbstractContextManager[Store]],
    attack: "Callable[[], AttackGraph]",
) -> Report:
    """What :func:`run` reports. Checks that were run before on the scan, by the same code, are not
    run again; ``open_store`` opens a store with the snapshot for those that need one.

    What a check that crashed left, and what is damaged or cannot be written, is not kept.
    """
    ran, skipped = split(selected, ScanCoverage(snapshot))
    file = _file(snapshot)
    known = _read(file)
    new = [check for check in ran if check.id not in known]
    if new:
        needs_store = any(isinstance(check.rule, Cypher) for check in new)
        with open_store() if needs_store else nullcontext() as store:
            found = _by_check(new, run(new, store, snapshot, attack=attack).findings)
        known |= found
        whole = _without_crashes(known)
        keep(file, lambda new: new.write_bytes(sealed(_Found.dump_json(whole))))
        prune(file.parent, _KEPT)
    return Report(in_order(one for check in ran for one in known[check.id]), ran, skipped)


def known_findings(snapshot: Snapshot) -> dict[str, list[Finding]]:
    """What the checks found that were run on a scan before, by check; nothing is run for it."""
    return _read(_file(snapshot))


def _file(snapshot: Snapshot) -> Path:
    return cache_root() / "findings" / f"{snapshot.manifest.digest[:32]}-{code_digest('checks')}"


def _by_check(checks: Iterable[Check], findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {check.id: [] for check in checks}
    for one in findings:
        found[one.check].append(one)
    return found


def _without_crashes(found: Mapping[str, list[Finding]]) -> dict[str, list[Finding]]:
    return {
        check: findings
        for check, findings in found.items()
        if all(one.status != FindingStatus.ERROR for one in findings)
    }


def _read(file: Path) -> dict[str, list[Finding]]:
    """The findings in a file by check, none if it is not there or not whole."""
    try:
        found = _Found.validate_json(unsealed(file.read_bytes()))
        file.touch()
    except (OSError, ValueError):
        return {}
    return found
