"""Which tenant a scan of Entra ID reads, and how it says that it cannot."""

import sys

import pytest
from clew.collectors.entra.session import ENDPOINT, EntraOptions, connect
from clew.collectors.errors import CollectError
from servers.json_replay import JsonReplay

TENANT = "0a0a0a0a-1111-4222-8333-444455556666"


@pytest.fixture(autouse=True)
def entra(entra_replay: JsonReplay, monkeypatch: pytest.MonkeyPatch) -> JsonReplay:
    monkeypatch.setenv(ENDPOINT, entra_replay.url)
    monkeypatch.setattr("clew.collectors.entra.session.RETRIES", {"max_retries": 0})
    return entra_replay


@pytest.mark.parametrize("tenant", ["", TENANT.upper(), "clew.example"])
def test_the_tenant_is_that_of_the_credentials(tenant: str) -> None:
    assert [account.id for account in connect(EntraOptions(tenant))] == [TENANT]


def test_credentials_of_another_tenant_are_refused() -> None:
    with pytest.raises(CollectError, match=r"Clew Retail.*not to 'other\.example'.*az login"):
        connect(EntraOptions("other.example"))


def test_a_refusal_is_a_sentence(entra: JsonReplay) -> None:
    entra.deny("/organization")
    with pytest.raises(CollectError, match="refused to tell which tenant this is: Authorization"):
        connect(EntraOptions())


def test_an_endpoint_that_is_not_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENDPOINT, "http://127.0.0.1:9")
    with pytest.raises(CollectError, match="Microsoft Graph cannot be reached"):
        connect(EntraOptions())


def test_no_credentials_names_the_ways_to_have_some(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ENDPOINT)
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential")
    with pytest.raises(CollectError, match="az login"):
        connect(EntraOptions())


def test_a_missing_extra_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "msgraph.graph_request_adapter", None)
    with pytest.raises(CollectError, match=r"pip install 'clew\[entra\]'"):
        connect(EntraOptions())


@pytest.mark.parametrize("attempts", [1, 3])
def test_calls_are_tried_as_often_as_is_wished(
    entra: JsonReplay, monkeypatch: pytest.MonkeyPatch, attempts: int
) -> None:
    monkeypatch.setattr("clew.collectors.entra.session.RETRIES", {"delay": 0})
    entra.throttle("organization")
    with pytest.raises(CollectError, match="refused to"):
        connect(EntraOptions(attempts=attempts))
    assert len(entra.calls) == attempts
