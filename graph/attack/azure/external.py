"""How external principals get into a subscription: by what the internet reaches, and by what is
delegated to another tenant."""

from collections.abc import Iterator

from ...authorization.azure.environment import DELEGATION
from ...view import GraphView
from ..exposed import THE_INTERNET, exposed
from ..external_entries import Entry
from ..model import Node

EXPOSED, DELEGATED = "azure-outside-exposed-service", "azure-outside-lighthouse"
"""Ids of the techniques by which external principals come in."""
_INSTANCE = "AzureScaleSetInstance"
RUNS_CODE = frozenset(
    {
        "AzureAppService",
        "AzureAppServiceSlot",
        "AzureContainerApp",
        "AzureGroupContainer",
        "AzureFunctionApp",
        "AzureLogicAppStandard",
        "AzureVirtualMachine",
        _INSTANCE,
    }
)
"""Labels of what runs code of the subscription's: a flaw in it gives tokens of its identities. What
a service of Azure runs (a database, a vault, a gateway) gives none."""


def exposed_workloads(view: GraphView) -> Iterator[Entry]:
    """What the graph's CAN_REACH edges lead to and can be taken over; of a scale set's machine that
    is the scale set, whose identities it has."""
    for each in exposed(view, RUNS_CODE):
        is_one_of_many = view.get(each.id, "label") == _INSTANCE
        for target in view.targets(each.id, "scale_set") if is_one_of_many else (each.id,):
            yield Entry(EXPOSED, THE_INTERNET, target, not each.unread, each.unread, each.evidence)


def managing_tenants(view: GraphView) -> Iterator[Entry]:
    """The tenants whose principals hold roles by a delegation; one that was scanned too is none of
    them, nor is one that was not read, of which a gap tells."""
    for id_ in view.labelled(DELEGATION):
        tenant = view.get(id_, "managed_by")
        if tenant and (tenant not in view.graph or view.is_missing(tenant)):
            name = tenant.rpartition("/")[2]
            node = Node(tenant, "EntraTenant", f"tenant {name}", name)
            yield Entry(DELEGATED, node, id_, evidence=(id_,))
