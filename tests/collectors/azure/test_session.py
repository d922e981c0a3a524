"""Which subscriptions a scan of Azure reads, and how it says that it cannot."""

import sys

import pytest
from clew.collectors.azure.session import ENDPOINT, AzureOptions, connect
from clew.collectors.errors import CollectError
from clew.collectors.scan import scope_of
from servers.json_replay import JsonReplay

PROD = "11111111-2222-3333-4444-555555555555"
DEV = "66666666-7777-8888-9999-000000000000"
TENANT = "0a0a0a0a-1111-4222-8333-444455556666"


@pytest.fixture(autouse=True)
def azure(azure_replay: JsonReplay, monkeypatch: pytest.MonkeyPatch) -> JsonReplay:
    monkeypatch.setenv(ENDPOINT, azure_replay.url)
    return azure_replay


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (AzureOptions(), [PROD, DEV]),
        (AzureOptions([DEV.upper()]), [DEV]),
        (AzureOptions(["Clew-Prod", PROD]), [PROD]),
        (AzureOptions(tenant=TENANT), [PROD, DEV]),
        (AzureOptions(["clew-dev"], tenant="clew.example"), [DEV]),
    ],
)
def test_subscriptions_are_chosen_by_id_name_or_tenant(
    options: AzureOptions, expected: list[str]
) -> None:
    accounts = connect(options)
    assert [account.id for account in accounts] == expected
    assert scope_of(accounts, [], []).directories == dict.fromkeys(expected, TENANT)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (AzureOptions(["clew-prdo"]), r"no Azure subscription 'clew-prdo'.*clew-prod \(1111"),
        (AzureOptions(tenant="other.example"), "no tenant 'other.example'.*az login"),
    ],
)
def test_what_does_not_exist_is_said(options: AzureOptions, message: str) -> None:
    with pytest.raises(CollectError, match=message):
        connect(options)


def test_a_refused_listing_is_a_sentence(azure: JsonReplay) -> None:
    azure.deny("/subscriptions", code="AuthorizationFailed")
    with pytest.raises(CollectError, match="refused to list your subscriptions: Authorization"):
        connect(AzureOptions())


def test_an_endpoint_that_is_not_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENDPOINT, "http://127.0.0.1:9")
    monkeypatch.setattr("clew.collectors.azure.session.RETRIES", {"retry_total": 0})
    with pytest.raises(CollectError, match="Azure cannot be reached"):
        connect(AzureOptions())


def test_no_credentials_names_the_ways_to_have_some(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ENDPOINT)
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential")
    with pytest.raises(CollectError, match="az login"):
        connect(AzureOptions())


def test_a_missing_extra_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "azure.mgmt.core", None)
    with pytest.raises(CollectError, match=r"pip install 'clew\[azure\]'"):
        connect(AzureOptions())


@pytest.mark.parametrize("attempts", [1, 3])
def test_calls_are_tried_as_often_as_is_wished(
    azure: JsonReplay, monkeypatch: pytest.MonkeyPatch, attempts: int
) -> None:
    monkeypatch.setattr("clew.collectors.azure.session.RETRIES", {"retry_backoff_factor": 0})
    azure.throttle("/subscriptions")
    with pytest.raises(CollectError, match="refused to"):
        connect(AzureOptions(attempts=attempts))
    assert len(azure.calls) == attempts
