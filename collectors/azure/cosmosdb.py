"""Azure Cosmos DB: accounts, and who is let in."""

from ...graph.model import field, ref
from .base import AzureCollector, Host, Identified, Part, PlatformService, VaultUri, listing


class CosmosDBAccount(PlatformService, Identified):
    """An account of Cosmos DB (Resource Graph: resources)."""

    label = "AzureCosmosDBAccount"
    arm_type = "Microsoft.DocumentDB/databaseAccounts"
    unique_within = "global"

    kind: str | None = field("GlobalDocumentDB, MongoDB or Parse.")
    host: Host | None = field("Host that answers for it.", wire="documentEndpoint")
    ip_rules: list[str] | None = field(
        "Addresses that are let in; 0.0.0.0 is every address of Azure.",
        wire="ipRules[].ipAddressOrRange",
    )
    filters_networks: bool | None = field(
        "Only named subnets are let in.", wire="isVirtualNetworkFilterEnabled"
    )
    subnets: list[str] | None = ref(
        "AzureSubnet", by="id", rel="ALLOWS_FROM", wire="virtualNetworkRules[].id"
    )
    bypass: str | None = field("Services that pass all rules.", wire="networkAclBypass")
    local_auth_disabled: bool | None = field("Its keys open nothing.", wire="disableLocalAuth")
    key_based_metadata_write_disabled: bool | None = field(
        "Its keys change no settings.", wire="disableKeyBasedMetadataWriteAccess"
    )
    minimal_tls_version: str | None = field("Oldest TLS that is answered.")
    default_identity: str | None = field("Identity that it reads keys as.")
    encryption_key: VaultUri | None = ref(
        "AzureKeyVaultKey", by="key_uri", rel="ENCRYPTED_BY", wire="keyVaultKeyUri"
    )


class CosmosDBRoleAssignment(Part):
    """Whom an account lets read or write data (SQL Resources - List SQL Role Assignments)."""

    label = "AzureCosmosDBSqlRoleAssignment"
    arm_type = "Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments"
    api_version = "2024-05-15"

    database_account: str | None = ref(
        "AzureCosmosDBAccount", by="id", rel="GRANTS_ON", wire="containedIn"
    )
    principal: str | None = ref(
        ("EntraUser", "EntraGroup", "EntraServicePrincipal", "UnknownResource"),
        by="object_id",
        rel="GRANTED_TO",
        wire="principalId",
    )
    role_definition: str | None = field("Role, by id.", wire="roleDefinitionId")
    scope: str | None = field("What it is for: the account, or a part of it.")


class CosmosDB(AzureCollector):
    """Accounts of Cosmos DB."""

    service = "cosmosdb"

    accounts = listing(CosmosDBAccount, CosmosDBRoleAssignment)
