"""Private endpoints of services that are open all the same."""

from typing import Any

import pytest
from clew.collectors.azure.privatelink import PrivateEndpoint
from clew.graph.model import Resource
from support.azure_resources import ACCOUNT, GROUP, HERE, of
from support.judging import Estate, verdicts

CHECK = "private_endpoint_but_public"


def endpoint(service: Resource | str, state: str = "Approved") -> Any:
    id_ = f"{GROUP}/microsoft.network/privateendpoints/pe".lower()
    target = service if isinstance(service, str) else service.id
    return PrivateEndpoint.load(
        {"id": id_, "name": "pe"}, HERE, services=[target], connection_states=[state]
    )


def found(*resources: Resource, **scan: Any) -> Any:
    estate = Estate([*resources], accounts=(ACCOUNT,), regions=(), provider="azure", **scan)
    return verdicts(CHECK, estate)


@pytest.mark.parametrize("label", ["AzureStorageAccount", "AzureKeyVault", "AzureRedisCache"])
@pytest.mark.parametrize(
    ("network", "expected"),
    [
        ("Disabled", "PASS"),
        ("Enabled", "FAIL"),
        (None, "FAIL"),
        ("SecuredByPerimeter", ("MANUAL", "UNREADABLE")),
    ],
)
def test_the_service_decides(label: str, network: str | None, expected: Any) -> None:
    service = of(label, "it", publicNetworkAccess=network)
    ((name, verdict),) = found(service, endpoint(service)).items()
    assert name == "pe → it"
    assert (verdict[0] if isinstance(verdict, tuple) else verdict) == (
        expected[0] if isinstance(expected, tuple) else expected
    )


def test_an_endpoint_that_was_not_approved_is_nobodys_business() -> None:
    service = of("AzureStorageAccount", "it")
    assert found(service, endpoint(service, "Pending")) == {}


def test_a_service_that_was_not_scanned_is_manual() -> None:
    other = of("AzureKeyVault", "it").id.replace(ACCOUNT, "66666666-7777-8888-9999-000000000000")
    assert found(endpoint(other)) == {"pe → it": ("MANUAL", "CROSS_ACCOUNT")}
