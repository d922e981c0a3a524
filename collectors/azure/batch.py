"""Azure Batch."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from ...graph.model import Location, field, ref
from ..shape import Shape
from .base import AzureCollector, Host, Identified, Part, PlatformService, listing


class BatchAccount(PlatformService, Identified):
    """A Batch account (Resource Graph: resources)."""

    label = "AzureBatchAccount"
    arm_type = "Microsoft.Batch/batchAccounts"

    host: Host | None = field("Host that answers for it.", wire="accountEndpoint")
    pool_allocation_mode: str | None = field(
        "Whose subscription its machines lie in: BatchService or UserSubscription."
    )
    default_action: str | None = field(
        "What becomes of requests that no rule is for: Allow or Deny; empty is Allow.",
        wire="networkProfile.accountAccess.defaultAction",
    )
    ip_rules: list[str] | None = field(
        "Addresses that are let in.", wire="networkProfile.accountAccess.ipRules[].value"
    )
    storage_account: str | None = ref(
        "AzureStorageAccount", by="id", rel="RUNS_CODE_FROM", wire="autoStorage.storageAccountId"
    )
    key_vault: str | None = ref(
        "AzureKeyVault", by="id", rel="USES_SECRET", wire="keyVaultReference.id"
    )


class BatchPool(Part):
    """Machines of a Batch account (Pool - List By Batch Account)."""

    label = "AzureBatchPool"
    arm_type = "Microsoft.Batch/batchAccounts/pools"
    api_version = "2024-07-01"
    shape: ClassVar[Shape] = {
        "networkConfiguration": {"publicIPAddressConfiguration": {"provision": str}}
    }

    batch_account: str | None = ref("AzureBatchAccount", by="id", rel="PART_OF", wire="containedIn")
    vm_size: str | None = field("Size of its machines.")
    subnet: str | None = ref(
        "AzureSubnet", by="id", rel="IN_SUBNET", wire="networkConfiguration.subnetId"
    )
    public_addresses: str | None = field(
        "Whose public addresses its machines have: BatchManaged, UserManaged or "
        "NoPublicIPAddresses; empty is BatchManaged.",
        wire="networkConfiguration.publicIPAddressConfiguration.provision",
    )
    user_identities: list[str] | None = ref(
        "AzureUserAssignedIdentity", by="id", rel="RUNS_AS", wire="-"
    )

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the pool with the identities of its machines."""
        assigned = (raw.get("identity") or {}).get("userAssignedIdentities") or {}
        return super().load(raw, here, **{"user_identities": sorted(assigned), **known})


class Batch(AzureCollector):
    """Batch accounts and their machines."""

    service = "batch"

    accounts = listing(BatchAccount, BatchPool)
