"""ASFF, the format of AWS Security Hub: an array as BatchImportFindings takes it.

A finding belongs to an AWS account there, so that findings about other clouds are left out, and so
are checks that crashed.
"""

from collections.abc import Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any, TextIO

from ..output import write_json
from . import decided_words

if TYPE_CHECKING:
    from ...checks import Finding
    from ...checks.report import ReportedFinding

_STATUSES = {"PASS": "PASSED", "MANUAL": "WARNING", "FAIL": "FAILED"}
_HOME = "us-east-1"
"""Where what is global is said to be."""


def fits(found: "Finding") -> bool:
    """Whether a finding has a place in Security Hub."""
    return found.provider == "aws" and bool(found.account) and found.status in _STATUSES


def write(findings: "Sequence[ReportedFinding]", stream: TextIO) -> None:
    """Writes one array."""
    write_json([_finding(each) for each in findings if fits(each)], stream)


def _finding(found: "ReportedFinding") -> dict[str, Any]:
    region = _HOME if found.region in (None, "global") else found.region
    partition = found.resource.split(":")[1] if found.resource.startswith("arn:") else "aws"
    time = found.time.strftime("%Y-%m-%dT%H:%M:%SZ")
    url = found.references[0] if found.references else ""
    recommendation = _filled({"Text": _cut(found.remediation, 512), "Url": url})
    tags = _tags(found.tags or [])
    return {
        "SchemaVersion": "2018-10-08",
        "Id": found.id,
        "ProductArn": f"arn:{partition}:securityhub:{region}:{found.account}:"
        f"product/{found.account}/default",
        "ProductName": "Clew",
        "CompanyName": "Clew",
        "GeneratorId": found.check,
        "AwsAccountId": found.account,
        "Types": ["Software and Configuration Checks"],
        "CreatedAt": time,
        "UpdatedAt": time,
        "Severity": {"Label": found.severity.value.upper()},
        "Title": _cut(found.title, 256),
        "Description": _cut(" ".join([found.message, *decided_words(found)]), 1024),
        **({"Remediation": {"Recommendation": recommendation}} if recommendation else {}),
        "Resources": [
            {
                "Type": "Other",
                "Id": _cut(found.resource, 512),
                "Partition": partition,
                "Region": region,
                **({"Tags": tags} if tags else {}),
            }
        ],
        "Compliance": {
            "Status": _STATUSES[found.status],
            **({"RelatedRequirements": _requirements(found)[:32]} if found.compliance else {}),
        },
        "Workflow": {"Status": "SUPPRESSED" if found.muted else "NEW"},
        "RecordState": "ACTIVE",
        "ProductFields": _filled(
            {
                "clew/status": str(found.status),
                "clew/why": _cut(found.why, 1024),
                "clew/reason": found.reason or "",
            }
        ),
    }


def _requirements(found: "ReportedFinding") -> list[str]:
    """The controls, those of a framework in as many entries of 64 characters as they need."""
    return [
        entry
        for control in found.compliance
        for name, _, numbers in [control.partition(": ")]
        for entry in wrap(numbers, 64, initial_indent=f"{name}: ", subsequent_indent=f"{name}: ")
    ]


def _tags(tags: Sequence[str]) -> dict[str, str]:
    parts = (tag.partition("=") for tag in tags)
    return dict([*_filled({key[:128]: value[:256] for key, _, value in parts}).items()][:50])


def _filled(texts: dict[str, str]) -> dict[str, str]:
    """What has a text on either side; Security Hub refuses whole findings for a blank one."""
    return {name: text for name, text in texts.items() if name.strip() and text.strip()}


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
