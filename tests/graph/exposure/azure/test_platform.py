"""Which services of Azure's platform the internet reaches."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from clew.graph.exposure.azure.platform import SERVICES
from clew.graph.linking import ResourceGraph
from clew.graph.model import Resource
from hypothesis import given
from hypothesis import strategies as st
from support.azure_resources import ACCOUNT, GROUP, MODELS, of
from support.exposing import derived

SCAN = {"provider": "azure", "account": ACCOUNT, "region": "global"}
OPEN, CLOSED, UNSURE = "open", "closed", "unsure"


def reaching(graph: ResourceGraph, target: str) -> list[Mapping[str, Any]]:
    """The properties of each edge from the internet to a resource."""
    return [
        edge.properties
        for pair, edges in graph.edges.items()
        if pair.rel == "CAN_REACH"
        for edge in edges
        if edge.target == target
    ]


def answer(*resources: Resource, unread: tuple[str, ...] = ()) -> str:
    """Whether the internet reaches the first resource."""
    edges = reaching(derived(resources, unread, **SCAN), resources[0].id)
    if not edges:
        return CLOSED
    (doubtful,) = {bool(edge["unread"]) for edge in edges}
    return UNSURE if doubtful else OPEN


WIDE, HALVES, OFFICE = ["0.0.0.0/0"], ["0.0.0.0/1", "128.0.0.0/1"], ["198.51.100.0/24"]


def acls(action: str | None, ranges: list[str]) -> dict[str, Any]:
    return {"defaultAction": action, "ipRules": [{"value": each} for each in ranges]}


@pytest.mark.parametrize(
    ("label", "member"),
    [
        ("AzureStorageAccount", "networkAcls"),
        ("AzureKeyVault", "networkAcls"),
        ("AzureCognitiveAccount", "networkAcls"),
        ("AzureContainerRegistry", "networkRuleSet"),
    ],
)
@pytest.mark.parametrize(
    ("network", "rules", "expected"),
    [
        ("Enabled", acls("Allow", []), OPEN),
        (None, None, OPEN),
        (None, acls(None, []), OPEN),
        ("Enabled", acls("Deny", []), CLOSED),
        ("Enabled", acls("Deny", OFFICE), CLOSED),
        ("Enabled", acls("Deny", WIDE), OPEN),
        ("Enabled", acls("Deny", HALVES), OPEN),
        ("Disabled", acls("Allow", []), CLOSED),
        ("Disabled", acls("Deny", WIDE), CLOSED),
        ("SecuredByPerimeter", acls("Allow", []), UNSURE),
        ("SecuredByPerimeter", acls("Deny", []), CLOSED),
    ],
)
def test_services_with_a_default_action(
    label: str, member: str, network: str | None, rules: Any, expected: str
) -> None:
    assert answer(of(label, publicNetworkAccess=network, **{member: rules})) == expected


DATABASES = [
    ("AzureSQLServer", "AzureSQLServerFirewallRule", {"publicNetworkAccess": "Enabled"}),
    (
        "AzurePostgreSQLFlexibleServer",
        "AzurePostgreSQLFirewallRule",
        {"network": {"publicNetworkAccess": "Enabled"}},
    ),
    (
        "AzureMySQLFlexibleServer",
        "AzureMySQLFirewallRule",
        {"network": {"publicNetworkAccess": "Enabled"}},
    ),
    ("AzureSynapseWorkspace", "AzureSynapseFirewallRule", {"publicNetworkAccess": "Enabled"}),
]


def rule(label: str, server: Resource, name: str, first: str, last: str) -> Any:
    key = "workspace" if "Synapse" in label else "server"
    return of(label, name, {key: server.id}, startIpAddress=first, endIpAddress=last)


@pytest.mark.parametrize(("label", "rules", "properties"), DATABASES)
@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], CLOSED),
        ([("0.0.0.0", "0.0.0.0")], CLOSED),
        ([("0.0.0.0", "255.255.255.255")], OPEN),
        ([("0.0.0.0", "127.255.255.255"), ("128.0.0.0", "255.255.255.255")], OPEN),
        ([("198.51.100.0", "198.51.100.255")], CLOSED),
    ],
)
def test_databases_are_closed_but_for_their_rules(
    label: str,
    rules: str,
    properties: Mapping[str, Any],
    spans: list[tuple[str, str]],
    expected: str,
) -> None:
    server = of(label, **properties)
    made = [rule(rules, server, f"r{n}", *span) for n, span in enumerate(spans)]
    assert answer(server, *made) == expected


@pytest.mark.parametrize(("label", "rules", "properties"), DATABASES)
def test_rules_that_could_not_be_listed_leave_it_open(
    label: str, rules: str, properties: Mapping[str, Any]
) -> None:
    assert answer(of(label, **properties), unread=(rules,)) == UNSURE


def test_rules_sleep_while_the_public_network_is_off() -> None:
    server = of("AzureSQLServer", publicNetworkAccess="Disabled")
    made = rule("AzureSQLServerFirewallRule", server, "all", "0.0.0.0", "255.255.255.255")
    assert answer(server, made) == CLOSED


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"ipRules": []}, OPEN),
        ({"ipRules": [{"ipAddressOrRange": "0.0.0.0"}]}, CLOSED),
        ({"ipRules": [{"ipAddressOrRange": "198.51.100.7"}]}, CLOSED),
        ({"ipRules": [], "isVirtualNetworkFilterEnabled": True}, CLOSED),
        ({"ipRules": [], "publicNetworkAccess": "Disabled"}, CLOSED),
    ],
)
def test_cosmos(properties: Mapping[str, Any], expected: str) -> None:
    assert answer(of("AzureCosmosDBAccount", **properties)) == expected


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({}, OPEN),
        ({"apiServerAccessProfile": {"authorizedIPRanges": []}}, OPEN),
        ({"apiServerAccessProfile": {"authorizedIPRanges": WIDE}}, OPEN),
        ({"apiServerAccessProfile": {"authorizedIPRanges": OFFICE}}, CLOSED),
        ({"apiServerAccessProfile": {"enablePrivateCluster": True}}, CLOSED),
        ({"publicNetworkAccess": "Disabled"}, CLOSED),
    ],
)
def test_api_servers(properties: Mapping[str, Any], expected: str) -> None:
    assert answer(of("AzureKubernetesCluster", **properties)) == expected


def restriction(action: str, address: str, priority: int, tag: str = "Default") -> dict[str, Any]:
    named = {"name": "r", "subnet": "", "tag": tag}
    return {**named, "action": action, "address": address, "priority": priority}


ALL = restriction("Allow", "Any", 2147483647)
NONE = restriction("Deny", "Any", 2147483647)


@pytest.mark.parametrize("label", ["AzureAppService", "AzureFunctionApp", "AzureLogicAppStandard"])
@pytest.mark.parametrize(
    ("network", "rules", "default", "expected"),
    [
        (None, [], "", OPEN),
        (None, [ALL], "", OPEN),
        (None, None, "", UNSURE),
        ("Disabled", None, "", CLOSED),
        (None, [restriction("Allow", "198.51.100.0/24", 100), NONE], "", CLOSED),
        (None, [restriction("Allow", "198.51.100.0/24", 100)], "", CLOSED),
        (None, [restriction("Allow", "198.51.100.0/24", 100)], "Allow", OPEN),
        (None, [restriction("Deny", "0.0.0.0/1,128.0.0.0/1", 100), ALL], "", CLOSED),
        (None, [restriction("Deny", "198.51.100.0/24", 100), ALL], "", OPEN),
        (None, [restriction("Allow", "AzureCloud", 100, "ServiceTag"), NONE], "", CLOSED),
        (None, [restriction("Allow", "AzureFrontDoor.Backend", 1, "ServiceTag"), NONE], "", UNSURE),
    ],
)
def test_apps(label: str, network: str | None, rules: Any, default: str, expected: str) -> None:
    known = {"restrictions": rules, "restrictions_default": default}
    assert answer(of(label, known=known, publicNetworkAccess=network)) == expected


ENVIRONMENT = f"{GROUP}/Microsoft.App/managedEnvironments/it".lower()


def ingress(**settings: Any) -> dict[str, Any]:
    return {"environmentId": ENVIRONMENT, "configuration": {"ingress": settings or None}}


@pytest.mark.parametrize(
    ("app", "environment", "expected"),
    [
        (ingress(external=True), {}, OPEN),
        (ingress(external=False), {}, CLOSED),
        (ingress(), {}, CLOSED),
        (ingress(external=True), {"vnetConfiguration": {"internal": True}}, CLOSED),
        (ingress(external=True), {"publicNetworkAccess": "Disabled"}, CLOSED),
        (ingress(external=True), None, UNSURE),
        (
            ingress(
                external=True,
                ipSecurityRestrictions=[{"action": "Allow", "ipAddressRange": "198.51.100.0/24"}],
            ),
            {},
            CLOSED,
        ),
        (
            ingress(
                external=True,
                ipSecurityRestrictions=[{"action": "Deny", "ipAddressRange": "198.51.100.0/24"}],
            ),
            {},
            OPEN,
        ),
    ],
)
def test_container_apps(app: Any, environment: Any, expected: str) -> None:
    made = of("AzureContainerApp", **app)
    around = [] if environment is None else [of("AzureContainerAppEnvironment", **environment)]
    unread = ("AzureContainerAppEnvironment",) if environment is None else ()
    assert answer(made, *around, unread=unread) == expected


def test_containers_with_an_address_answer_on_their_ports() -> None:
    ports = [{"port": 8080, "protocol": "TCP"}, {"port": 53, "protocol": "UDP"}]
    group = of("AzureGroupContainer", ipAddress={"type": "Public", "ports": ports}, containers=[])
    found = {
        (edge["protocol"], edge["from_port"], edge["to_port"])
        for edge in reaching(derived([group], **SCAN), group.id)
    }
    assert found == {("tcp", 8080, 8080), ("udp", 53, 53)}
    private = of("AzureGroupContainer", ipAddress={"type": "Private", "ports": ports})
    assert answer(private) == CLOSED


@pytest.mark.parametrize(
    ("callers", "expected"),
    [
        ([], OPEN),
        (["0.0.0.0-0.0.0.0"], CLOSED),
        (["0.0.0.0-255.255.255.255"], OPEN),
        (OFFICE, CLOSED),
    ],
)
def test_logic_apps_that_requests_start(callers: list[str], expected: str) -> None:
    allowed = [{"addressRange": each} for each in callers]
    control = {"triggers": {"allowedCallerIpAddresses": allowed}}
    definition = {"triggers": {"manual": {"type": "Request"}}}
    assert answer(of("AzureLogicApp", definition=definition, accessControl=control)) == expected
    timed = {"triggers": {"daily": {"type": "Recurrence"}}}
    assert answer(of("AzureLogicApp", definition=timed, accessControl=control)) == CLOSED


@pytest.mark.parametrize("kind", ["EventHubs", "ServiceBus"])
@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({"defaultAction": "Allow"}, OPEN),
        ({"defaultAction": "Deny"}, CLOSED),
        ({"defaultAction": "Deny", "ipRules": [{"ipMask": "0.0.0.0/0"}]}, OPEN),
        (None, UNSURE),
    ],
)
def test_namespaces_of_messages(kind: str, rules: Any, expected: str) -> None:
    namespace = of(f"Azure{kind}Namespace")
    label = f"Azure{kind}NetworkRuleSet"
    sets = [] if rules is None else [of(label, "default", {"namespace": namespace.id}, **rules)]
    assert answer(namespace, *sets) == expected


def test_a_managed_instance_hangs_on_its_subnet() -> None:
    assert answer(of("AzureSQLManagedInstance", publicDataEndpointEnabled=True)) == UNSURE
    assert answer(of("AzureSQLManagedInstance", publicDataEndpointEnabled=False)) == CLOSED


SWITCHED = sorted(
    set(SERVICES) - {"AzureGroupContainer", "AzureLogicApp", "AzureSQLManagedInstance"}
)


@pytest.mark.parametrize("label", SWITCHED)
def test_what_was_not_read_is_never_closed(label: str) -> None:
    resource = of(label).model_copy(
        update={
            name: None
            for name in ("public_network_access", "default_action", "ip_rules", "restrictions")
            if name in MODELS[label].model_fields
        }
    )
    rules = [
        other
        for other in MODELS
        if other.endswith(("FirewallRule", "NetworkRuleSet", "AppEnvironment"))
    ]
    if "ingress" in MODELS[label].model_fields:
        resource = resource.model_copy(update={"ingress": None, "environment": ENVIRONMENT})
    assert answer(resource, unread=tuple(rules)) == UNSURE


@given(st.lists(st.sampled_from([*WIDE, *HALVES, *OFFICE, "10.0.0.0/8", "nonsense"]), max_size=4))
def test_more_rules_never_close(ranges: list[str]) -> None:
    def opened(some: list[str]) -> bool:
        account = of("AzureStorageAccount", networkAcls=acls("Deny", some))
        return answer(account) == OPEN

    assert not opened(ranges[:-1]) or opened(ranges)


def test_an_edge_says_what_it_rests_on() -> None:
    server = of("AzureSQLServer", publicNetworkAccess="Enabled")
    wide = rule("AzureSQLServerFirewallRule", server, "all", "0.0.0.0", "255.255.255.255")
    (edge,) = reaching(derived([server, wide], **SCAN), server.id)
    assert (edge["protocol"], edge["from_port"], edge["path"]) == ("tcp", 1433, "direct")
    assert json.loads(edge["evidence"]) == {"firewall_rules": [wide.id], "resources": [server.id]}
