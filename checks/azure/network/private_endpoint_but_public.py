"""Services that have a private endpoint and are open all the same."""

from ...check import Category, Check, Cypher, Severity

_SERVICES = (
    "AzureAppConfiguration",
    "AzureAppService",
    "AzureCognitiveAccount",
    "AzureContainerRegistry",
    "AzureCosmosDBAccount",
    "AzureEventHubsNamespace",
    "AzureFunctionApp",
    "AzureKeyVault",
    "AzureMachineLearningWorkspace",
    "AzureRedisCache",
    "AzureSQLServer",
    "AzureSearchService",
    "AzureServiceBusNamespace",
    "AzureStorageAccount",
    "AzureSynapseWorkspace",
)

check = Check(
    id="private_endpoint_but_public",
    title="Services with a private endpoint are closed to the internet",
    provider="azure",
    service="network",
    severity=Severity.MEDIUM,
    categories=(Category.EXPOSURE,),
    resource="AzurePrivateEndpoint",
    what=(
        "The internet does not reach the service that an approved private endpoint leads to, by "
        "the service's own settings of public network access, firewall rules and access "
        "restrictions. What decides and could not be read makes it MANUAL, as does a service in a "
        "subscription that was not scanned."
    ),
    why="The endpoint protects nothing as long as the same service answers everyone without it.",
    remediation=(
        "Set public network access of the service to disabled, once nothing uses it: az storage "
        "account update --name ACCOUNT --public-network-access Disabled"
    ),
    passes="{target}, which {resource} leads to, is closed to the internet.",
    fails="{target}, which {resource} leads to, is open to the internet on port {port} too.",
    rule=Cypher(f"""
        MATCH (resource:AzurePrivateEndpoint)-[:CONNECTS_TO]->(target:{"|".join(_SERVICES)})
        WHERE any(state IN resource.connection_states WHERE state = 'Approved')
        OPTIONAL MATCH (internet:Internet)-[reach:CAN_REACH]->(target)
        RETURN resource, target, internet, reach.unread AS unread,
               reach.evidence AS derived_from, reach.from_port AS port,
               CASE WHEN target.missing IS NOT NULL THEN null
                    WHEN internet.id IS NULL THEN true
                    WHEN size(reach.unread) = 0 THEN false
               END AS passed
    """),
    references=("https://learn.microsoft.com/azure/private-link/private-endpoint-overview",),
)
