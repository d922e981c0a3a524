"""What a check found."""

from enum import StrEnum
from hashlib import sha256

from pydantic import BaseModel

from .check import Severity


class FindingStatus(StrEnum):
    """The answers a check can give, and ERROR for a check that crashed."""

    FAIL = "FAIL"
    MANUAL = "MANUAL"
    PASS = "PASS"
    ERROR = "ERROR"


class EvidenceNode(BaseModel):
    """A resource that a finding rests on."""

    id: str
    label: str
    name: str | None = None
    missing: str | None = None


class EvidenceEdge(BaseModel):
    """An edge that a finding rests on."""

    source: str
    type: str
    target: str


class Evidence(BaseModel):
    """The part of the graph that a finding rests on."""

    nodes: list[EvidenceNode] = []
    edges: list[EvidenceEdge] = []


class Finding(BaseModel):
    """One answer about one resource."""

    id: str
    """Stable: the same for the same check, resource and target in every scan."""
    check: str
    status: FindingStatus
    severity: Severity
    provider: str
    service: str
    account: str | None
    region: str | None
    resource: str
    """Full identity of the resource."""
    resource_label: str
    target: str | None = None
    """Full identity of the resource that it was judged by, if there is one."""
    reason: str | None = None
    """Why it is MANUAL: a missing reason, or UNREADABLE_FIELD."""
    message: str
    evidence: Evidence = Evidence()


def finding_id(check: str, resource: str, target: str | None) -> str:
    """The stable id of a finding."""
    return sha256("\0".join((check, resource, target or "")).encode()).hexdigest()[:20]
