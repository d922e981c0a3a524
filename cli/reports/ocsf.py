"""OCSF: an array of Compliance Findings (class 2003), with the evidence as an attack graph.

MANUAL is what OCSF calls a warning: it could not be decided for lack of information.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TextIO

from ..output import write_json
from . import decided_words, name_of

if TYPE_CHECKING:
    from ...checks.report import ReportedFinding

VERSION = "1.6.0"
_CLASS, _CREATE = 2003, 1
_SEVERITIES = {"informational": 1, "low": 2, "medium": 3, "high": 4, "critical": 5}
_STATUSES = {"PASS": (1, "Pass"), "MANUAL": (2, "Warning"), "FAIL": (3, "Fail")}
_UNKNOWN = (0, "Unknown")
_ACCOUNTS = {
    "aws": (10, "AWS Account"),
    "azure": (13, "Azure Subscription"),
    "gcp": (11, "GCP Project"),
    "entra": (6, "Azure AD Account"),
}
_PROVIDERS = {"aws": "AWS", "azure": "Azure", "gcp": "GCP", "entra": "Microsoft Entra ID"}


def write(findings: "Sequence[ReportedFinding]", stream: TextIO) -> None:
    """Writes one array."""
    write_json([_event(each) for each in findings], stream)


def _event(found: "ReportedFinding") -> dict[str, Any]:
    from ... import __version__

    milliseconds = int(found.time.timestamp() * 1000)
    product = {"name": "Clew", "vendor_name": "Clew", "version": __version__}
    event: dict[str, Any] = {
        "activity_id": _CREATE,
        "activity_name": "Create",
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": _CLASS,
        "class_name": "Compliance Finding",
        "type_uid": _CLASS * 100 + _CREATE,
        "type_name": "Compliance Finding: Create",
        "metadata": {"version": VERSION, "product": product, "profiles": []},
        "time": milliseconds,
        "severity_id": _SEVERITIES[found.severity],
        "severity": found.severity.value.capitalize(),
        "status_id": 3 if found.muted else 1,
        "status": "Suppressed" if found.muted else "New",
        "status_code": str(found.status),
        "status_detail": " ".join([found.message, *decided_words(found)]),
        "message": found.message,
        "finding_info": {
            "uid": found.id,
            "title": found.title,
            "desc": found.why,
            "created_time": milliseconds,
            "types": [f"{found.provider}/{found.service}"],
            "analytic": {"type_id": 1, "type": "Rule", "uid": found.check, "name": found.title},
            **_graph(found),
        },
        "compliance": _compliance(found),
        "remediation": {"desc": found.remediation, "references": found.references},
        "resources": [_resource(found)],
        "unmapped": {
            "target": found.target,
            "reason": found.reason,
            "failed_calls": found.failed_calls,
            "muted": found.muted and found.muted.model_dump(mode="json"),
            "answer": found.answer and found.answer.model_dump(mode="json"),
        },
    }
    if found.account:
        number, kind = _ACCOUNTS[found.provider]
        account = {"uid": found.account, "name": found.account, "type": kind, "type_id": number}
        event["metadata"]["profiles"] = ["cloud"]
        event["cloud"] = {"provider": _PROVIDERS[found.provider], "account": account}
        if found.region:
            event["cloud"]["region"] = found.region
    return event


def _graph(found: "ReportedFinding") -> dict[str, Any]:
    """What the answer rests on; nothing, if it rests on no node."""
    evidence = found.evidence
    if not evidence.nodes:
        return {}
    nodes = [
        {
            "uid": node.id,
            "type": node.label or "Unknown",
            **({"name": node.name} if node.name else {}),
            **({"desc": node.missing} if node.missing else {}),
        }
        for node in evidence.nodes
    ]
    known = {node.id for node in evidence.nodes}
    edges = [
        {
            "name": edge.type,
            "source": edge.source,
            "target": edge.target,
            "relation": edge.type,
            "is_directed": True,
        }
        for edge in evidence.edges
        if {edge.source, edge.target} <= known
    ]
    return {
        "attack_graph": {
            "uid": found.id,
            "name": "Evidence",
            "query_language_id": 1,
            "query_language": "Cypher",
            "is_directed": True,
            "nodes": nodes,
            "edges": edges,
        }
    }


def _compliance(found: "ReportedFinding") -> dict[str, Any]:
    number, status = _STATUSES.get(found.status, _UNKNOWN)
    return {
        "control": found.check,
        "desc": found.title,
        "requirements": found.compliance,
        "standards": sorted({each.partition(":")[0] for each in found.compliance}),
        "status_id": number,
        "status": status,
        "status_code": str(found.status),
        "status_details": [found.message],
    }


def _resource(found: "ReportedFinding") -> dict[str, Any]:
    resource: dict[str, Any] = {
        "uid": found.resource,
        "name": name_of(found),
        "type": found.resource_label,
    }
    if found.region:
        resource["region"] = found.region
    if found.tags:
        resource["labels"] = found.tags
    return resource
