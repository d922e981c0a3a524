"""Findings as they are written for others."""

from pathlib import Path

from clew.checks import Finding, Severity, checks
from clew.checks.finding import Evidence, EvidenceNode, FindingStatus
from clew.checks.frameworks import controls_of
from clew.checks.report import FailedCalls, about_tagged, reported
from clew.collectors.registry import models
from clew.graph.model import Coverage, Scope, Status
from clew.graph.schema import Schema
from clew.graph.snapshot import Snapshot
from support.audit import bucket, trail
from support.judging import ACCOUNT, Estate, judge
from support.small_scans import scan_of

OTHER = "444455556666"
MFA = "cloudtrail_bucket_requires_mfa_delete"


class Failed(Snapshot):
    """As much of a scan as tells of failed calls."""

    def __init__(self, *calls: tuple[str, str, str]) -> None:
        self.schema = Schema.of(models())
        self.scope = Scope(accounts={"aws": [ACCOUNT, OTHER]})
        self.coverage = [  # type: ignore[misc]
            Coverage("aws", service, operation, account, "us-east-1", Status.DENIED, "Denied")
            for service, operation, account in calls
        ]


def manual(message: str, label: str = "AWSRole", account: str = ACCOUNT) -> Finding:
    return Finding(
        id="1",
        check=MFA,
        status=FindingStatus.MANUAL,
        severity=Severity.HIGH,
        provider="aws",
        service="iam",
        account=account,
        region="global",
        resource="r",
        resource_label=label,
        message=message,
        evidence=Evidence(nodes=[EvidenceNode(id="r", label=label)]),
    )


def behind(scan: Snapshot, found: Finding) -> set[tuple[str, str]]:
    return {(record.call, record.account) for record in FailedCalls(scan).behind(found)}


def test_a_failed_call_is_found_again_in_the_words_of_a_finding() -> None:
    scan = Failed(("codebuild", "ListProjects", OTHER), ("s3", "GetBucketAcl", ACCOUNT))
    words = f"r: AWSCodeBuildProject of account {OTHER} could not be listed (ListProjects: Denied)."
    assert behind(scan, manual(words)) == {("codebuild:ListProjects", OTHER)}
    assert behind(scan, manual("r: owned by nobody (ListBuckets: Denied).")) == set()
    two = f"{words} acl of r could not be read (GetBucketAcl: Denied)."
    assert behind(scan, manual(two)) == {
        ("codebuild:ListProjects", OTHER),
        ("s3:GetBucketAcl", ACCOUNT),
    }


def test_every_cloud_names_its_calls_in_its_own_way() -> None:
    for call in ("load_balancers.list_all", "applications/{id}/owners", "instances.aggregatedList"):
        scan = Failed(("service", call, ACCOUNT))
        found = behind(scan, manual(f"r: owners of r could not be read ({call}: Denied)."))
        assert found == {(f"service:{call}", ACCOUNT)}


def test_of_calls_that_failed_alike_those_count_that_the_finding_names() -> None:
    scan = Failed(
        ("ecs", "ListClusters", ACCOUNT),
        ("eks", "ListClusters", ACCOUNT),
        ("ecs", "ListClusters", OTHER),
    )
    words = "could not be listed (ListClusters: Denied)."
    assert behind(scan, manual(f"r: AWSECSCluster {words}")) == {("ecs:ListClusters", ACCOUNT)}
    assert behind(scan, manual(f"r: AWSECSCluster of account {OTHER} {words}")) == {
        ("ecs:ListClusters", OTHER)
    }
    assert behind(scan, manual(f"c: {words}", "AWSEKSCluster")) == {("eks:ListClusters", ACCOUNT)}


def test_a_report_has_the_texts_of_the_check_and_the_tags_of_the_resource(tmp_path: Path) -> None:
    estate = Estate([trail("t", s3_bucket_name="b", tags=["team=a"]), bucket("b")])
    (one,) = reported(judge(MFA, estate), checks().values(), scan_of(tmp_path / "scan", estate))
    check = checks()[MFA]
    assert (one.title, one.why, one.remediation) == (check.title, check.why, check.remediation)
    assert (one.references, one.compliance) == ([*check.references], controls_of(check))
    assert one.categories == [*check.categories]
    assert one.tags == ["team=a"]
    assert one.time.tzinfo is not None


def test_tags_choose_findings_but_never_leave_out_what_may_have_them(tmp_path: Path) -> None:
    trails = {"a": ["team=a", "env=prod"], "b": ["team=b"], "none": [], "unread": None}
    found = [trail(name, s3_bucket_name="b", tags=tags) for name, tags in trails.items()]
    estate = Estate([*found, bucket("b")])
    scan = scan_of(tmp_path / "scan", estate)
    findings = [*judge(MFA, estate), manual("r: AWSRole could not be listed.")]

    def left(*tags: str) -> set[str]:
        return {one.resource.rpartition("/")[2] for one in about_tagged(findings, scan, tags)}

    assert left("team=a") == {"a", "unread", "r"}
    assert left("team=a", "team=b") == {"a", "b", "unread", "r"}
    assert left("team=c") == {"unread", "r"}
