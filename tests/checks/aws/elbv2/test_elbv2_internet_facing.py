"""One open port is enough."""

from support.judging import Estate, verdicts
from support.network import Network

CHECK = "elbv2_internet_facing"


def test_a_load_balancer_is_judged_by_the_ports_it_listens_on() -> None:
    network = Network()
    network.group("web", ("i", "tcp", 443, 443, "0.0.0.0/0"))
    network.group("six", ("i", "tcp", 443, 443, "::/0"))
    network.group("office", ("i", "tcp", 443, 443, "198.51.100.0/24"))
    network.prefix_list("pl-1", None)
    network.group("listed", ("i", "tcp", 443, 443, "pl-1"))
    for name, groups, port, more in (
        ("open", ["web"], 443, {}),
        ("elsewhere", ["web"], 8443, {}),
        ("closed", ["office"], 443, {}),
        ("internal", ["web"], 443, {"scheme": "internal"}),
        ("unrouted", ["web"], 443, {"subnets": ["private"]}),
        ("six", ["six"], 443, {"families": "dualstack"}),
        ("only-four", ["six"], 443, {}),
        ("bare", [], 443, {"kind": "network"}),
        ("listed", ["listed"], 443, {}),
    ):
        network.listener(network.load_balancer(name, groups, **more), port)
    network.load_balancer("deaf", ["web"])
    assert verdicts(CHECK, Estate(network.resources)) == {
        "open": "FAIL",
        "elsewhere": "PASS",
        "closed": "PASS",
        "internal": "PASS",
        "unrouted": "PASS",
        "six": "FAIL",
        "only-four": "PASS",
        "bare": "FAIL",
        "listed": ("MANUAL", "UNREADABLE_FIELD"),
        "deaf": "PASS",
    }


def test_listeners_that_were_not_listed_are_never_a_pass() -> None:
    network = Network()
    network.group("web", ("i", "tcp", 443, 443, "0.0.0.0/0"))
    network.load_balancer("open", ["web"])
    network.load_balancer("internal", ["web"], scheme="internal")
    assert verdicts(CHECK, Estate(network.resources, unread=["AWSListener"])) == {
        "open": ("MANUAL", "UNREADABLE_FIELD"),
        "internal": "PASS",
    }
