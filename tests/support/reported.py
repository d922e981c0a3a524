"""Findings as reports take them, of every verdict, also with text that would break a report."""

from datetime import UTC, date, datetime
from typing import Any

from clew.checks import Severity
from clew.checks.finding import Evidence, EvidenceEdge, EvidenceNode, FindingStatus
from clew.checks.mutes import AnswerRow, MutedRow
from clew.checks.report import ReportedFinding

HOSTILE = "</script><img src=x onerror=alert(1)>\x00\x1b[2J\u202e|`*_[x](http://h)\ud800]]>&amp;"
STATUSES = [status.value for status in FindingStatus]


def finding(status: str, text: str = "main", **more: Any) -> ReportedFinding:
    return ReportedFinding(
        id=f"{status}-{len(text)}",
        check="s3_bucket_public",
        status=FindingStatus(status),
        severity=Severity.HIGH,
        provider="aws",
        service="s3",
        account="111122223333",
        region="us-east-1",
        resource=f"arn:aws:s3:::{text}",
        resource_label="AWSS3Bucket",
        target=f"target {text}",
        reason="UNREADABLE_FIELD" if status == "MANUAL" else None,
        message=f"{text} is public.",
        evidence=Evidence(
            nodes=[EvidenceNode(id=f"arn:aws:s3:::{text}", label="AWSS3Bucket", name=text)],
            edges=[EvidenceEdge(source=f"arn:aws:s3:::{text}", type="LOGS_TO", target="unknown")],
        ),
        title="Buckets are not public",
        why=f"Anybody reads {text}.",
        remediation="Block public access.",
        references=["https://docs.example/s3"],
        categories=["exposure"],
        compliance=["CIS AWS 3.0: 2.1.4", f"Long: {', '.join(map(str, range(1000, 1040)))}"],
        tags=[f"name={text}"],
        failed_calls=["s3:GetBucketAcl"] if status == "MANUAL" else [],
        time=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        **more,
    )


FINDINGS = [
    *(finding(status) for status in STATUSES),
    *(finding(status, HOSTILE) for status in STATUSES),
    finding("FAIL", "muted", muted=MutedRow(why="Accepted.", until=date(2027, 1, 1))),
    finding(
        "MANUAL",
        "answered",
        answer=AnswerRow(verdict="PASS", who="ann", when=date(2026, 1, 1), why="Looked."),
    ),
]

_BUCKETS = [EvidenceNode(id=f"arn:aws:s3:::{name}", label="AWSS3Bucket") for name in ("a", "b")]
_LOGS = EvidenceEdge(source="arn:aws:s3:::a", type="LOGS_TO", target="arn:aws:s3:::b")
ODD = [
    *(
        finding("FAIL", provider).model_copy(
            update={"provider": provider, "account": "1-a", "region": region}
        )
        for provider in ("azure", "gcp", "entra")
        for region in ("westeurope", None)
    ),
    finding("FAIL", "no account").model_copy(update={"account": None, "region": None}),
    finding("FAIL", "long " * 1000),
    *(
        finding("FAIL", f"empty {place}").model_copy(update=update)
        for place, update in enumerate(
            [
                {"evidence": Evidence()},
                {"evidence": Evidence(nodes=_BUCKETS, edges=[_LOGS, _LOGS])},
                {"tags": None},
                {"tags": ["name=", "=", "=only a value", "  = "]},
                {"references": [], "compliance": [], "categories": []},
                {"remediation": "", "why": ""},
            ]
        )
    ),
]
"""Findings that lack what most have, or have more of it than a format may take."""
