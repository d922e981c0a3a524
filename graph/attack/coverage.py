"""Which clouds of a scan attack paths cover, and what was not read that a path may lead over."""

from dataclasses import dataclass

from ..derivation import derivations, writing
from ..gaps import gaps
from ..model import Gap
from ..scan_coverage import Scan, ScanCoverage
from ..schema import EdgeType, Schema
from .provider import provider_types
from .step_edges import STEPS

REACH = EdgeType("Internet", "CAN_REACH", "")


def step_labels(schema: Schema) -> frozenset[str]:
    """The labels of a scan that its attack graph is built from: all that decide on steps. Of others
    it would hold nodes without steps, so that what is not covered looked like safe."""
    found = writing(derivations(schema), STEPS)
    return frozenset(label for each in found for label in each.labels) & schema.labels.keys()


@dataclass(frozen=True)
class AttackCoverage:
    """How much of a scan attack paths cover."""

    covers: tuple[str, ...]
    """The scanned clouds whose attack paths are computed."""
    uncovered: tuple[str, ...]
    """The other scanned clouds."""
    gaps: tuple[Gap, ...]
    """What was not read: there may be paths besides those that are found."""
    uncovered_gaps: tuple[Gap, ...]
    """The other clouds as gaps, and what is not known of what the internet reaches in them."""

    @classmethod
    def of(cls, scan: Scan) -> "AttackCoverage":
        """That of a scan."""
        clouds = sorted(cloud for cloud, accounts in scan.scope.accounts.items() if accounts)
        known = provider_types()
        uncovered = tuple(cloud for cloud in clouds if cloud not in known)
        coverage, derived = ScanCoverage(scan), derivations(scan.schema)
        whole = (Gap(f"Attack paths do not cover {each} yet.", provider=each) for each in uncovered)
        reach = (gap for gap in gaps(coverage, derived, [REACH]) if not gap.label)
        return cls(
            tuple(cloud for cloud in clouds if cloud in known),
            uncovered,
            tuple(gaps(coverage, derived, STEPS)),
            (*whole, *(gap for gap in reach if gap.provider in uncovered)),
        )
