"""Load balancers that leave packets as they are: to whom they pass them on, and what filters them
there."""

from typing import Any

import pytest
from clew.collectors.gcp.compute import ForwardingRule
from clew.collectors.gcp.instance_groups import InstanceGroup
from clew.collectors.gcp.load_balancing import BackendService, TargetInstance, TargetPool
from clew.graph.model import Resource
from support.exposing import edges
from support.gcp_network import PROJECT, ROOT, allow, deny, of, site

SCAN = {"provider": "gcp", "account": PROJECT, "region": "global"}
REGION = "regions/europe-west1"
INSTANCE = f"{ROOT}/zones/europe-west1-b/instances/i"
BEHIND = "load balancer"


def rule(**fields: Any) -> Any:
    known = {
        "load_balancing_scheme": "EXTERNAL",
        "ip_protocol": "TCP",
        "port_ranges": ["20-30"],
        "region": "europe-west1",
        "source_ip_ranges": [],
        **fields,
    }
    return of(ForwardingRule, f"{REGION}/forwardingRules/f", **known)


def pool(*instances: str) -> list[Resource]:
    found = of(TargetPool, f"{REGION}/targetPools/p", instances=list(instances))
    return [rule(target=found.id), found]


def single() -> list[Resource]:
    found = of(TargetInstance, "zones/europe-west1-b/targetInstances/t", instance=INSTANCE)
    return [rule(target=found.id), found]


def service(instances: list[str] | None) -> list[Resource]:
    group = of(InstanceGroup, "zones/europe-west1-b/instanceGroups/g", instances=instances)
    backend = of(BackendService, f"{REGION}/backendServices/b", groups=[group.id])
    return [rule(backend_service=backend.id), backend, group]


def answer(balancing: list[Resource], *rules: dict[str, Any], unread: tuple[str, ...] = ()) -> Any:
    """The ports by which the instance is reached behind the load balancer."""
    private = site("i", *rules, public=(False, False))
    found = edges([*private, *balancing], unread, but="GCPNetworkInterface", **SCAN)
    return {
        (each["from_port"], each["to_port"], not each["unread"])
        for _, each in found
        if each["path"] == BEHIND
    }


@pytest.mark.parametrize("balancing", [pool(INSTANCE), single(), service([INSTANCE])])
def test_packets_arrive_where_the_networks_own_rules_let_them(balancing: list[Resource]) -> None:
    assert answer(balancing, allow(1000, "tcp:22")) == {(22, 22, True)}
    assert answer(balancing, allow(1000, "tcp")) == {(20, 30, True)}
    assert answer(balancing, allow(1000, "tcp"), deny(900, "tcp:25")) == {
        (20, 24, True),
        (26, 30, True),
    }
    assert answer(balancing, allow(1000, "tcp:443")) == set()
    assert answer(balancing) == set()


def test_others_than_those_behind_it_are_not_reached() -> None:
    other = f"{ROOT}/zones/europe-west1-b/instances/other"
    for balancing in (pool(other), pool(), service([other])):
        found = answer(balancing, allow(1000, "tcp:22"))
        # That the other instance is not there is a doubt about it alone.
        assert found == set()


@pytest.mark.parametrize(
    "balancing", [service(None), [rule(target=f"{ROOT}/{REGION}/targetPools/x")]]
)
def test_what_is_behind_and_was_not_read_may_be_anybody(balancing: list[Resource]) -> None:
    assert answer(balancing, allow(1000, "tcp:22")) == {(20, 30, False)}


def test_a_pool_that_was_not_listed_leaves_a_doubt() -> None:
    assert answer(pool(INSTANCE), allow(), unread=("GCPTargetPool",)) == {(20, 30, False)}


def test_sources_that_the_rule_takes_count() -> None:
    backend = pool(INSTANCE)
    office = [rule(target=backend[1].id, source_ip_ranges=["198.51.100.0/24"]), backend[1]]
    assert answer(office, allow(1000, "tcp:22")) == set()
