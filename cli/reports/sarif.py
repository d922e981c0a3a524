"""SARIF 2.1.0: a result for each finding, a rule for each check.

What MANUAL findings say is open, a muted finding is suppressed, and a check that crashed is a
notification of the run.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TextIO

from ..output import write_json
from . import by_check, decided_words, name_of

if TYPE_CHECKING:
    from ...checks.report import ReportedFinding

_LEVELS = {
    "critical": "error",
    "high": "error",
    "medium": "warning",
    "low": "note",
    "informational": "note",
}
_SCORES = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "3.0", "informational": "0.0"}
_KINDS = {"PASS": "pass", "MANUAL": "open"}


def write(findings: "Sequence[ReportedFinding]", stream: TextIO) -> None:
    """Writes one document with one run."""
    from ... import __version__

    checks = by_check(findings)
    crashed = [found for found in findings if found.status == "ERROR"]
    rules = {check: place for place, check in enumerate(checks)}
    driver = {
        "name": "Clew",
        "version": __version__,
        "rules": [_rule(check, found[0]) for check, found in checks.items()],
    }
    run = {
        "tool": {"driver": driver},
        "invocations": [
            {
                "executionSuccessful": not crashed,
                "toolExecutionNotifications": [
                    {
                        "level": "error",
                        "message": {"text": found.message},
                        "associatedRule": {"id": found.check, "index": rules[found.check]},
                    }
                    for found in crashed
                ],
            }
        ],
        "results": [_result(each, rules) for each in findings if each.status != "ERROR"],
    }
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    write_json(document, stream)


def _rule(check: str, found: "ReportedFinding") -> dict[str, Any]:
    rule: dict[str, Any] = {
        "id": check,
        "shortDescription": {"text": found.title},
        "fullDescription": {"text": found.why},
        "help": {"text": found.remediation},
        "defaultConfiguration": {"level": _LEVELS[found.severity]},
        "properties": {
            "tags": ["security", found.provider, found.service, *found.compliance],
            "security-severity": _SCORES[found.severity],
            "references": found.references,
        },
    }
    if found.references:
        rule["helpUri"] = found.references[0]
    return rule


def _result(found: "ReportedFinding", rules: Mapping[str, int]) -> dict[str, Any]:
    failed = found.status == "FAIL"
    result: dict[str, Any] = {
        "ruleId": found.check,
        "ruleIndex": rules[found.check],
        "kind": "fail" if failed else _KINDS[found.status],
        "level": _LEVELS[found.severity] if failed else "none",
        "message": {"text": " ".join([found.message, *decided_words(found)])},
        "locations": [
            {
                "logicalLocations": [
                    {
                        "name": name_of(found),
                        "fullyQualifiedName": found.resource,
                        "kind": "resource",
                    }
                ]
            }
        ],
        "partialFingerprints": {"clewFinding/v1": found.id},
        "properties": {
            "status": str(found.status),
            "severity": str(found.severity),
            "provider": found.provider,
            "account": found.account,
            "region": found.region,
            "resourceLabel": found.resource_label,
            "target": found.target,
            "reason": found.reason,
            "failedCalls": found.failed_calls,
            "answer": found.answer and found.answer.model_dump(mode="json"),
        },
    }
    if found.muted:
        result["suppressions"] = [
            {"kind": "external", "status": "accepted", "justification": found.muted.why}
        ]
    return result
