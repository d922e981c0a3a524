"""Logs that are sent to another tenant, or nowhere."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...check import Category, Check, Row, Severity, Traversal
from ...neighbours import present, targets

if TYPE_CHECKING:
    import networkx

_OF_FLOWS = ("AzureLogAnalyticsWorkspace", "AzureStorageAccount")
_PLACES = ("AzureEventHubsNamespace", *_OF_FLOWS)
_SUBSCRIPTION = "AzureSubscription"


def _walker(label: str, places: tuple[str, ...]) -> Traversal:
    def walk(graph: "networkx.MultiDiGraph") -> Iterator[Row]:
        tenants = {
            graph.nodes[each]["account"]: graph.nodes[each]["tenant"]
            for each in present(graph, _SUBSCRIPTION)
        }
        for resource in present(graph, label):
            own = tenants.get(graph.nodes[resource]["account"])
            for place in (
                each for kind in places for each in targets(graph, resource, "LOGS_TO", kind)
            ):
                there = graph.nodes[place]
                other = tenants.get(there["account"])
                unknown = there["missing"] not in (None, "NOT_FOUND") or None in (own, other)
                yield Row(
                    resource,
                    False if there["missing"] == "NOT_FOUND" else None if unknown else own == other,
                    undecided_by=place if unknown and there["missing"] != "NOT_FOUND" else None,
                    evidence=[place],
                    values={
                        "where": there["name"],
                        "what": "which does not exist"
                        if there["missing"]
                        else "which another tenant owns",
                    },
                )

    return Traversal((label, *places, _SUBSCRIPTION), walk)


def _check(
    id_: str, service: str, label: str, places: tuple[str, ...], name: str, command: str
) -> Check:
    return Check(
        id=id_,
        title=f"{name} stay in their tenant",
        provider="azure",
        service=service,
        severity=Severity.MEDIUM,
        categories=(Category.LOGGING,),
        resource=label,
        what=(
            "The storage account, workspace or event hub that the logs go to exists, and lies in "
            "a subscription of the same tenant. One in a subscription that was not scanned is "
            "MANUAL: scan all of your subscriptions together."
        ),
        why=(
            "Anyone who owns the other tenant reads the logs, and may delete them; logs that go to "
            "a place which is gone are not written at all."
        ),
        remediation=command,
        passes="{resource} logs to {where} of the same tenant.",
        fails="{resource} logs to {where}, {what}.",
        rule=_walker(label, places),
        references=(
            "https://learn.microsoft.com/azure/azure-monitor/platform/diagnostic-settings",
        ),
    )


family = (
    _check(
        "diagnostics_leave_the_tenant",
        "monitor",
        "AzureDiagnosticSetting",
        _PLACES,
        "Diagnostic settings",
        "az monitor diagnostic-settings delete --name SETTING --resource RESOURCE",
    ),
    _check(
        "flow_logs_leave_the_tenant",
        "network",
        "AzureFlowLog",
        _OF_FLOWS,
        "Flow logs",
        "az network watcher flow-log update --location REGION --name LOG --storage-account ACCOUNT",
    ),
)
