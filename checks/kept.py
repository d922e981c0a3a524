"""What checks found in a scan, worked out once and kept in the cache."""

import zlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from ..graph.cache import cache_root, code_digest, keep, prune
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
_DIGEST = sha256().digest_size

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
        keep(file, lambda beside: beside.write_bytes(_written(_without_crashes(known))))
        prune(file.parent, _KEPT)
    return Report(in_order(one for check in ran for one in known[check.id]), ran, skipped)


def known_findings(snapshot: Snapshot) -> list[Finding]:
    """What the checks found that were run on a scan before; nothing is run for it."""
    return list(chain.from_iterable(_read(_file(snapshot)).values()))


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


def _written(found: dict[str, list[Finding]]) -> bytes:
    content = zlib.compress(_Found.dump_json(found), 1)
    return sha256(content).digest() + content


def _read(file: Path) -> dict[str, list[Finding]]:
    """The findings in a file by check, none if it is not there or not whole."""
    try:
        written = file.read_bytes()
        digest, content = written[:_DIGEST], written[_DIGEST:]
        if sha256(content).digest() != digest:
            return {}
        found = _Found.validate_json(zlib.decompress(content))
        file.touch()
    except (OSError, zlib.error, ValidationError):
        return {}
    return found
