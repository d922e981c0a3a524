import pytest
from clew.checks import Check, Cypher, Severity, Traversal


@pytest.mark.parametrize(
    "rule",
    [
        Cypher(
            "MATCH (a:AWSCloudTrailTrail)-[:LOGS_TO]->(b:AWSS3Bucket|AWSLogGroup) "
            "WHERE NOT EXISTS { MATCH (a)<-[:PART_OF]-(:AWSCloudTrailShadowTrail) } "
            "RETURN a AS resource, a.name = ':AWSRole' AS passed"
        ),
        Traversal(
            ("AWSCloudTrailTrail", "AWSS3Bucket", "AWSLogGroup", "AWSCloudTrailShadowTrail"),
            lambda _: [],
        ),
    ],
)
def test_the_labels_of_a_check_are_those_its_verdict_may_depend_on(
    rule: Cypher | Traversal,
) -> None:
    check = Check(
        id="x",
        title="x",
        provider="aws",
        service="x",
        severity=Severity.LOW,
        resource="AWSCloudTrailTrail",
        what="",
        why="",
        remediation="",
        passes="",
        fails="",
        rule=rule,
        pass_requires_listing=("AWSVpc",),
    )
    assert check.labels == {
        "AWSCloudTrailTrail",
        "AWSCloudTrailShadowTrail",
        "AWSS3Bucket",
        "AWSLogGroup",
        "AWSVpc",
    }
