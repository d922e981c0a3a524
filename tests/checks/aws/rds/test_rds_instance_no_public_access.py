from typing import Any

import pytest
from clew.collectors.aws.rds import Instance
from support.judging import ACCOUNT, Estate, verdicts
from support.network import Network

CHECK = "rds_instance_no_public_access"


@pytest.fixture
def network() -> Network:
    network = Network()
    network.group("everyone", ("i", "tcp", 5432, 5432, "0.0.0.0/0"))
    network.group("other port", ("i", "tcp", 22, 22, "0.0.0.0/0"))
    network.group("office", ("i", "tcp", 5432, 5432, "10.1.0.0/16"))
    return network


def database(
    network: Network, name: str, group: str, subnet: str = "public", public: bool | None = True
) -> None:
    raw: dict[str, Any] = {
        "DBInstanceIdentifier": name,
        "Endpoint": {"Port": 5432},
        "PubliclyAccessible": public,
        "DBSubnetGroup": {"VpcId": network.vpc, "Subnets": [{"SubnetIdentifier": subnet}]},
        "VpcSecurityGroups": [{"VpcSecurityGroupId": group}],
    }
    network.resources.append(Instance.load(raw, network.here))


def judged(network: Network, unread: tuple[str, ...] = ()) -> dict[str, Any]:
    resources = [one for one in network.resources if one.label not in unread]
    return verdicts(CHECK, Estate(resources, unread=unread))


def test_only_what_is_reached_fails(network: Network) -> None:
    database(network, "open", "everyone")
    database(network, "not public", "everyone", public=False)
    database(network, "no route", "everyone", subnet="private")
    database(network, "other port", "other port")
    database(network, "office only", "office")
    assert judged(network) == {
        "open": "FAIL",
        "not public": "PASS",
        "no route": "PASS",
        "other port": "PASS",
        "office only": "PASS",
    }


def test_an_acl_that_denies_is_enough(network: Network) -> None:
    network.acl("acl", (100, "o", "allow", "-1", "0.0.0.0/0"))
    database(network, "behind the ACL", "everyone")
    assert judged(network) == {"behind the ACL": "PASS"}


def test_a_prefix_list_opens_as_a_range_does(network: Network) -> None:
    network.prefix_list("pl-everyone", ["0.0.0.0/1", "128.0.0.0/1"])
    network.group("listed", ("i", "tcp", 5432, 5432, "pl-everyone"))
    database(network, "open by list", "listed")
    assert judged(network) == {"open by list": "FAIL"}


def test_what_could_not_be_read_is_not_closed(network: Network) -> None:
    database(network, "perhaps public", "everyone", public=None)
    database(network, "closed whatever it is", "office", public=None)
    assert judged(network) == {
        "perhaps public": ("MANUAL", "UNREADABLE_FIELD"),
        "closed whatever it is": "PASS",
    }


@pytest.mark.parametrize("label", ["AWSEC2SecurityGroupRule", "AWSRoute", "AWSNetworkAclRule"])
def test_an_unread_filter_is_not_a_closed_one(network: Network, label: str) -> None:
    database(network, "perhaps open", "office" if label.endswith("GroupRule") else "everyone")
    database(network, "not public", "everyone", public=False)
    assert judged(network, unread=(label,)) == {
        "perhaps open": ("MANUAL", "UNREADABLE_FIELD"),
        "not public": "PASS",
    }


def test_unlisted_databases_are_said_to_be_unlisted(network: Network) -> None:
    assert judged(network, unread=("AWSRDSInstance",)) == {ACCOUNT: ("MANUAL", "UNREADABLE")}
