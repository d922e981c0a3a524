from collections.abc import Callable
from typing import Any

import pytest
from clew.collectors.azure.authorization import RoleAssignment
from clew.collectors.entra.applications import FederatedIdentityCredential
from support.tenant import TENANT, SmallTenant
from support.tenant_checks import verdicts

CHECK = "federated_credential_anyone"
SUBSCRIPTION = "11111111-0000-4000-8000-000000000001"
ANYONE, OURS = "environment:production", "repo:clew-example/shop:environment:production"


def tenant(subject: str | None = ANYONE, **fields: Any) -> tuple[SmallTenant, str]:
    """A tenant with an application that takes tokens of GitHub."""
    found = SmallTenant()
    application = found.application("app")
    account = found.service_principal("app", application=application)
    known: dict[str, Any] = {
        "issuer": "https://token.actions.githubusercontent.com",
        "subject": subject,
        "claims_matching_expression": "",
        "audiences": ["api://AzureADTokenExchange"],
    }
    id_ = FederatedIdentityCredential.identity.format(
        account=TENANT, app_id="client-of-app", key="key"
    )
    made = FederatedIdentityCredential(
        id=id_,
        name="github",
        account=TENANT,
        region="global",
        key="key",
        app_id="client-of-app",
        application=application,
        **(known | fields),
    )
    found.add(made)
    return found, account


def verdict(found: SmallTenant, **scan: Any) -> str:
    scan = {"others": {"azure": (SUBSCRIPTION,)}} | scan
    return verdicts(CHECK, found, **scan).get("key", "")


def reads(found: SmallTenant, account: str) -> None:
    found.app_role("User.Read.All", account)


def administers(found: SmallTenant, account: str) -> None:
    found.assign("User Administrator", account)


def administers_by_group(found: SmallTenant, account: str) -> None:
    group = found.group("group", is_assignable_to_role=True, members=[account])
    found.assign("User Administrator", group)


def contributes(found: SmallTenant, account: str) -> None:
    scope = f"/subscriptions/{SUBSCRIPTION}"
    found.add(
        RoleAssignment(
            id=f"{scope}/providers/microsoft.authorization/roleassignments/r",
            name="r",
            account=SUBSCRIPTION,
            region="global",
            scope=scope,
            principal=account,
            granted_on=scope,
        )
    )


def contributes_by_group(found: SmallTenant, account: str) -> None:
    contributes(found, found.group("group", members=[account]))


@pytest.mark.parametrize(
    "permit", [reads, administers, administers_by_group, contributes, contributes_by_group]
)
def test_applications_with_permissions_take_no_tokens_of_anybody(
    permit: Callable[[SmallTenant, str], None],
) -> None:
    for subject, expected in ((ANYONE, "FAIL"), (OURS, "PASS"), (None, "MANUAL")):
        found, account = tenant(subject)
        permit(found, account)
        assert verdict(found) == expected


def test_what_leads_to_nothing_passes() -> None:
    found, account = tenant()
    assert verdict(found) == "PASS", "it may do nothing"
    reads(found, account)
    found.change(account, account_enabled=False)
    assert verdict(found) == "PASS", "it may not sign in"
    found.change(account, account_enabled=None)
    assert verdict(found) == "MANUAL"


def test_what_could_not_be_read_is_not_safe() -> None:
    for fields in ({"issuer": None}, {"issuer": "https://issuer.example.com"}):
        found, account = tenant(**fields)
        reads(found, account)
        assert verdict(found) == "MANUAL"
    expression = {"subject": "", "claims_matching_expression": "claims['sub'] is 'anything'"}
    found, account = tenant(**expression)
    reads(found, account)
    assert verdict(found) == "MANUAL"
    found, account = tenant()
    contributes(found, found.group("group", members=None))
    assert verdict(found) == "MANUAL", "it may be in the group"


def test_azure_was_not_read() -> None:
    found, account = tenant()
    assert verdict(found, others={}) == "MANUAL"
    assert verdict(found, unread=["AzureRoleAssignment"]) == "MANUAL"
    reads(found, account)
    assert verdict(found, others={}) == "FAIL"


@pytest.mark.parametrize(
    "label",
    ["EntraAppRoleAssignment", "EntraGroup", "EntraRoleAssignment", "EntraServicePrincipal"],
)
def test_what_could_not_be_listed_is_not_none(label: str) -> None:
    assert verdict(tenant()[0], unread=[label]) == "MANUAL"


def test_which_credentials_there_are_could_not_be_listed() -> None:
    unread = ["EntraFederatedIdentityCredential"]
    assert verdicts(CHECK, SmallTenant(), unread=unread) == {TENANT: "MANUAL"}
