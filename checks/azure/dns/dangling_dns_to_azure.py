"""Names that lead to something in Azure that is gone, or that anyone may claim."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...check import Category, Check, Row, Severity, Traversal
from ...neighbours import present

if TYPE_CHECKING:
    import networkx

_RECORD, _ZONE, _UNKNOWN = "AzureDnsRecord", "AzureDnsZone", "UnknownResource"
_NAMED = (
    "AzureApiManagementService",
    "AzureAppService",
    "AzureAppServiceSlot",
    "AzureContainerApp",
    "AzureFrontDoorEndpoint",
    "AzureFunctionApp",
    "AzureLogicAppStandard",
    "AzurePublicIPAddress",
    "AzureStaticWebApp",
    "AzureStorageAccount",
    "AzureTrafficManagerProfile",
)
_CLAIMABLE = (
    ".azure-api.net",
    ".azurecontainer.io",
    ".azureedge.net",
    ".azurefd.net",
    ".azurestaticapps.net",
    ".azurewebsites.net",
    ".blob.core.windows.net",
    ".cloudapp.azure.com",
    ".cloudapp.net",
    ".trafficmanager.net",
    ".web.core.windows.net",
)
"""Ends of names that Azure gives to the first who asks."""


def _walk(graph: "networkx.MultiDiGraph") -> Iterator[Row]:
    for record in present(graph, _RECORD):
        edges = list(graph.out_edges(record, data="rel"))
        zones = {end for _, end, rel in edges if rel == "PART_OF"}
        if not any(graph.nodes[zone]["label"] == _ZONE for zone in zones):
            continue
        for target in sorted(end for _, end, rel in edges if rel == "RESOLVES_TO"):
            yield _judged(graph, record, target)


def _judged(graph: "networkx.MultiDiGraph", record: str, target: str) -> Row:
    there = graph.nodes[target]
    missing, name = there["missing"], there["name"] or target
    is_free = missing == "NOT_FOUND" or (missing and name.endswith(_CLAIMABLE))
    passed = True if missing is None else False if is_free else None
    return Row(
        record,
        passed,
        undecided_by=target if passed is None else None,
        evidence=[target],
        values={"where": name},
    )


check = Check(
    id="dangling_dns_to_azure",
    title="No name leads to something in Azure that anyone may claim",
    provider="azure",
    service="dns",
    severity=Severity.HIGH,
    categories=(Category.UNUSED,),
    resource=_RECORD,
    what=(
        "What a record of a public zone leads to exists: the resource of an alias record, and the "
        "app, account, endpoint or profile that answers to the name of a CNAME record. A name "
        "that Azure gives to the first who asks (azurewebsites.net, blob.core.windows.net, "
        "trafficmanager.net …) and that nothing in the scanned subscriptions has fails: scan all "
        "of your subscriptions together. Other names and addresses that nobody scanned has are "
        "MANUAL, and so is every name where what might have it could not be listed."
    ),
    why=(
        "Anyone who makes an app of the name speaks for your domain: phishing, stolen cookies, "
        "certificates."
    ),
    remediation=(
        "az network dns record-set cname delete --resource-group GROUP --zone-name ZONE --name NAME"
    ),
    passes="{resource} leads to {where}, which is there.",
    fails="{resource} leads to {where}, which anyone may claim.",
    rule=Traversal((_RECORD, _ZONE, _UNKNOWN, *_NAMED), _walk),
    fail_requires_listing=_NAMED,
    references=("https://learn.microsoft.com/azure/security/fundamentals/subdomain-takeover",),
)
