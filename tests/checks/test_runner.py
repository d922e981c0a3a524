"""What holds for every check, whatever its rule."""

from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest
from clew.checks import Check, Cypher, Finding, Severity, Traversal, checks, run
from clew.collectors.aws.cloudfront import Distribution, Origin
from clew.collectors.aws.lambda_ import Function
from clew.collectors.aws.organizations import Account
from clew.collectors.aws.vpc import Subnet
from clew.graph.model import Location
from clew.graph.schema import EdgeType
from clew.graph.stores.ladybug import open_embedded
from support.audit import blank, block, bucket, trail
from support.judging import ACCOUNT, REGION, Estate, judge
from support.network import Network
from support.small_scans import scan_of

OTHER = "444455556666"


@pytest.mark.parametrize(
    ("check", "label"),
    [
        ("s3_bucket_public_access", "AWSS3AccountPublicAccessBlock"),
        (
            "awslambda_function_invoke_api_operations_cloudtrail_logging_enabled",
            "AWSCloudTrailShadowTrail",
        ),
        ("rds_instance_no_public_access", "AWSRDSInstance"),
    ],
)
def test_a_scan_that_is_older_than_what_a_check_asks_for_is_left_to_a_person(
    check: str, label: str
) -> None:
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f"
    estate = Estate(
        [blank(Function, id=arn, name="f")], accounts=(ACCOUNT, OTHER), uncollected=[label]
    )
    found = judge(check, estate)
    assert [(one.status, one.reason, one.resource) for one in found] == [
        ("MANUAL", "OUT_OF_SCOPE", ACCOUNT),
        ("MANUAL", "OUT_OF_SCOPE", OTHER),
    ]
    assert found[0].message == (f"The scan was made before Clew collected {label}. Scan again.")


def message(check: str, estate: Estate) -> str:
    (found,) = judge(check, estate)
    return found.message


PUBLIC = "cloudtrail_logs_s3_bucket_is_not_publicly_accessible"


def test_a_missing_target_is_reported_with_its_place_or_with_the_call_that_failed() -> None:
    one = trail("t", s3_bucket_name="b")
    unlisted = Estate([one], accounts=(ACCOUNT, OTHER), unread={("AWSS3Bucket", OTHER)})
    assert message(PUBLIC, unlisted) == ("t: AWSS3Bucket b could not be read (List: AccessDenied).")


def test_the_block_that_counts_is_that_of_the_buckets_account() -> None:
    theirs = {"account": OTHER, "account_public_access_block": OTHER}
    open_bucket = bucket("b", acl_everyone=["READ"], **theirs)
    their_block = block().model_copy(
        update={"id": f"arn:aws:s3:global:{OTHER}:public-access-block", "account": OTHER}
    )
    known = [trail("t", s3_bucket_name="b"), open_bucket]
    label, both = "AWSS3AccountPublicAccessBlock", (ACCOUNT, OTHER)
    ours_unread = Estate([*known, their_block], accounts=both, unread={(label, ACCOUNT)})
    assert message(PUBLIC, ours_unread) == "Trail t logs to b, which is public by its ACL."
    theirs_unread = Estate([*known, block()], accounts=both, unread={(label, OTHER)})
    assert message(PUBLIC, theirs_unread) == (
        f"t: {label} {OTHER} could not be read (List: AccessDenied)."
    )


def test_a_finding_keeps_its_id_whatever_leaves_its_verdict_open() -> None:
    """A node that only decides on a verdict is not part of what is judged."""
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f"
    function = blank(
        Function,
        id=arn,
        name="f",
        vpc_id="vpc-1",
        subnet_ids=["subnet-a", "subnet-b"],
    )
    zones = [
        Subnet.load(
            {"SubnetId": f"subnet-{zone}"},
            Location(ACCOUNT, REGION, "aws"),
            availability_zone_id=zone,
        )
        for zone in "ab"
    ]
    check = "awslambda_function_vpc_multi_az"
    (passed,) = judge(check, Estate([function, *zones]))
    (blind,) = judge(check, Estate([function], unread=["AWSEC2Subnet"]))
    (half,) = judge(check, Estate([function, zones[0]], unread=["AWSEC2Subnet"]))
    assert [one.status for one in (passed, blind, half)] == ["PASS", "MANUAL", "MANUAL"]
    assert passed.id == blind.id == half.id
    assert blind.reason == "UNREADABLE"
    assert blind.target is None
    assert all(f"subnet-{zone}" in blind.message for zone in "ab")


def test_a_bucket_that_may_be_there_leaves_the_finding_that_a_free_name_makes() -> None:
    arn = f"arn:aws:cloudfront::{ACCOUNT}:distribution/d"
    names = ["ours", "old"]
    origins = [
        blank(
            Origin,
            id=f"{arn}/origin/{name}",
            name=name,
            region="global",
            s3_bucket_name=name,
        )
        for name in names
    ]
    distribution = blank(
        Distribution,
        id=arn,
        name="d",
        region="global",
        origin_ids=[origin.id for origin in origins],
    )
    check = "cloudfront_distributions_s3_origin_non_existent_bucket"

    def found(exists: bool | None) -> Finding:
        (one,) = judge(
            check,
            Estate(
                [distribution, *origins, bucket("ours"), block()],
                exists={"AWSS3Bucket": {"old": exists}.get},
            ),
        )
        return one

    assert (found(False).status, found(None).status) == ("FAIL", "MANUAL")
    assert found(False).id == found(None).id


# Derived edges.

