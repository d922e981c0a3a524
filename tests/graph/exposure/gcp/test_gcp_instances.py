"""What the internet reaches in Google Cloud: ports, protocols, paths, and what is unread."""

import json
from collections.abc import Iterable
from typing import Any

import pytest
from clew.collectors.gcp.compute import FirewallPolicy, ForwardingRule
from clew.graph.derivation import absence_rests_on, rests_on
from clew.graph.gaps import gaps
from clew.graph.model import Resource
from clew.graph.scan_coverage import ScanCoverage
from clew.graph.schema import EdgeType
from support.exposing import EXPOSURE, Found, edges, scan_of, summary
from support.gcp_network import PROJECT, ROOT, allow, deny, of, policy, site

SCAN = {"provider": "gcp", "account": PROJECT, "region": "global"}
REACH = EdgeType("Internet", "CAN_REACH", "GCPInstance")
DIRECT = ("ipv4", "direct", True)


def found(resources: Iterable[Resource], unread: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    return [edge for _, edge in edges(resources, unread, but="GCPNetworkInterface", **SCAN)]


def reached(*resources: Resource, unread: tuple[str, ...] = ()) -> Found:
    return summary(edges(resources, unread, but="GCPNetworkInterface", **SCAN))


def test_every_port_and_protocol_that_rules_open_is_reported() -> None:
    estate = site(
        "i",
        allow(1000, "tcp:80", "tcp:8000-8010", "udp:53", "icmp", "esp", "sctp:36412"),
        deny(900, "tcp:8005"),
    )
    assert reached(*estate) == {
        ("i", "tcp", 80, 80, *DIRECT),
        ("i", "tcp", 8000, 8004, *DIRECT),
        ("i", "tcp", 8006, 8010, *DIRECT),
        ("i", "udp", 53, 53, *DIRECT),
        ("i", "icmp", 0, 255, *DIRECT),
        ("i", "50", 0, 65535, *DIRECT),
        ("i", "132", 36412, 36412, *DIRECT),
    }


def test_a_rule_for_everything_counts_for_each_protocol() -> None:
    assert {each[1] for each in reached(*site("i", allow(1000, "all")))} == {
        "tcp",
        "udp",
        "icmp",
        "other",
    }


def test_interfaces_are_reached_as_their_instance_is() -> None:
    names = [name for name, _ in edges(site("i", allow()), but="", **SCAN)]
    assert sorted(names) == ["i", "i-nic"]


def test_the_edge_says_what_it_rests_on() -> None:
    (edge, _) = found(site("i", allow(), allow(2000, "udp:22")))
    assert json.loads(edge["evidence"]) == {
        "firewalls": [f"{ROOT}/global/firewalls/i-0"],
        "network_interfaces": [f"{ROOT}/zones/europe-west1-b/instances/i/networkInterfaces/i-nic"],
        "networks": [f"{ROOT}/global/networks/i-net"],
    }


@pytest.mark.parametrize(
    ("sources", "is_open"),
    [
        ({"source_ranges": []}, True),
        ({"source_ranges": [], "source_tags": ["bastion"]}, False),
        ({"source_ranges": [], "source_service_accounts": ["a@b.example"]}, False),
        ({"source_ranges": ["10.0.0.0/8"]}, False),
    ],
)
def test_a_rule_without_any_source_is_for_every_source(
    sources: dict[str, Any], is_open: bool
) -> None:
    assert bool(reached(*site("i", allow(**sources)))) is is_open


@pytest.mark.parametrize("ranges", [None, []])
def test_a_policys_rule_without_any_source_is_for_every_source(ranges: list[str] | None) -> None:
    above = {"type": "HIERARCHY", "displayName": "base"}
    opening, closing = (policy(7, verdict, "22") for verdict in ("allow", "deny"))
    for rule in (opening, closing):
        rule["match"] |= {"srcIpRanges": ranges}
    (edge,) = found(site("i", policies=[above | {"rules": [opening]}]))
    assert not edge["unread"]
    assert not found(site("i", allow(), policies=[above | {"rules": [closing]}]))


@pytest.mark.parametrize(
    "match",
    [
        {"srcFqdns": ["example.com"]},
        {"srcRegionCodes": ["XX"]},
        {"srcThreatIntelligences": ["iplist-known-malicious-ips"]},
        {"srcSecureTags": [{"name": "tagValues/1"}]},
        {"srcAddressGroups": ["groups/1"]},
        {"srcNetworkType": "INTERNET"},
    ],
)
def test_what_a_rule_matches_beside_ranges_is_in_doubt(match: dict[str, Any]) -> None:
    above = {"type": "HIERARCHY", "displayName": "base"}
    opening = site("i", policies=[above | {"rules": [policy(7, "allow", "22", **match)]}])
    (edge,) = found(opening)
    assert edge["unread"] == ["what rule 7 of firewall policy base holds for"]
    closing = site("i", allow(), policies=[above | {"rules": [policy(7, "deny", "22", **match)]}])
    assert [each["unread"] for each in found(closing)] == [edge["unread"]]


def test_rules_for_secure_tags_and_inspection_are_in_doubt() -> None:
    above = {"type": "HIERARCHY", "displayName": "base"}
    tagged = policy(7, "allow", "22") | {"targetSecureTags": [{"name": "tagValues/1"}]}
    inspected = policy(7, "apply_security_profile_group", "22")
    for each in (tagged, inspected):
        (edge,) = found(site("i", policies=[above | {"rules": [each]}]))
        assert edge["unread"] == ["what rule 7 of firewall policy base holds for"]


def test_a_doubt_is_named_on_its_own_ports_only() -> None:
    above = {"type": "HIERARCHY", "displayName": "base"}
    unsure = policy(7, "deny", "22", srcRegionCodes=["XX"])
    estate = site("i", allow(1000, "tcp:22", "tcp:80"), policies=[above | {"rules": [unsure]}])
    assert {(edge["from_port"], bool(edge["unread"])) for edge in found(estate)} == {
        (22, True),
        (80, False),
    }


def test_policies_that_google_makes_come_before_rules_and_behind_the_organizations() -> None:
    closing = {"type": "SYSTEM_REGIONAL", "rules": [policy(7, "deny", "22")]}
    opening = {"type": "SYSTEM_REGIONAL", "rules": [policy(7, "allow", "22")]}
    above = {"type": "HIERARCHY", "rules": [policy(7, "deny", "22")]}
    assert reached(*site("i", allow(), system=[closing])) == set()
    assert reached(*site("i", system=[opening])) == {("i", "tcp", 22, 22, *DIRECT)}
    assert reached(*site("i", system=[opening], policies=[above])) == set()
    first = site("i", allow(), system=[closing], order="BEFORE_CLASSIC_FIREWALL")
    assert reached(*first) == set()


@pytest.mark.parametrize("rules", [[], [allow()]])
def test_unread_policies_of_googles_leave_open_and_closed_in_doubt(
    rules: list[dict[str, Any]],
) -> None:
    found_ = found(site("i", *rules, system=None))
    assert {edge["protocol"] for edge in found_} == {"tcp", "udp", "icmp", "other"}
    assert {why for edge in found_ for why in edge["unread"]} == {
        "firewall policies that Google made for a region of i-net"
    }
    above = {"type": "HIERARCHY", "rules": [policy(7, "deny", "22")]}
    closed = found(site("i", *rules, system=None, policies=[above]))
    assert not any(
        edge["protocol"] == "tcp" and edge["from_port"] <= 22 <= edge["to_port"] for edge in closed
    )


def test_regional_policies_that_were_not_listed_matter_where_nothing_decided_before() -> None:
    unread = ("GCPNetworkFirewallPolicy",)
    after = found(site("i", allow()), unread)
    assert next(edge for edge in after if edge["from_port"] == 22)["unread"] == []
    assert {tuple(edge["unread"]) for edge in after if edge["from_port"] != 22} == {
        ("regional firewall policies of i-net",)
    }
    before = found(site("i", allow(), order="BEFORE_CLASSIC_FIREWALL"), unread)
    assert {tuple(edge["unread"]) for edge in before} == {("regional firewall policies of i-net",)}


def test_a_policy_of_a_region_opens_ports_there() -> None:
    rules = json.dumps([policy(100, "allow", "22")])
    regional = of(
        FirewallPolicy,
        "regions/europe-west1/firewallPolicies/p",
        region="europe-west1",
        networks=[f"{ROOT}/global/networks/i-net"],
        rules=rules,
    )
    assert reached(*site("i"), regional) == {("i", "tcp", 22, 22, *DIRECT)}


def test_what_a_forwarding_rule_passes_on_may_arrive_at_any_instance_of_its_region() -> None:
    def passing(**fields: Any) -> list[Resource]:
        given = {
            "load_balancing_scheme": "EXTERNAL",
            "target": f"{ROOT}/regions/europe-west1/targetPools/pool",
            "region": "europe-west1",
            "port_ranges": ["20-30"],
            "ip_protocol": "UDP",
            "ip_address": "203.0.113.7",
            **fields,
        }
        here = of(ForwardingRule, "regions/europe-west1/forwardingRules/lb", **given)
        return [*site("i", public=(False, False)), here]

    at_udp = ("i", "udp", 20, 30, "ipv4", "load balancer", False)
    assert reached(*passing()) == {at_udp}
    assert {each[1] for each in reached(*passing(ip_protocol="L3_DEFAULT", port_ranges=[]))} == {
        "tcp",
        "udp",
        "icmp",
        "other",
    }
    assert {each[4] for each in reached(*passing(ip_address="2001:db8::7"))} == {"ipv6"}
    (edge,) = found(passing())
    assert edge["unread"] == ["what lb forwards to"]


@pytest.mark.parametrize(
    "label", sorted(rests_on(EXPOSURE, [REACH]) - absence_rests_on(EXPOSURE, [REACH]))
)
def test_what_could_not_be_listed_shows_in_the_edge(label: str) -> None:
    assert any(edge["unread"] for edge in found(site("i", allow()), (label,)))


def test_what_is_not_modelled_is_a_gap() -> None:
    found_ = gaps(ScanCoverage(scan_of(**SCAN)), EXPOSURE, [REACH])
    sentences = " ".join(gap.message for gap in found_)
    for words in ("Cloud Routers", "proxy load balancers", "Policy-based routes"):
        assert words in sentences
