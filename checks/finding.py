"""What a check found."""

from enum import StrEnum
from hashlib import sha256

from pydantic import BaseModel, ConfigDict, Field

from ..graph.model import MissingReason
from .check import Severity


class FindingStatus(StrEnum):
    """The answers a check can give, and ERROR for a check that crashed."""

    FAIL = "FAIL"
    MANUAL = "MANUAL"
    PASS = "PASS"
    ERROR = "ERROR"


_AS_WRITTEN = ConfigDict(json_schema_serialization_defaults_required=True)
"""Every key is there, whatever it holds."""


class EvidenceNode(BaseModel):
    """A resource that a finding rests on."""

    model_config = _AS_WRITTEN

    id: str = Field(description="Full identity.")
    label: str = Field(description="Its label.")
    name: str | None = Field(None, description="Its name, if it has one.")
    missing: str | None = Field(
        None, description="Why it only stands for something that a reference names; or null."
    )


class EvidenceEdge(BaseModel):
    """An edge that a finding rests on."""

    model_config = _AS_WRITTEN

    source: str = Field(description="Full identity of the node that it leads from.")
    type: str = Field(description="Relationship type.")
    target: str = Field(description="Full identity of the node that it leads to.")


class Evidence(BaseModel):
    """The part of the graph that a finding rests on."""

    model_config = _AS_WRITTEN

    nodes: list[EvidenceNode] = Field([], description="Resources.")
    edges: list[EvidenceEdge] = Field([], description="The edges among them.")


class Finding(BaseModel):
    """One answer about one resource."""

    model_config = _AS_WRITTEN

    id: str = Field(
        description="Stable: the same for the same check, resource and target in every scan."
    )
    check: str = Field(description="Id of the check.")
    status: FindingStatus = Field(
        description="FAIL, MANUAL, PASS, or ERROR for a check that crashed."
    )
    severity: Severity = Field(description="critical, high, medium, low or informational.")
    provider: str = Field(description="The cloud, as `clew scan` names it.")
    service: str = Field(description="The service the check belongs to.")
    account: str | None = Field(
        description="Account, subscription, project or tenant of the resource."
    )
    region: str | None = Field(description="Region of the resource; `global` where there is none.")
    resource: str = Field(description="Full identity of the resource.")
    resource_label: str = Field(description="Its label.")
    target: str | None = Field(
        None, description="Full identity of the resource that it was judged by, or null."
    )
    reason: str | None = Field(
        None,
        description="Why it is MANUAL: "
        + ", ".join(f"`{reason}` (the target {reason.meaning})" for reason in MissingReason)
        + ", or `UNREADABLE_FIELD`; null otherwise.",
    )
    message: str = Field(description="One sentence.")
    evidence: Evidence = Field(
        Evidence(), description="The `nodes` and `edges` that the answer rests on."
    )


def finding_id(check: str, resource: str, target: str | None) -> str:
    """The stable id of a finding."""
    return sha256("\0".join((check, resource, target or "")).encode()).hexdigest()[:20]
