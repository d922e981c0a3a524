"""Azure Synapse Analytics."""

from ...graph.model import field, ref
from .base import AzureCollector, Host, Identified, Part, PlatformService, VaultUri, listing


class SynapseWorkspace(PlatformService, Identified):
    """A workspace (Resource Graph: resources)."""

    label = "AzureSynapseWorkspace"
    arm_type = "Microsoft.Synapse/workspaces"

    sql_endpoint: Host | None = field("Host of its SQL.", wire="connectivityEndpoints.sql")
    administrator_login: str | None = field(
        "Its first user, who has a password.", wire="sqlAdministratorLogin"
    )
    entra_only: bool | None = field("Passwords open nothing.", wire="azureADOnlyAuthentication")
    managed_virtual_network: str | None = field(
        "default if it has a virtual network of Azure's own."
    )
    prevents_exfiltration: bool | None = field(
        "It reaches named tenants alone.",
        wire="managedVirtualNetworkSettings.preventDataExfiltration",
    )
    data_lake: Host | None = ref(
        "AzureStorageAccount",
        by="hosts",
        rel="READS_FROM",
        wire="defaultDataLakeStorage.accountUrl",
    )
    encryption_key: VaultUri | None = ref(
        "AzureKeyVaultKey", by="key_uri", rel="ENCRYPTED_BY", wire="encryption.cmk.key.keyVaultUrl"
    )


class SynapseFirewallRule(Part):
    """Addresses that a workspace lets in (IP Firewall Rules - List By Workspace)."""

    label = "AzureSynapseFirewallRule"
    arm_type = "Microsoft.Synapse/workspaces/firewallRules"
    api_version = "2021-06-01"

    workspace: str | None = ref("AzureSynapseWorkspace", by="id", rel="PART_OF", wire="containedIn")
    start_ip_address: str | None = field("First address.")
    end_ip_address: str | None = field(
        "Last address; 0.0.0.0 to 0.0.0.0 is every address of Azure."
    )


class Synapse(AzureCollector):
    """Synapse workspaces."""

    service = "synapse"

    workspaces = listing(SynapseWorkspace, SynapseFirewallRule)
