"""The edges of the graph that stand for steps of attack paths."""

from ..schema import EdgeType
from .model import StepType

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
