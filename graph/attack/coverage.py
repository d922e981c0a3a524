"""Which clouds of a scan attack paths cover, and what was not read that a path may lead over."""

from dataclasses import dataclass

from ..derivation import derivations, writing
from ..gaps import gaps
from ..model import Gap
from ..scan_coverage import Scan, ScanCoverage
from ..schema import EdgeType, Schema
from .model import StepType
from .provider import provider_types

STEPS = frozenset(
    EdgeType("", rel, "")
    for rel in (
        StepType.ADMINISTERS,
        StepType.CAN_ACCESS,
        StepType.CAN_ASSUME,
        StepType.CAN_ESCALATE_TO,
    )
)
"""The derived edges that stand for steps, between any labels."""


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
    """What was not read: there may be paths beside those that are found."""

    @classmethod
    def of(cls, scan: Scan) -> "AttackCoverage":
        """That of a scan."""
        clouds = sorted(cloud for cloud, accounts in scan.scope.accounts.items() if accounts)
        known = provider_types()
        return cls(
            tuple(cloud for cloud in clouds if cloud in known),
            tuple(cloud for cloud in clouds if cloud not in known),
            tuple(gaps(ScanCoverage(scan), derivations(scan.schema), STEPS)),
        )
