"""Cloud SQL."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from ...graph.model import Document, Location, Timestamp, field, ref
from ..shape import Shape
from .base import AssetResource, ComputeName, CryptoKeyName, GCPCollector, listing


class CloudSQLInstance(AssetResource):
    """An instance (instances.list of Cloud SQL Admin)."""

    label = "GCPCloudSQLInstance"
    identity = "//cloudsql.googleapis.com/projects/{account}/instances/{name}"
    asset_type = "sqladmin.googleapis.com/Instance"
    path = "sqladmin.googleapis.com/v1/projects/{project}/instances"
    collection = "items"
    shape: ClassVar[Shape] = {
        "masterInstanceName": str,
        "settings": {
            "ipConfiguration": {"ipv4Enabled": bool, "requireSsl": bool, "sslMode": str},
            "backupConfiguration": {"enabled": bool},
        },
        "ipAddresses": [{"ipAddress": str, "type": str}],
    }

    state: str | None = field("RUNNABLE, SUSPENDED, MAINTENANCE and others.")
    database_version: str | None = field("Engine and version.")
    public_address_enabled: bool | None = field("It has a public IPv4 address.", wire="-")
    addresses: list[str] | None = field("Its addresses.", wire="ipAddresses[].ipAddress")
    authorized_networks: list[str] | None = field(
        "Ranges that may connect to its public address.",
        wire="settings.ipConfiguration.authorizedNetworks[].value",
    )
    requires_tls: bool | None = field("Connections without TLS are refused.", wire="-")
    ssl_mode: str | None = field(
        "ALLOW_UNENCRYPTED_AND_ENCRYPTED, ENCRYPTED_ONLY or TRUSTED_CLIENT_CERTIFICATE_REQUIRED.",
        wire="settings.ipConfiguration.sslMode",
    )
    network: ComputeName | None = ref(
        "GCPVpc", by="id", rel="IN_NETWORK", wire="settings.ipConfiguration.privateNetwork"
    )
    service_account: str | None = ref(
        "GCPServiceAccount", by="id", rel="RUNS_AS", wire="serviceAccountEmailAddress"
    )
    kms_key: CryptoKeyName | None = ref(
        "GCPCryptoKey", by="id", rel="ENCRYPTED_BY", wire="diskEncryptionConfiguration.kmsKeyName"
    )
    primary: str | None = ref(
        "GCPCloudSQLInstance", by="id", rel="REPLICATES_TO", inverse=True, wire="-"
    )
    backups_enabled: bool | None = field("It is backed up every day.", wire="-")
    flags: Document | None = field("Settings of the engine.", wire="settings.databaseFlags")
    created: Timestamp | None = field("When it was made.", wire="createTime")

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the instance. Its primary is named ``PROJECT:NAME``; a public address is there
        unless it is switched off."""
        settings = raw.get("settings") or {}
        addresses = settings.get("ipConfiguration") or {}
        named = str(raw.get("masterInstanceName") or "").rpartition(":")
        primary = cls.identity.format(account=named[0] or here.account, name=named[2])
        fields = {
            "public_address_enabled": addresses.get("ipv4Enabled", True),
            "requires_tls": addresses.get("requireSsl", False)
            or addresses.get("sslMode") in _ONLY_TLS,
            "primary": primary if named[2] else "",
            "backups_enabled": (settings.get("backupConfiguration") or {}).get("enabled", False),
        }
        return super().load(raw, here, **fields, **known)


_ONLY_TLS = ("ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED")


class CloudSQL(GCPCollector):
    """Instances."""

    service = "cloudsql"
    permissions = (
        "cloudasset.assets.listResource",
        "cloudsql.instances.list",
        "resourcemanager.projects.get",
    )

    instances = listing(CloudSQLInstance)
