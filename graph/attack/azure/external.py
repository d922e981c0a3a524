"""How external principals get into a subscription: by what the internet reaches."""

from collections.abc import Iterator

from ...view import GraphView
from ..exposed import THE_INTERNET, exposed
from ..external_entries import Entry

EXPOSED = "azure-outside-exposed-service"
"""Id of the technique by which external principals come in."""
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
