"""Azure Database for MySQL: flexible servers, and who is let in."""

from ...graph.model import field, ref
from .base import AzureCollector, Host, Identified, Part, VaultUri, listing

_API_VERSION = "2023-12-30"


class MySQLFlexibleServer(Identified):
    """A flexible server (Resource Graph: resources)."""

    label = "AzureMySQLFlexibleServer"
    arm_type = "Microsoft.DBforMySQL/flexibleServers"

    host: Host | None = field("Host that answers for it.", wire="fullyQualifiedDomainName")
    version: str | None = field("Version of MySQL.")
    state: str | None = field("Ready, Stopped and others.")
    administrator_login: str | None = field("Its first user, who has a password.")
    public_network_access: str | None = field(
        "Enabled or Disabled.", wire="network.publicNetworkAccess"
    )
    geo_redundant_backup: str | None = field(
        "Enabled if backups are kept in another region.", wire="backup.geoRedundantBackup"
    )
    subnet: str | None = ref(
        "AzureSubnet", by="id", rel="IN_SUBNET", wire="network.delegatedSubnetResourceId"
    )
    encryption_key: VaultUri | None = ref(
        "AzureKeyVaultKey", by="key_uri", rel="ENCRYPTED_BY", wire="dataEncryption.primaryKeyURI"
    )


class MySQLFirewallRule(Part):
    """Addresses that a server lets in (Firewall Rules - List By Server)."""

    label = "AzureMySQLFirewallRule"
    arm_type = "Microsoft.DBforMySQL/flexibleServers/firewallRules"
    api_version = _API_VERSION

    server: str | None = ref("AzureMySQLFlexibleServer", by="id", rel="PART_OF", wire="containedIn")
    start_ip_address: str | None = field("First address.")
    end_ip_address: str | None = field(
        "Last address; 0.0.0.0 to 0.0.0.0 is every address of Azure."
    )


class MySQLAdministrator(Part):
    """Who administers a server through Entra ID (Azure AD Administrators - List By Server)."""

    label = "AzureMySQLAdministrator"
    arm_type = "Microsoft.DBforMySQL/flexibleServers/administrators"
    api_version = _API_VERSION

    server: str | None = ref(
        "AzureMySQLFlexibleServer", by="id", rel="GRANTS_ON", wire="containedIn"
    )
    login: str | None = field("Name that was given.")
    principal: str | None = ref(
        ("EntraUser", "EntraGroup", "EntraServicePrincipal", "UnknownResource"),
        by="object_id",
        rel="GRANTED_TO",
        wire="sid",
    )
    identity_id: str | None = field(
        "Identity that the server asks Entra ID as.", wire="identityResourceId"
    )


class MySQL(AzureCollector):
    """Servers of MySQL, and who is let in."""

    service = "mysql"

    flexible_servers = listing(MySQLFlexibleServer, MySQLFirewallRule, MySQLAdministrator)
