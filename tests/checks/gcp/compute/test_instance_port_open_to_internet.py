"""One network with its rules for each way to be open or closed, and the verdict on its instance."""

import json
from typing import Any

from clew.collectors.gcp.compute import FirewallPolicy, ForwardingRule, Route
from clew.graph.model import Resource
from support.gcp_network import PROJECT, ROOT, WEB, allow, deny, of, policy, site
from support.judging import Estate, judge, verdicts

SSH = "compute_instance_ssh_open_to_internet"
RDP = "compute_instance_rdp_open_to_internet"


def estate(resources: list[Resource], **scan: Any) -> Estate:
    return Estate(resources, accounts=(PROJECT,), regions=(), provider="gcp", **scan)


def test_firewall_rules_decide_in_their_order() -> None:
    sites: dict[str, tuple[list[dict[str, Any]], str]] = {
        "open": ([allow()], "FAIL"),
        "everything": ([allow(65534, "all")], "FAIL"),
        "by number": ([allow(1000, "6")], "FAIL"),
        "all of tcp": ([allow(1000, "tcp")], "FAIL"),
        "range": ([allow(1000, "tcp:20-30")], "FAIL"),
        "other port": ([allow(1000, "tcp:2222")], "PASS"),
        "other protocol": ([allow(1000, "udp:22")], "PASS"),
        "partner": ([allow(source_ranges=["35.235.240.0/20"])], "PASS"),
        "halves": ([allow(source_ranges=["0.0.0.0/1", "128.0.0.0/1"])], "FAIL"),
        "other family": ([allow(source_ranges=["::/0"])], "PASS"),
        "from tags": ([allow(source_ranges=[], source_tags=["bastion"])], "PASS"),
        "outwards": ([allow(direction="EGRESS")], "PASS"),
        "disabled": ([allow(disabled=True)], "PASS"),
        "denied first": ([allow(), deny(500)], "PASS"),
        "denied later": ([allow(), deny(2000)], "FAIL"),
        "denied alike": ([allow(), deny(1000)], "PASS"),
        "denied but disabled": ([allow(), deny(500, disabled=True)], "FAIL"),
        "few denied": ([allow(), deny(500, source_ranges=["203.0.113.0/24"])], "FAIL"),
        "denied for others": ([allow(), deny(500, target_tags=["db"])], "FAIL"),
        "denied for its tag": ([allow(), deny(500, target_tags=["web"])], "PASS"),
        "for others": ([allow(target_tags=["db"])], "PASS"),
        "for its tag": ([allow(target_tags=["db", "web"])], "FAIL"),
        "for its account": ([allow(target_service_accounts=[WEB])], "FAIL"),
        "for another account": ([allow(target_service_accounts=["db@x.example"])], "PASS"),
        "to its address": ([allow(destination_ranges=["10.0.0.0/24"])], "FAIL"),
        "to another": ([allow(destination_ranges=["10.9.0.0/24"])], "PASS"),
        "no rule": ([], "PASS"),
    }
    resources = [each for name, (rules, _) in sites.items() for each in site(name, *rules)]
    expected = {name: verdict for name, (_, verdict) in sites.items()}
    assert verdicts(SSH, estate(resources)) == expected


def test_a_finding_rests_on_the_interface_the_network_and_the_rule() -> None:
    (found,) = judge(SSH, estate(site("open", deny(2000), allow())))
    named = {node.name for node in found.evidence.nodes}
    assert named == {"Internet", "open", "open-nic", "open-net", "open-1"}


def test_policies_come_before_and_after_the_rules() -> None:
    above = {"type": "HIERARCHY", "displayName": "base"}
    own = {"type": "NETWORK", "displayName": "own"}
    deny_all = policy(100, "deny", "22")
    allow_all = policy(100, "allow", "22")
    hand_on = policy(50, "goto_next", "22")
    unsure = policy(100, "deny", "22", srcRegionCodes=["XX"])
    before = "BEFORE_CLASSIC_FIREWALL"
    resources = [
        *site("denied above", allow(), policies=[above | {"rules": [deny_all]}]),
        *site("allowed above", policies=[above | {"rules": [allow_all]}]),
        *site("handed on", allow(), policies=[above | {"rules": [deny_all, hand_on]}]),
        *site("denied below", allow(), policies=[own | {"rules": [deny_all]}]),
        *site("denied first", allow(), policies=[own | {"rules": [deny_all]}], order=before),
        *site("allowed below", policies=[own | {"rules": [allow_all]}]),
        *site("other port", policies=[own | {"rules": [policy(100, "allow", "443")]}]),
        *site("unsure", allow(), policies=[above | {"rules": [unsure]}]),
        *site("unsure of nothing", policies=[above | {"rules": [unsure]}]),
    ]
    assert verdicts(SSH, estate(resources)) == {
        "denied above": "PASS",
        "allowed above": "FAIL",
        "handed on": "FAIL",
        "denied below": "FAIL",
        "denied first": "PASS",
        "allowed below": "FAIL",
        "other port": "PASS",
        "unsure": ("MANUAL", "UNREADABLE_FIELD"),
        "unsure of nothing": "PASS",
    }