REACH = "MATCH (resource:AWSEC2Instance) OPTIONAL MATCH (i:Internet)-[:CAN_REACH]->(resource) "
INSTANCE = EdgeType("Internet", "CAN_REACH", "AWSEC2Instance")


def walk(graph: Any) -> list[Any]:
    known = checks()["ec2_confidential_workload_host_public_ip"]
    assert isinstance(known.rule, Traversal)
    return [replace(row, passed=True) for row in known.rule.walk(graph)]


def about_edges(rule: Cypher | Traversal, without_edges: Literal["PASS", "FAIL"] = "PASS") -> Check:
    return Check(
        id="about_edges",
        title="An instance is reached",
        provider="aws",
        service="ec2",
        severity=Severity.LOW,
        resource="AWSEC2Instance",
        what="It is.",
        why="It is.",
        remediation="None",
        passes="{resource} passes.",
        fails="{resource} fails.",
        rule=rule,
        without_edges=without_edges,
    )


PASSES_WITHOUT = Cypher(REACH + "RETURN resource, i.id IS NULL AS passed")
FAILS_WITHOUT = Cypher(REACH + "RETURN resource, i.id IS NOT NULL AS passed")


@pytest.mark.parametrize(
    ("rule", "without", "read", "unread"),
    [
        (PASSES_WITHOUT, "PASS", "PASS", "MANUAL"),
        (PASSES_WITHOUT, "FAIL", "PASS", "PASS"),
        (FAILS_WITHOUT, "PASS", "FAIL", "FAIL"),
        (FAILS_WITHOUT, "FAIL", "FAIL", "MANUAL"),
    ],
)
def test_a_verdict_that_rests_on_the_absence_of_an_edge_rests_on_all_listings_behind_it(
    rule: Cypher, without: Literal["PASS", "FAIL"], read: str, unread: str
) -> None:
    network = Network()
    network.instance("private", "private", public="")
    check = about_edges(rule, without)
    (found,) = judge(check, Estate(network.resources))
    assert found.status == read
    (found,) = judge(check, Estate(network.resources, unread=["AWSTargetGroup"]))
    assert found.status == unread
    if unread == "MANUAL":
        assert found.message == (
            f"private: AWSTargetGroup of account {ACCOUNT} could not be listed in us-east-1 "
            "(List: AccessDenied)."
        )


@pytest.mark.parametrize("unread", ["AWSTargetGroup", "AWSLoadBalancer"])
def test_a_traversal_says_which_edges_it_walks_on(unread: str) -> None:
    network = Network()
    network.instance("private", "private", public="", EnclaveOptions={"Enabled": True})
    known = checks()["ec2_confidential_workload_host_public_ip"].rule
    assert isinstance(known, Traversal)
    estate = Estate(network.resources, unread=[unread])
    (found,) = judge(about_edges(Traversal(known.labels, walk)), estate)
    assert found.status == "PASS"
    (found,) = judge(about_edges(Traversal(known.labels, walk, frozenset([INSTANCE]))), estate)
    assert found.status == "MANUAL"


def test_a_scan_that_is_older_than_the_edges_of_a_rule_is_left_to_a_person(
    tmp_path: Path,
) -> None:
    network = Network()
    network.instance("private", "private", public="")
    older = scan_of(tmp_path / "scan", Estate(network.resources), ["Internet"])
    with open_embedded(older, tmp_path / "cache") as store:
        (found,) = run([checks()[PORT]], store, older).findings
    assert (found.status, found.reason, found.resource) == ("MANUAL", "OUT_OF_SCOPE", ACCOUNT)
    assert found.message == (
        "The scan was made before Clew derived CAN_REACH edges to AWSEC2Instance. Scan again."
    )


# Ids.


def test_a_finding_keeps_its_id_whatever_is_denied() -> None:
    network = Network()
    network.instance("private", "private", public="")
    ids = {
        found.id
        for unread in ([], ["AWSTargetGroup"], ["AWSRoute", "AWSNetworkInterface"])
        for found in judge(PORT, Estate(network.resources, unread=unread))
    }
    assert len(ids) == 1


PORT = "ec2_instance_port_ssh_exposed_to_internet"


@pytest.mark.parametrize(
    ("check", "provider", "label", "unread"),
    [
        (PORT, "aws", "AWSAccount", "AWSEC2Instance"),
        ("network_interface_ssh_open_to_internet", "azure", "AzureSubscription", ""),
        ("compute_instance_ssh_open_to_internet", "gcp", "GCPProject", ""),
    ],
)
def test_the_finding_about_an_account_has_its_clouds_label_and_one_id(
    check: str, provider: str, label: str, unread: str
) -> None:
    regions = (REGION,) if provider == "aws" else ()
    resource = unread or checks()[check].resource
    estates = [
        Estate([], unread=[resource], provider=provider, regions=regions),
        Estate([], unread=[(resource, ACCOUNT)], provider=provider, regions=regions),
    ]
    found = [one for estate in estates for one in judge(check, estate)]
    assert {one.resource_label for one in found} == {label}
    assert len({one.id for one in found}) == 1
    assert len(found) == 2


def test_an_account_is_the_same_finding_whether_it_was_read_or_not() -> None:
    account = Estate([], unread=["AWSAccount"])
    (unread,) = judge("paths_internet_to_admin", account)
    (read,) = judge("paths_internet_to_admin", Estate([blank(Account, id=ACCOUNT, name="a")]))
    assert unread.resource == read.resource == ACCOUNT
    assert unread.id == read.id
