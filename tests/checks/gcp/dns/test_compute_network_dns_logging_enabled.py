"""DNS policies of networks."""

from typing import Any

import pytest
from clew.collectors.gcp.compute import Vpc
from clew.collectors.gcp.dns import DNSPolicy
from support.gcp_estates import OTHER, PROJECT, estate, resource
from support.judging import verdicts

CHECK = "compute_network_dns_logging_enabled"


@pytest.mark.parametrize(
    ("logs", "expected"),
    [(True, "PASS"), (False, "FAIL"), (None, ("MANUAL", "UNREADABLE_FIELD"))],
)
def test_a_policy_logs_the_queries_of_this_network_and_no_other(
    logs: bool | None, expected: Any
) -> None:
    networks = [
        resource(
            Vpc,
            f"//compute.googleapis.com/projects/{account}/global/networks/default",
            account=account,
            name=account,
        )
        for account in (PROJECT, OTHER)
    ]
    policy = resource(
        DNSPolicy,
        f"//dns.googleapis.com/projects/{PROJECT}/policies/p",
        networks=[networks[0].id],
        logging_enabled=logs,
    )
    found = verdicts(CHECK, estate(*networks, policy))
    assert found == {PROJECT: expected, OTHER: "FAIL"}
    unread = verdicts(CHECK, estate(*networks, unread=["GCPDNSPolicy"]))
    assert {each[0] for each in unread.values()} == {"MANUAL"}
