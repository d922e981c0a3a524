from typing import Any

from clew.collectors.aws.ec2 import ElasticIP, NetworkInterface
from clew.collectors.aws.route53 import Record
from support.audit import blank, block, bucket
from support.judging import ACCOUNT, REGION, Estate, judge, verdicts

CHECK = "route53_dangling_ip_subdomain_takeover"
OTHER = "444455556666"


def record(
    name: str, *addresses: str, aws: Any = (), regions: Any = (REGION,), website: str = ""
) -> Any:
    return blank(
        Record,
        id=f"arn:aws:route53:::hostedzone/Z1/recordset/{name}",
        name=name,
        region="global",
        zone_id="Z1",
        public_addresses=list(addresses),
        aws_addresses=None if aws is None else list(aws),
        aws_address_regions=None if aws is None else list(regions),
        s3_bucket_name=website,
        is_s3_website=bool(website),
    )


def interface(*addresses: str, owner: str = ACCOUNT) -> Any:
    return blank(
        NetworkInterface,
        id=f"arn:aws:ec2:{REGION}:{owner}:network-interface/eni-{addresses[0]}",
        network_interface_id=f"eni-{addresses[0]}",
        account=owner,
        public_ip_addresses=list(addresses),
    )


def elastic_ip(address: str) -> Any:
    return blank(
        ElasticIP,
        id=f"arn:aws:ec2:{REGION}:{ACCOUNT}:elastic-ip/eipalloc-1",
        allocation_id="eipalloc-1",
        public_ip=address,
    )


def test_an_address_of_ec2_that_nobody_holds_fails() -> None:
    held, idle, theirs, free, office = (f"203.0.113.{number}" for number in range(1, 6))
    estate = Estate(
        [
            record("held", held, aws=[held]),
            record("idle", idle, aws=[idle]),
            record("other-account", theirs, aws=[theirs]),
            record("free", held, free, aws=[held, free]),
            record("office", office, aws=[]),
            record("no-ranges", office, aws=None),
            record("no-ranges-but-held", held, aws=None),
            record("alias"),
            interface(held),
            interface(theirs, owner=OTHER),
            elastic_ip(idle),
        ],
        accounts=(ACCOUNT, OTHER),
    )
    assert verdicts(CHECK, estate) == {
        "held": "PASS",
        "idle": "PASS",
        "other-account": "PASS",
        "free": "FAIL",
        "office": "PASS",
        "no-ranges": ("MANUAL", "UNREADABLE_FIELD"),
        "no-ranges-but-held": "PASS",
    }


def test_where_addresses_could_not_be_listed_none_is_called_free() -> None:
    free = record("free", "203.0.113.1", aws=["203.0.113.1"])
    for label in ("AWSNetworkInterface", "AWSElasticIP"):
        assert verdicts(CHECK, Estate([free], unread=[label])) == {"free": ("MANUAL", "UNREADABLE")}


def test_a_website_whose_bucket_is_gone_fails() -> None:
    estate = Estate(
        [
            record("ours", website="www.ours"),
            record("gone", website="www.gone"),
            record("theirs", website="www.theirs"),
            bucket("www.ours"),
            block(),
        ],
        exists={"AWSS3Bucket": {"www.gone": False, "www.theirs": True}.get},
    )
    assert verdicts(CHECK, estate) == {
        "ours": "PASS",
        "gone": "FAIL",
        "theirs": ("MANUAL", "UNKNOWN_OWNER"),
    }


def test_an_address_that_an_unread_part_of_another_account_may_hold_is_not_called_free() -> None:
    free = record("free", "203.0.113.1", aws=["203.0.113.1"])
    both = (ACCOUNT, OTHER)
    for label in ("AWSNetworkInterface", "AWSElasticIP"):
        (found,) = judge(CHECK, Estate([free], accounts=both, unread={(label, OTHER)}))
        assert (found.status, found.reason) == ("MANUAL", "UNREADABLE")
        assert label in found.message
        assert OTHER in found.message
    assert verdicts(CHECK, Estate([free], accounts=both, unread=["AWSS3Bucket"])) == {
        "free": "FAIL"
    }


def test_an_address_is_asked_for_in_the_region_that_it_belongs_to() -> None:
    here, elsewhere = (
        record(place, "203.0.113.1", aws=["203.0.113.1"], regions=[place])
        for place in (REGION, "eu-west-1")
    )
    assert verdicts(CHECK, Estate([here, elsewhere])) == {
        REGION: "FAIL",
        "eu-west-1": ("MANUAL", "OUT_OF_SCOPE"),
    }
    estate = Estate(
        [here, elsewhere],
        regions=(REGION, "eu-west-1"),
        unread={("AWSElasticIP", ACCOUNT, "eu-west-1")},
    )
    assert verdicts(CHECK, estate) == {REGION: "FAIL", "eu-west-1": ("MANUAL", "UNREADABLE")}
