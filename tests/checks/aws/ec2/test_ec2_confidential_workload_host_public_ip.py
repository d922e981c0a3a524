"""Hosts of enclaves stay away from the internet."""

from typing import Any

from support.judging import Estate, verdicts
from support.network import Network

CHECK = "ec2_confidential_workload_host_public_ip"
HOST: dict[str, Any] = {"EnclaveOptions": {"Enabled": True}}
PLAIN: dict[str, Any] = {"EnclaveOptions": {"Enabled": False}}


def test_addresses_and_routes_decide() -> None:
    network = Network()
    network.instance("private", "private", public="", **HOST)
    network.instance("addressed", "private", public="203.0.113.1", **HOST)
    network.instance("six", "private", public="", ipv6=["2001:db8::1"], **HOST)
    network.instance("local-six", "private", public="", ipv6=["fd00::1"], **HOST)
    network.instance("routed", "public", public="", **HOST)
    network.instance("encrypted", "public", CpuOptions={"AmdSevSnp": "enabled"}, **PLAIN)
    network.instance("plain", "public", **PLAIN)
    network.instance("gone", "public", state="terminated", **HOST)
    assert verdicts(CHECK, Estate(network.resources)) == {
        "private": "PASS",
        "addressed": "FAIL",
        "six": "FAIL",
        "local-six": "PASS",
        "routed": "FAIL",
        "encrypted": "FAIL",
    }


def test_what_cannot_be_seen_is_manual() -> None:
    network = Network()
    network.instance("hidden", "private", public="", with_interface=False, **HOST)
    network.instance("nowhere", "lost", public="", **HOST)
    network.instance("unknown", "public")
    network.instance("harmless", "private", public="")
    assert verdicts(CHECK, Estate(network.resources)) == {
        "hidden": ("MANUAL", "UNREADABLE_FIELD"),
        "nowhere": ("MANUAL", "UNREADABLE_FIELD"),
        "unknown": ("MANUAL", "UNREADABLE_FIELD"),
        "harmless": "PASS",
    }
