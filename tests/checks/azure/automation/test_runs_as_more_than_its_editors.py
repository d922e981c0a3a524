"""Automation that holds more than those who may change it."""

from typing import Any

import pytest
from support.azure_access import identity, unread_identity, verdicts, world_of_one_subscription
from support.azure_worlds import CONTRIBUTOR, OWNER, AzureWorld

SUB, RG = "/subscriptions/s", "/subscriptions/s/resourcegroups/rg"
CHECKS = {
    "automation": "AzureAutomationAccount",
    "logic_app": "AzureLogicApp",
    "function_app": "AzureFunctionApp",
    "data_factory": "AzureDataFactory",
}
EDITOR = [
    {
        "actions": [
            "Microsoft.Automation/*",
            "Microsoft.Logic/*",
            "Microsoft.Web/*",
            "Microsoft.DataFactory/*",
        ]
    }
]
READER = [{"actions": ["*/read"]}]
ITS_OWN = [{"actions": ["Microsoft.Logic/workflows/read", "Microsoft.Web/*"]}]


def world(
    check: str, user: Any, app: Any, user_scope: str = SUB, app_scope: str = SUB, **grant: Any
) -> AzureWorld:
    found = world_of_one_subscription()
    it = found.resource(CHECKS[check], f"{RG}/providers/microsoft.test/things/it")
    found.assign(found.principal("user"), user, user_scope)
    found.assign(identity(found, it, "mi"), app, app_scope, **grant)
    return found


def verdict(check: str, found: AzureWorld) -> str:
    return verdicts(f"{check}_runs_as_more_than_its_editors", found)["it"]


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize(
    ("user", "app", "user_scope", "app_scope", "expected"),
    [
        (EDITOR, CONTRIBUTOR, SUB, SUB, "FAIL"),
        (CONTRIBUTOR, OWNER, SUB, SUB, "FAIL"),
        (OWNER, CONTRIBUTOR, RG, SUB, "FAIL"),
        (CONTRIBUTOR, CONTRIBUTOR, SUB, SUB, "PASS"),
        (OWNER, CONTRIBUTOR, "/", SUB, "PASS"),
        (EDITOR, ITS_OWN, SUB, RG, "PASS"),
        (READER, CONTRIBUTOR, SUB, SUB, "PASS"),
        (EDITOR, None, SUB, SUB, "MANUAL"),
    ],
)
def test_who_holds_what(
    check: str, user: Any, app: Any, user_scope: str, app_scope: str, expected: str
) -> None:
    assert verdict(check, world(check, user, app, user_scope, app_scope)) == expected


def test_an_unread_identity_is_manual() -> None:
    found = world("automation", EDITOR, ITS_OWN)
    unread_identity(found, f"{RG}/providers/microsoft.test/things/it")
    assert verdict("automation", found) == "MANUAL"


def test_a_role_that_is_only_eligible_is_not_held() -> None:
    found = world("automation", EDITOR, ITS_OWN)
    found.assign(found.principal("mi", "app"), OWNER, SUB, eligible=True)
    assert verdict("automation", found) == "PASS"
