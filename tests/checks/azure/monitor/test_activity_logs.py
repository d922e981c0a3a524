"""Where activity logs go, and who may read them there."""

from typing import Any

import pytest
from clew.collectors.azure.monitor import DiagnosticSetting
from clew.collectors.azure.subscriptions import Subscription
from clew.graph.model import Location, Resource
from support.azure_resources import ACCOUNT, HERE, of
from support.judging import Estate, verdicts

OTHER = "66666666-7777-8888-9999-000000000000"
PRIVATE = "monitor_storage_account_with_activity_logs_is_private"
OWN_KEY = "monitor_storage_account_with_activity_logs_cmk_encrypted"


def subscription(account: str, tenant: str = "t") -> Any:
    raw = {"id": f"/subscriptions/{account}", "displayName": account[:4]}
    return Subscription.load(raw, Location(account), tenant=f"/tenants/{tenant}")


def setting(storage: str) -> Any:
    scope = f"/subscriptions/{ACCOUNT}"
    raw = {
        "id": f"{scope}/providers/microsoft.insights/diagnosticsettings/log",
        "name": "log",
        "storageAccountId": storage,
        "containedIn": scope,
    }
    return DiagnosticSetting.load(raw, HERE)


def found(check: str, *resources: Resource, **scan: Any) -> Any:
    accounts = scan.pop("accounts", (ACCOUNT,))
    estate = Estate([*resources], accounts=accounts, regions=(), provider="azure", **scan)
    return verdicts(check, estate)


@pytest.mark.parametrize(
    ("check", "properties", "expected"),
    [
        (PRIVATE, {"allowBlobPublicAccess": False}, "PASS"),
        (PRIVATE, {"allowBlobPublicAccess": True}, "FAIL"),
        (PRIVATE, {}, ("MANUAL", "UNREADABLE_FIELD")),
        (OWN_KEY, {"encryption": {"keySource": "Microsoft.Keyvault"}}, "PASS"),
        (OWN_KEY, {"encryption": {"keySource": "Microsoft.Storage"}}, "FAIL"),
    ],
)
def test_the_account_decides(check: str, properties: dict[str, Any], expected: Any) -> None:
    account = of("AzureStorageAccount", "logs", **properties)
    answers = found(check, subscription(ACCOUNT), setting(account.id), account)
    assert answers == {"log → logs": expected}


@pytest.mark.parametrize("check", [PRIVATE, OWN_KEY])
def test_an_account_of_a_subscription_that_was_not_scanned_is_manual(check: str) -> None:
    elsewhere = of("AzureStorageAccount", "logs").id.replace(ACCOUNT, OTHER)
    answers = found(check, subscription(ACCOUNT), setting(elsewhere))
    assert answers == {"log → logs": ("MANUAL", "CROSS_ACCOUNT")}


LEAVES = "diagnostics_leave_the_tenant"
HERE_LOGS = of("AzureStorageAccount", "logs")
THERE_LOGS = HERE_LOGS.model_copy(
    update={"id": HERE_LOGS.id.replace(ACCOUNT, OTHER), "account": OTHER, "subscription": ""}
)


def test_logs_that_stay_pass() -> None:
    assert found(LEAVES, subscription(ACCOUNT), setting(HERE_LOGS.id), HERE_LOGS) == {"log": "PASS"}


def test_logs_that_go_nowhere_fail() -> None:
    assert found(LEAVES, subscription(ACCOUNT), setting(HERE_LOGS.id)) == {"log": "FAIL"}


@pytest.mark.parametrize(("tenant", "expected"), [("t", "PASS"), ("other", "FAIL")])
def test_the_tenant_of_the_other_subscription_decides(tenant: str, expected: str) -> None:
    around = [subscription(ACCOUNT), subscription(OTHER, tenant), THERE_LOGS]
    answers = found(LEAVES, *around, setting(THERE_LOGS.id), accounts=(ACCOUNT, OTHER))
    assert answers == {"log": expected}


def test_logs_that_go_to_a_subscription_that_was_not_scanned_are_manual() -> None:
    answers = found(LEAVES, subscription(ACCOUNT), setting(THERE_LOGS.id))
    assert answers == {"log": ("MANUAL", "CROSS_ACCOUNT")}


def test_unlisted_accounts_are_manual() -> None:
    answers = found(
        LEAVES, subscription(ACCOUNT), setting(HERE_LOGS.id), unread=("AzureStorageAccount",)
    )
    assert answers == {"log": ("MANUAL", "UNREADABLE")}


@pytest.mark.parametrize(("place", "expected"), [(HERE_LOGS.id, "PASS"), ("", "FAIL")])
def test_flow_logs(place: str, expected: str) -> None:
    gone = of("AzureStorageAccount", "gone").id
    log = of("AzureFlowLog", "flows", storageId=place or gone)
    answers = found("flow_logs_leave_the_tenant", subscription(ACCOUNT), log, HERE_LOGS)
    assert answers == {"flows": expected}
