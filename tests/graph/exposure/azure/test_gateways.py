"""What application gateways and Front Door hand on from the internet."""

from typing import Any

import pytest
from clew.collectors.azure.applicationgateway import (
    ApplicationGateway,
    GatewayFrontend,
    GatewayListener,
    GatewayPool,
    GatewayRule,
)
from clew.collectors.azure.cdn import (
    FrontDoorEndpoint,
    FrontDoorOrigin,
    FrontDoorOriginGroup,
    FrontDoorRoute,
)
from clew.collectors.azure.network import NetworkSecurityGroup, Subnet
from clew.collectors.azure.web import AppService
from clew.graph.model import Location, Resource
from support.azure_network import ACCOUNT, ROOT, group, interface, network, of, rule
from support.exposing import derived

SCAN = {"provider": "azure", "account": ACCOUNT, "region": "global"}
GATEWAY = f"{ROOT}/applicationgateways/gw"
EDGE = f"/subscriptions/{ACCOUNT}/resourcegroups/rg/providers/microsoft.cdn/profiles/edge"
APP = f"/subscriptions/{ACCOUNT}/resourcegroups/rg/providers/microsoft.web/sites/app"


def reached(
    resources: list[Resource], unread: tuple[str, ...] = ()
) -> set[tuple[str, int, str, bool]]:
    """Name, first port, path, and whether it is certain, of all that the internet reaches."""
    graph = derived(resources, unread, **SCAN)
    return {
        (
            str(graph.nodes[edge.target].name),
            int(props["from_port"]),
            str(props["path"]),
            not props["unread"],
        )
        for pair, found in graph.edges.items()
        if pair.rel == "CAN_REACH"
        for edge in found
        for props in [edge.properties]
    }


def gateway(public: bool = True, guard: str = "") -> list[Resource]:
    subnet = f"{ROOT}/virtualnetworks/net/subnets/gw"
    guarded = f"{ROOT}/networksecuritygroups/{guard}" if guard else ""
    return [
        of(
            Subnet,
            "virtualnetworks/net/subnets/gw",
            virtual_network=f"{ROOT}/virtualnetworks/net",
            network_security_group=guarded,
            address_prefixes=["10.0.1.0/24"],
        ),
        of(ApplicationGateway, "applicationgateways/gw", subnets=[subnet]),
        of(
            GatewayFrontend,
            "applicationgateways/gw/frontendipconfigurations/front",
            gateway=GATEWAY,
            public_ip_address=f"{ROOT}/publicipaddresses/gw-pip" if public else "",
        ),
        of(
            GatewayListener,
            "applicationgateways/gw/httplisteners/https",
            gateway=GATEWAY,
            frontend=f"{GATEWAY}/frontendipconfigurations/front",
            port=443,
        ),
        of(
            GatewayRule,
            "applicationgateways/gw/requestroutingrules/all",
            gateway=GATEWAY,
            listener=f"{GATEWAY}/httplisteners/https",
            backend_pools=[f"{GATEWAY}/backendaddresspools/pool"],
            ports=["8080"],
        ),
        of(
            GatewayPool,
            "applicationgateways/gw/backendaddresspools/pool",
            gateway=GATEWAY,
            ip_addresses=["10.0.0.4"],
        ),
    ]


FROM_GATEWAY = rule("gateway", "Allow", 100, "10.0.1.0/24", ports=["8080"])


def estate(*rules: Any, **settings: Any) -> list[Resource]:
    return [
        *network("nsg"),
        *group("nsg", *rules),
        *interface("nic", number="10.0.0.4"),
        *gateway(**settings),
    ]


def test_a_public_gateway_leads_to_the_addresses_of_its_pool() -> None:
    assert reached(estate(FROM_GATEWAY)) == {
        ("gw", 443, "direct", True),
        ("nic", 8080, "gateway", True),
    }


def test_a_group_that_does_not_let_the_gateway_in_stops_it() -> None:
    office = rule("office", "Allow", 100, "198.51.100.0/24", ports=["8080"])
    assert reached(estate(office)) == {("gw", 443, "direct", True)}


def test_a_private_gateway_lets_nobody_in() -> None:
    assert reached(estate(FROM_GATEWAY, public=False)) == set()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Internet", {("gw", 443, "direct", True), ("nic", 8080, "gateway", True)}),
        ("198.51.100.0/24", set()),
    ],
)
def test_a_group_of_the_gateways_subnet_decides(source: str, expected: set[Any]) -> None:
    guard = group("front", rule("https", "Allow", 100, source, ports=["443"]))
    assert reached([*estate(FROM_GATEWAY, guard="front"), *guard]) == expected


def test_an_unread_group_of_the_gateways_subnet_leaves_it_in_doubt() -> None:
    guard: list[Resource] = [of(NetworkSecurityGroup, "networksecuritygroups/front")]
    found = reached([*network(), *gateway(guard="front"), *guard], ("AzureNetworkSecurityGroup",))
    assert found == {("gw", 443, "direct", False)}


def placed(kind: type[Resource], id_: str, **fields: Any) -> Any:
    raw = {"id": id_, "name": id_.rpartition("/")[2]}
    return kind.load(raw, Location(ACCOUNT), **fields)


def front_door(state: str = "Enabled", **origin: Any) -> list[Resource]:
    endpoint, origins = f"{EDGE}/afdendpoints/shop", f"{EDGE}/origingroups/web"
    return [
        placed(FrontDoorEndpoint, endpoint, enabled_state=state),
        placed(
            FrontDoorRoute,
            f"{endpoint}/routes/all",
            endpoint=endpoint,
            protocols=["Https"],
            origin_group=origins,
        ),
        placed(FrontDoorOriginGroup, origins),
        placed(
            FrontDoorOrigin,
            f"{origins}/origins/app",
            origin_group=origins,
            host="app.azurewebsites.net",
            **origin,
        ),
    ]


def app(*rules: dict[str, Any], network: str = "Enabled") -> Resource:
    made: Resource = placed(
        AppService,
        APP,
        hosts=["app.azurewebsites.net"],
        public_network_access=network,
        restrictions=[*rules],
        restrictions_default="",
    )
    return made


def allow(address: str, tag: str = "Default") -> dict[str, Any]:
    return {
        "name": "r",
        "action": "Allow",
        "address": address,
        "tag": tag,
        "subnet": "",
        "priority": 1,
    }


FRONT = ("shop", 443, "direct", True)
THROUGH = ("app", 443, "gateway", True)
DIRECTLY = {("app", 80, "direct", True), ("app", 443, "direct", True)}
BACKEND = allow("AzureFrontDoor.Backend", "ServiceTag")


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ([app()], {FRONT, THROUGH, *DIRECTLY}),
        ([app(allow("198.51.100.0/24"))], {FRONT}),
        ([app(network="Disabled")], {FRONT}),
    ],
)
def test_an_app_behind_front_door(made: list[Resource], expected: set[Any]) -> None:
    assert reached([*front_door(), *made]) == expected


def test_an_app_that_lets_front_door_in_is_reached_through_it() -> None:
    found = reached([*front_door(), app(BACKEND)])
    assert {FRONT, THROUGH} <= found
    assert not DIRECTLY & found


def test_a_private_link_of_front_door_passes_all_restrictions() -> None:
    assert reached([*front_door(private_link=APP), app(network="Disabled")]) == {FRONT, THROUGH}


def test_an_endpoint_that_is_off_leads_nowhere() -> None:
    assert reached([*front_door(state="Disabled"), app(allow("198.51.100.0/24"))]) == set()
