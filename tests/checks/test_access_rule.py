"""Rules that ask who may do what, run as the runner runs them."""

from typing import Any

import pytest
from clew.checks import Check, Row, Severity
from clew.checks.access import Access, worst
from clew.checks.access_rule import AccessRule
from clew.graph.authorization.azure.authorizer import AZURE
from clew.graph.exposure.reach import reaches
from clew.graph.schema import EdgeType
from support.azure_resources import ACCOUNT, of
from support.judging import Estate, judge

VAULT = "AzureKeyVault"


def check(rests_on: frozenset[EdgeType] | None = None, **rule: Any) -> Check:
    def walk(access: Access) -> Any:
        for each in access.view.labelled(VAULT):
            passed = worst(access.who_may(["Microsoft.KeyVault/vaults/write"], each))
            yield Row(each, passed, rests_on=rests_on)

    return Check(
        id="c",
        title="t",
        provider="azure",
        service="keyvault",
        severity=Severity.LOW,
        resource=VAULT,
        what="w.",
        why="w.",
        remediation="r",
        passes="p",
        fails="f",
        rule=AccessRule(
            authorizer=AZURE,
            walk=walk,
            own_labels=(VAULT, "AzureVirtualMachine", "Internet"),
            **rule,
        ),
    )


def test_a_pass_rests_on_all_that_decides_who_may_do_what() -> None:
    rule = check().rule
    assert isinstance(rule, AccessRule)
    assert {"AzureRoleAssignment", "EntraUser", "EntraGroup"} <= {*rule.pass_requires_listing}
    assert not {*rule.pass_requires_listing} & {"AzureDenyAssignment", "AzureLock"}
    assert {*rule.labels} >= AZURE.reads | {VAULT}


@pytest.mark.parametrize("unread", ["AzureRoleAssignment", "AzureRoleDefinition"])
def test_what_was_not_listed_is_manual(unread: str) -> None:
    estate = Estate(
        [of(VAULT)], accounts=(ACCOUNT,), regions=(), provider="azure", unread=(unread,)
    )
    (found,) = judge(check(), estate)
    assert found.status == "MANUAL"


def test_without_the_directory_nobody_is_said_not_to_be_allowed() -> None:
    estate = Estate([of(VAULT)], accounts=(ACCOUNT,), regions=(), provider="azure")
    (found,) = judge(check(), estate)
    assert (found.status, found.reason) == ("MANUAL", "OUT_OF_SCOPE")


@pytest.mark.parametrize(("unread", "expected"), [((), "PASS"), (("AzureLoadBalancer",), "MANUAL")])
def test_a_verdict_may_rest_on_less_than_the_rule(unread: tuple[str, ...], expected: str) -> None:
    """On what the internet reaches alone, no matter who may do what."""
    edges = reaches("AzureVirtualMachine")
    estate = Estate([of(VAULT)], accounts=(ACCOUNT,), regions=(), provider="azure", unread=unread)
    (found,) = judge(check(edges, edges=edges), estate)
    assert found.status == expected, found.message
