"""Azure Database for PostgreSQL: flexible servers, and who is let in."""

from ...graph.model import field, ref
from .base import AzureCollector, Host, Identified, Part, TrackedResource, VaultUri, listing

_API_VERSION = "2024-08-01"


class PostgreSQLFlexibleServer(Identified):
    """A flexible server (Resource Graph: resources)."""

    label = "AzurePostgreSQLFlexibleServer"
    arm_type = "Microsoft.DBforPostgreSQL/flexibleServers"

    host: Host | None = field("Host that answers for it.", wire="fullyQualifiedDomainName")
    version: str | None = field("Version of PostgreSQL.")
    state: str | None = field("Ready, Stopped and others.")
    administrator_login: str | None = field("Its first user, who has a password.")
    public_network_access: str | None = field(
        "Enabled or Disabled.", wire="network.publicNetworkAccess"
    )
    entra_auth: str | None = field(
        "Enabled if Entra ID's principals may sign in.", wire="authConfig.activeDirectoryAuth"
    )
    password_auth: str | None = field(
        "Enabled if passwords may be used.", wire="authConfig.passwordAuth"
    )
    geo_redundant_backup: str | None = field(
        "Enabled if backups are kept in another region.", wire="backup.geoRedundantBackup"
    )
    subnet: str | None = ref(
        "AzureSubnet", by="id", rel="IN_SUBNET", wire="network.delegatedSubnetResourceId"
    )
    private_dns_zone: str | None = ref(
        "AzurePrivateDnsZone",
        by="id",
        rel="RESOLVES_TO",
        inverse=True,
        wire="network.privateDnsZoneArmResourceId",
    )
    encryption_key: VaultUri | None = ref(
        "AzureKeyVaultKey", by="key_uri", rel="ENCRYPTED_BY", wire="dataEncryption.primaryKeyURI"
    )


class PostgreSQLFirewallRule(Part):
    """Addresses that a server lets in (Firewall Rules - List By Server)."""

    label = "AzurePostgreSQLFirewallRule"
    arm_type = "Microsoft.DBforPostgreSQL/flexibleServers/firewallRules"
    api_version = _API_VERSION

    server: str | None = ref(
        "AzurePostgreSQLFlexibleServer", by="id", rel="PART_OF", wire="containedIn"
    )
    start_ip_address: str | None = field("First address.")
    end_ip_address: str | None = field(
        "Last address; 0.0.0.0 to 0.0.0.0 is every address of Azure."
    )


class PostgreSQLAdministrator(Part):
    """Who administers a server through Entra ID (Administrators - List By Server)."""

    label = "AzurePostgreSQLAdministrator"
    arm_type = "Microsoft.DBforPostgreSQL/flexibleServers/administrators"
    api_version = _API_VERSION

    server: str | None = ref(
        "AzurePostgreSQLFlexibleServer", by="id", rel="GRANTS_ON", wire="containedIn"
    )
    principal_name: str | None = field("Name that was given.")
    principal_type: str | None = field("User, Group or ServicePrincipal.")
    principal: str | None = ref(
        ("EntraUser", "EntraGroup", "EntraServicePrincipal", "UnknownResource"),
        by="object_id",
        rel="GRANTED_TO",
        wire="objectId",
    )


class PostgreSQLServer(TrackedResource):
    """A single server, which Azure has retired (Resource Graph: resources)."""

    label = "AzurePostgreSQLServer"
    arm_type = "Microsoft.DBforPostgreSQL/servers"

    host: Host | None = field("Host that answers for it.", wire="fullyQualifiedDomainName")
    public_network_access: str | None = field("Enabled or Disabled.")
    ssl_enforcement: str | None = field("Enabled if only TLS is answered.")


class PostgreSQL(AzureCollector):
    """Servers of PostgreSQL, and who is let in."""

    service = "postgresql"

    flexible_servers = listing(
        PostgreSQLFlexibleServer, PostgreSQLFirewallRule, PostgreSQLAdministrator
    )
    servers = listing(PostgreSQLServer)
