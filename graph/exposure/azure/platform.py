"""Services of Azure's platform that the internet reaches at addresses of Azure's own."""

from functools import partial

from ...addresses import Family
from ...derivation import Derivation, Derived
from ...view import GraphView
from ..protocols import TCP, UDP, protocol_name
from ..reach import DIRECT, ReachInterval, ReachKey, ReachSet, reaches
from . import platform_rules as rules
from .platform_rules import Access, FirewallRules, NetworkRuleSet, Rules

_WEB = (80, 443)
_HTTPS = (443,)
_PROTOCOLS = {"tcp": TCP, "udp": UDP}
_MESSAGES = (443, 5671, 5672)

SERVICES: dict[str, tuple[Rules, tuple[int, ...]]] = {
    "AzureApiManagementService": (rules.api_management, _WEB),
    "AzureAppConfiguration": (rules.switch, _HTTPS),
    "AzureAppService": (rules.site, _WEB),
    "AzureAppServiceSlot": (rules.site, _WEB),
    "AzureBatchAccount": (rules.default_action, _HTTPS),
    "AzureCognitiveAccount": (rules.default_action, _HTTPS),
    "AzureContainerApp": (rules.container_app, _WEB),
    "AzureContainerRegistry": (rules.default_action, _HTTPS),
    "AzureCosmosDBAccount": (rules.cosmos, _HTTPS),
    "AzureDatabricksWorkspace": (rules.switch, _HTTPS),
    "AzureEventGridTopic": (rules.address_list, _HTTPS),
    "AzureEventHubsNamespace": (NetworkRuleSet("AzureEventHubsNetworkRuleSet"), _MESSAGES),
    "AzureFunctionApp": (rules.site, _WEB),
    "AzureGroupContainer": (rules.container_group, ()),
    "AzureKeyVault": (rules.default_action, _HTTPS),
    "AzureKubernetesCluster": (rules.cluster, _HTTPS),
    "AzureKustoCluster": (rules.address_list, _HTTPS),
    "AzureLogicApp": (rules.logic_app, _HTTPS),
    "AzureLogicAppStandard": (rules.site, _WEB),
    "AzureMachineLearningWorkspace": (rules.switch, _HTTPS),
    "AzureManagedHsm": (rules.default_action, _HTTPS),
    "AzureMySQLFlexibleServer": (FirewallRules("AzureMySQLFirewallRule", "subnet"), (3306,)),
    "AzurePostgreSQLFlexibleServer": (
        FirewallRules("AzurePostgreSQLFirewallRule", "subnet"),
        (5432,),
    ),
    "AzureRedisCache": (rules.switch, (6380,)),
    "AzureSQLManagedInstance": (rules.managed_instance, (3342,)),
    "AzureSQLServer": (FirewallRules("AzureSQLServerFirewallRule"), (1433,)),
    "AzureSearchService": (rules.address_list, _HTTPS),
    "AzureServiceBusNamespace": (NetworkRuleSet("AzureServiceBusNetworkRuleSet"), _MESSAGES),
    "AzureSignalR": (rules.switch, _HTTPS),
    "AzureStorageAccount": (rules.default_action, _HTTPS),
    "AzureSynapseWorkspace": (FirewallRules("AzureSynapseFirewallRule"), (443, 1433)),
}
"""Who is let in, and on which TCP ports; containers without a cluster tell their ports."""

_DECIDING = {
    "AzureContainerApp": ("AzureContainerAppEnvironment",),
    **{
        label: (access.label,)
        for label, (access, _) in SERVICES.items()
        if isinstance(access, FirewallRules | NetworkRuleSet)
    },
}
"""Labels other than a service's own that decide on it, and whose absence its edges show."""


def _derive(label: str, view: GraphView) -> Derived:
    reach = ReachSet()
    access, ports = SERVICES[label]
    for id_ in view.labelled(label):
        found = access(view, id_)
        if found.possible:
            for protocol, port in _ports(view, id_, ports):
                key = ReachKey(id_, DIRECT, protocol_name(protocol), Family.IPV4)
                reach.add(key, _arrival(id_, port, found))
    return reach.derived()


def _arrival(id_: str, port: int, found: Access) -> ReachInterval:
    return ReachInterval((port, port), found.unread, found.evidence | {("resources", id_)})


def _ports(view: GraphView, id_: str, ports: tuple[int, ...]) -> list[tuple[int, int]]:
    if ports:
        return [(TCP, port) for port in ports]
    named = [each.partition("/") for each in view.get(id_, "ports") or ()]
    return [(_PROTOCOLS.get(protocol, TCP), int(port)) for protocol, _, port in named]


DERIVATIONS = tuple(
    Derivation(
        name=f"azure platform services: {label}",
        provider="azure",
        derive=partial(_derive, label),
        writes=reaches(label),
        reads=frozenset({label, *_DECIDING.get(label, ())}),
        notices=frozenset(_DECIDING.get(label, ())),
        not_modelled=(
            "Services and resources that pass the rules of platform services by name (trusted "
            "services, network security perimeters, other customers of Azure where all of Azure's "
            "addresses are let in) have no CAN_REACH edges.",
        ),
    )
    for label in SERVICES
)