def test_a_policy_of_a_region_holds_there() -> None:
    rules = json.dumps([policy(100, "allow", "22")])
    resources = [
        *site("here"),
        *site("elsewhere"),
        *(
            of(
                FirewallPolicy,
                f"regions/{region}/firewallPolicies/{name}",
                region=region,
                networks=[f"{ROOT}/global/networks/{name}-net"],
                rules=rules,
            )
            for name, region in (("here", "europe-west1"), ("elsewhere", "us-central1"))
        ),
    ]
    assert verdicts(SSH, estate(resources)) == {"here": "FAIL", "elsewhere": "PASS"}


def test_an_address_and_a_route_back_are_needed_in_the_same_family() -> None:
    everyone = allow(source_ranges=["0.0.0.0/0", "::/0"])
    only_v6 = allow(source_ranges=["::/0"])
    resources = [
        *site("private", everyone, public=(False, False)),
        *site("both", only_v6, public=(True, True)),
        *site("no way back", everyone, hop="vpn"),
    ]
    found = verdicts(SSH, estate(resources))
    assert found == {"private": "PASS", "both": "FAIL", "no way back": "PASS"}
    assert set(verdicts(RDP, estate(resources)).values()) == {"PASS"}


def test_what_could_not_be_read_is_not_taken_for_closed() -> None:
    resources = [
        *site("policies", allow(), policies=None),
        *site("rules"),
        *site("private", policies=None, public=(False, False)),
        *site("shared"),
    ]
    for each in resources:
        if each.name == "rules-net":
            each.firewalls = [f"{ROOT}/global/firewalls/denied"]  # type: ignore[attr-defined]
        if each.name == "shared-nic":
            host = "//compute.googleapis.com/projects/host/global/networks/transit"
            each.network = host  # type: ignore[attr-defined]
    unknown = ("MANUAL", "UNREADABLE_FIELD")
    assert verdicts(SSH, estate(resources)) == {
        "policies": unknown,
        "rules": unknown,
        "private": "PASS",
        "shared": unknown,
    }
    messages = {found.message for found in judge(SSH, estate(resources))}
    assert any("belongs to an account that is not in this scan" in text for text in messages)


def test_routes_that_were_not_listed_leave_a_doubt() -> None:
    resources = [each for each in site("open", allow()) if not isinstance(each, Route)]
    found = verdicts(SSH, estate(resources, unread=["GCPRoute"]))
    assert found == {"open": ("MANUAL", "UNREADABLE_FIELD")}


def test_a_forwarding_rule_to_something_unknown_leaves_a_doubt() -> None:
    def balanced(name: str, **fields: Any) -> list[Resource]:
        given = {
            "load_balancing_scheme": "EXTERNAL",
            "ip_protocol": "TCP",
            "port_ranges": ["20-30"],
            "target": f"{ROOT}/regions/europe-west1/targetPools/pool",
            "region": "europe-west1",
            **fields,
        }
        return [
            *site(name, public=(False, False)),
            of(ForwardingRule, f"regions/europe-west1/forwardingRules/{name}", **given),
        ]

    doubt = ("MANUAL", "UNREADABLE_FIELD")
    assert verdicts(SSH, estate(balanced("passed on"))) == {"passed on": doubt}
    others = [
        *balanced("inside", load_balancing_scheme="INTERNAL"),
        *balanced("other port", port_ranges=["443"]),
        *balanced("proxy", target=f"{ROOT}/global/targetHttpsProxies/proxy"),
        *balanced("other region", region="us-central1"),
    ]
    assert set(verdicts(SSH, estate(others)).values()) == {"PASS"}
