"""Azure AI Search."""

from ...graph.model import field
from .base import AzureCollector, Identified, PlatformService, listing


class SearchService(PlatformService, Identified):
    """A search service (Resource Graph: resources)."""

    label = "AzureSearchService"
    arm_type = "Microsoft.Search/searchServices"

    ip_rules: list[str] | None = field(
        "Addresses that are let in; empty is everyone.", wire="networkRuleSet.ipRules[].value"
    )
    bypass: str | None = field("Services that pass all rules.", wire="networkRuleSet.bypass")
    local_auth_disabled: bool | None = field("Its keys open nothing.", wire="disableLocalAuth")


class Search(AzureCollector):
    """Search services."""

    service = "search"

    search_services = listing(SearchService)
