"""Azure App Configuration."""

from ...graph.model import field, ref
from .base import AzureCollector, Host, Identified, PlatformService, VaultUri, listing


class AppConfiguration(PlatformService, Identified):
    """A store of settings (Resource Graph: resources)."""

    label = "AzureAppConfiguration"
    arm_type = "Microsoft.AppConfiguration/configurationStores"

    host: Host | None = field("Host that answers for it.", wire="endpoint")
    local_auth_disabled: bool | None = field("Its keys open nothing.", wire="disableLocalAuth")
    purge_protection: bool | None = field(
        "Nobody can delete for good what is deleted.", wire="enablePurgeProtection"
    )
    encryption_key: VaultUri | None = ref(
        "AzureKeyVaultKey",
        by="key_uri",
        rel="ENCRYPTED_BY",
        wire="encryption.keyVaultProperties.keyIdentifier",
    )


class AppConfigurations(AzureCollector):
    """Stores of settings."""

    service = "appconfiguration"

    stores = listing(AppConfiguration)
