"""Azure SQL: servers, databases, managed instances, and who is let in."""

from collections.abc import Iterator
from typing import Any, ClassVar

from ...graph.model import field, ref
from ..collector import lists
from ..shape import Shape
from .base import (
    AzureCollector,
    AzureResource,
    Host,
    Identified,
    Part,
    PlatformService,
    VaultUri,
    listing,
)
from .session import AzureApi

_API_VERSION = "2023-08-01"
_ENTRA = ("EntraUser", "EntraGroup", "EntraServicePrincipal", "UnknownResource")


class SQLServer(PlatformService, Identified):
    """A server of databases (Resource Graph: resources; Server Blob Auditing Policies - List By
    Server)."""

    label = "AzureSQLServer"
    arm_type = "Microsoft.Sql/servers"
    global_keys = ("host",)

    host: Host | None = field("Host that answers for it.", wire="fullyQualifiedDomainName")
    administrator_login: str | None = field("Its first user, who has a password.")
    minimal_tls_version: str | None = field("Oldest TLS that is answered.")
    restrict_outbound: str | None = field(
        "Enabled if it reaches named hosts alone.", wire="restrictOutboundNetworkAccess"
    )
    entra_only: bool | None = field(
        "Passwords open nothing; null where Azure does not say.",
        wire="administrators.azureADOnlyAuthentication",
    )
    encryption_key: VaultUri | None = ref(
        "AzureKeyVaultKey", by="key_uri", rel="ENCRYPTED_BY", wire="keyId"
    )
    auditing: str | None = field(
        "Enabled or Disabled.", call="Microsoft.Sql/servers/auditingSettings"
    )
    audit_storage: Host | None = ref(
        "AzureStorageAccount",
        by="hosts",
        rel="LOGS_TO",
        call="Microsoft.Sql/servers/auditingSettings",
    )


class ServerAuditing(AzureResource):
    """Whether and where a server logs what it is asked."""

    arm_type = "Microsoft.Sql/servers/auditingSettings"
    api_version = _API_VERSION
    shape: ClassVar[Shape] = {"state": str, "storageEndpoint": str}


class SQLDatabase(Identified):
    """A database (Resource Graph: resources)."""

    label = "AzureSQLDatabase"
    arm_type = "Microsoft.Sql/servers/databases"

    server: str | None = ref("AzureSQLServer", by="id", rel="PART_OF", wire="containedIn")
    sku: str | None = field("Size.", wire="sku.name")
    kind: str | None = field("What it is for: v12.0,user, v12.0,system and others.")
    status: str | None = field("Online, Paused and others.")
    zone_redundant: bool | None = field("It is kept in several zones.")
    backup_redundancy: str | None = field(
        "Where backups are kept: Geo, Zone or Local.", wire="currentBackupStorageRedundancy"
    )
    source: str | None = ref(
        ("AzureSQLDatabase", "UnknownResource"),
        by="id",
        rel="READS_FROM",
        wire="sourceDatabaseId",
    )
    encryption_key: VaultUri | None = ref(
        "AzureKeyVaultKey", by="key_uri", rel="ENCRYPTED_BY", wire="encryptionProtector"
    )


class SQLFirewallRule(Part):
    """Addresses that a server lets in (Firewall Rules - List By Server)."""

    label = "AzureSQLServerFirewallRule"
    arm_type = "Microsoft.Sql/servers/firewallRules"
    api_version = _API_VERSION

    server: str | None = ref("AzureSQLServer", by="id", rel="PART_OF", wire="containedIn")
    start_ip_address: str | None = field("First address.")
    end_ip_address: str | None = field(
        "Last address; 0.0.0.0 to 0.0.0.0 is every address of Azure."
    )


class SQLVirtualNetworkRule(Part):
    """A subnet that a server lets in (Virtual Network Rules - List By Server)."""

    label = "AzureSQLServerVirtualNetworkRule"
    arm_type = "Microsoft.Sql/servers/virtualNetworkRules"
    api_version = _API_VERSION

    server: str | None = ref("AzureSQLServer", by="id", rel="PART_OF", wire="containedIn")
    subnet: str | None = ref(
        "AzureSubnet", by="id", rel="ALLOWS_FROM", wire="virtualNetworkSubnetId"
    )


class ServerADAdministrator(Part):
    """Who administers a server through Entra ID (Server Azure AD Administrators - List By
    Server)."""

    label = "AzureServerADAdministrator"
    arm_type = "Microsoft.Sql/servers/administrators"
    api_version = _API_VERSION

    server: str | None = ref("AzureSQLServer", by="id", rel="GRANTS_ON", wire="containedIn")
    login: str | None = field("Name that was given.")
    principal: str | None = ref(_ENTRA, by="object_id", rel="GRANTED_TO", wire="sid")
    tenant_id: str | None = field("Tenant of the administrator.")


class SQLManagedInstance(Identified):
    """A managed instance, which lies in a subnet (Resource Graph: resources)."""

    label = "AzureSQLManagedInstance"
    arm_type = "Microsoft.Sql/managedInstances"

    host: Host | None = field("Host that answers for it.", wire="fullyQualifiedDomainName")
    public_data_endpoint: bool | None = field(
        "It answers at a public address on port 3342, as far as its subnet lets it.",
        wire="publicDataEndpointEnabled",
    )
    minimal_tls_version: str | None = field("Oldest TLS that is answered.")
    administrator_login: str | None = field("Its first user, who has a password.")
    subnet: str | None = ref("AzureSubnet", by="id", rel="IN_SUBNET", wire="subnetId")
    virtual_cluster: str | None = field("Machines that it runs on.", wire="virtualClusterId")
    instance_pool: str | None = field("Pool that it is in; else empty.", wire="instancePoolId")
    maintenance: str | None = field("When it is updated.", wire="maintenanceConfigurationId")
    private_endpoints: list[str] | None = ref(
        "AzurePrivateEndpoint",
        by="id",
        rel="CONNECTS_TO",
        inverse=True,
        wire="privateEndpointConnections[].privateEndpoint.id",
    )
    encryption_key: VaultUri | None = ref(
        "AzureKeyVaultKey", by="key_uri", rel="ENCRYPTED_BY", wire="keyId"
    )


class SQL(AzureCollector):
    """Servers, databases, managed instances, and who is let in."""

    service = "sql"
    also_reads = (ServerAuditing,)

    @lists(
        SQLServer,
        SQLFirewallRule,
        SQLVirtualNetworkRule,
        ServerADAdministrator,
        through=dict.fromkeys(
            (SQLFirewallRule, SQLVirtualNetworkRule, ServerADAdministrator), SQLServer
        ),
    )
    def servers(self, api: AzureApi) -> Iterator[AzureResource]:
        """Servers with their rules and administrators."""

        def detailed(raw: dict[str, Any]) -> list[AzureResource]:
            found = api.described(
                ServerAuditing.arm_type, f"{raw['id']}/auditingSettings/default", ServerAuditing
            )
            audit = dict.fromkeys(("auditing", "audit_storage"))
            for each in found or []:
                audit = {
                    "auditing": each.get("state") or "",
                    "audit_storage": each.get("storageEndpoint") or "",
                }
            server = SQLServer.load(raw, api.here, **audit)
            parts = (SQLFirewallRule, SQLVirtualNetworkRule, ServerADAdministrator)
            return [server, *(each for part in parts for each in api.parts(part, server))]

        for resources in api.each(detailed, api.resources(SQLServer, lists=SQLServer)):
            yield from resources

    databases = listing(SQLDatabase)
    managed_instances = listing(SQLManagedInstance)
