"""Services of Azure's platform that the internet reaches."""

from ...check import Category, Check, Severity
from ...reach import reached


def _check(name: str, service: str, label: str, words: str, command: str, control: str) -> Check:
    return Check(
        id=f"{name}_open_to_internet",
        title=f"The internet does not reach {words}",
        provider="azure",
        service=service,
        severity=Severity.MEDIUM,
        categories=(Category.EXPOSURE,),
        resource=label,
        what=(
            "The resource's own settings let nobody in from the internet: public network access is "
            "off, or its rules let in no more than a /8 of IPv4, all rules together. Other "
            "customers of Azure, named subnets, private endpoints and trusted services do not "
            "count. What decides and could not be read makes it MANUAL, and so does a network "
            "security perimeter, whose rules are not read. Keys, tokens and passwords may still "
            "protect it: they are other checks' matter."
        ),
        why="A leaked key or password, or a flaw, is enough for anyone, if everyone gets that far.",
        remediation=command,
        passes="The internet does not reach {resource}.",
        fails="The internet reaches {resource} on port {first}.",
        rule=reached(label),
        references=(
            "https://learn.microsoft.com/security/benchmark/azure/mcsb-v2-network-security",
        ),
        compliance=(control,) if control else (),
    )


family = (
    _check(
        "storage_account",
        "storage",
        "AzureStorageAccount",
        "storage accounts",
        "az storage account update --name ACCOUNT --default-action Deny",
        "CIS Azure 3.0: 4.7",
    ),
    _check(
        "keyvault",
        "keyvault",
        "AzureKeyVault",
        "key vaults",
        "az keyvault update --name VAULT --default-action Deny",
        "",
    ),
    _check(
        "sqlserver",
        "sql",
        "AzureSQLServer",
        "SQL servers",
        "az sql server firewall-rule delete --resource-group GROUP --server SERVER --name RULE",
        "CIS Azure 3.0: 5.1.2",
    ),
    _check(
        "postgresql_flexible_server",
        "postgresql",
        "AzurePostgreSQLFlexibleServer",
        "PostgreSQL servers",
        "az postgres flexible-server firewall-rule delete --resource-group GROUP --name SERVER "
        "--rule-name RULE",
        "",
    ),
    _check(
        "cosmosdb_account",
        "cosmosdb",
        "AzureCosmosDBAccount",
        "Cosmos DB accounts",
        "az cosmosdb update --name ACCOUNT --resource-group GROUP --public-network-access Disabled",
        "CIS Azure 3.0: 5.4.1",
    ),
    _check(
        "container_registry",
        "containerregistry",
        "AzureContainerRegistry",
        "container registries",
        "az acr update --name REGISTRY --default-action Deny",
        "",
    ),
    _check(
        "aks_api_server",
        "containerservice",
        "AzureKubernetesCluster",
        "API servers of Kubernetes clusters",
        "az aks update --resource-group GROUP --name CLUSTER "
        "--api-server-authorized-ip-ranges RANGES",
        "",
    ),
)
