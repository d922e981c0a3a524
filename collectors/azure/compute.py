"""Azure Compute: virtual machines, scale sets, disks and images."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Self

from ...graph.model import Location, field, ref
from ..collector import lists
from ..shape import Shape
from .base import (
    AzureCollector,
    AzureResource,
    Host,
    Identified,
    TrackedResource,
    VaultUri,
    listing,
)
from .session import AzureApi

_IMAGES = ("AzureImage", "AzureGalleryImage", "AzureGalleryImageVersion", "UnknownResource")


class VirtualMachine(Identified):
    """A virtual machine (Resource Graph: resources)."""

    label = "AzureVirtualMachine"
    arm_type = "Microsoft.Compute/virtualMachines"
    shape: ClassVar[Shape] = {
        "osProfile": {
            "linuxConfiguration": {"disablePasswordAuthentication": bool},
            "secrets": [{"sourceVault": {"id": str}}],
        },
    }

    vm_size: str | None = field("Size.", wire="hardwareProfile.vmSize")
    power_state: str | None = field(
        "running, deallocated, stopped and others; empty where Azure does not say.",
        wire="extended.instanceView.powerState.code",
    )
    os_type: str | None = field("Linux or Windows.", wire="storageProfile.osDisk.osType")
    computer_name: str | None = field("Host name.", wire="osProfile.computerName")
    admin_username: str | None = field("First user.", wire="osProfile.adminUsername")
    password_authentication: bool | None = field("Linux lets users sign in by password.", wire="-")
    security_type: str | None = field(
        "TrustedLaunch or ConfidentialVM; else empty.", wire="securityProfile.securityType"
    )
    encryption_at_host: bool | None = field(
        "Caches and temporary disks are encrypted.", wire="securityProfile.encryptionAtHost"
    )
    zones: list[str] | None = field("Availability zones.")
    network_interfaces: list[str] | None = ref(
        "AzureNetworkInterface",
        by="id",
        rel="ATTACHED_TO",
        inverse=True,
        wire="networkProfile.networkInterfaces[].id",
    )
    os_disk: str | None = ref(
        "AzureDisk",
        by="id",
        rel="ATTACHED_TO",
        inverse=True,
        wire="storageProfile.osDisk.managedDisk.id",
    )
    data_disks: list[str] | None = ref(
        "AzureDisk",
        by="id",
        rel="ATTACHED_TO",
        inverse=True,
        wire="storageProfile.dataDisks[].managedDisk.id",
    )
    image: str | None = ref(
        _IMAGES, by="id", rel="USES_IMAGE", wire="storageProfile.imageReference.id"
    )
    disk_encryption_set: str | None = ref(
        "AzureDiskEncryptionSet",
        by="id",
        rel="ENCRYPTED_BY",
        wire="storageProfile.osDisk.managedDisk.diskEncryptionSet.id",
    )
    boot_diagnostics_account: Host | None = ref(
        "AzureStorageAccount",
        by="hosts",
        rel="LOGS_TO",
        wire="diagnosticsProfile.bootDiagnostics.storageUri",
    )
    secret_vaults: list[str] | None = ref(
        "AzureKeyVault",
        by="id",
        rel="USES_SECRET",
        wire="osProfile.secrets[].sourceVault.id",
    )
    scale_set: str | None = ref(
        "AzureVirtualMachineScaleSet", by="id", rel="PART_OF", wire="virtualMachineScaleSet.id"
    )
    availability_set: str | None = field(
        "Availability set; empty if it is in none.", wire="availabilitySet.id"
    )

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the machine, whose settings for Linux say what is off instead of on."""
        linux = (raw.get("osProfile") or {}).get("linuxConfiguration")
        is_off = (linux or {}).get("disablePasswordAuthentication")
        on = None if linux is None else not is_off
        made = super().load(raw, here, **{"password_authentication": on, **known})
        if made.power_state:
            made.power_state = made.power_state.rpartition("/")[2]
        return made


class VirtualMachineExtension(TrackedResource):
    """What Azure's agent installs and runs in a machine (Resource Graph: resources)."""

    label = "AzureVirtualMachineExtension"
    arm_type = "Microsoft.Compute/virtualMachines/extensions"

    virtual_machine: str | None = ref(
        "AzureVirtualMachine", by="id", rel="PART_OF", wire="containedIn"
    )
    publisher: str | None = field("Who publishes it.")
    extension_type: str | None = field("What it is, by its publisher.", wire="properties.type")
    type_handler_version: str | None = field("Its version.")
    secrets_vault: str | None = ref(
        "AzureKeyVault",
        by="id",
        rel="USES_SECRET",
        wire="protectedSettingsFromKeyVault.sourceVault.id",
    )


class VirtualMachineScaleSet(Identified):
    """A virtual machine scale set (Resource Graph: resources)."""

    label = "AzureVirtualMachineScaleSet"
    arm_type = "Microsoft.Compute/virtualMachineScaleSets"
    shape: ClassVar[Shape] = {
        "virtualMachineProfile": {
            "networkProfile": {
                "networkInterfaceConfigurations": [
                    {
                        "networkSecurityGroup": {"id": str},
                        "ipConfigurations": [
                            {
                                "subnet": {"id": str},
                                "publicIPAddressConfiguration": {},
                                "loadBalancerBackendAddressPools": [{"id": str}],
                            }
                        ],
                    }
                ]
            }
        }
    }

    sku: str | None = field("Size of its machines.", wire="sku.name")
    capacity: int | None = field("How many machines it has.", wire="sku.capacity")
    orchestration_mode: str | None = field("Uniform or Flexible.")
    upgrade_mode: str | None = field(
        "Whether a change reaches running machines: Automatic, Rolling or Manual.",
        wire="upgradePolicy.mode",
    )
    public_addresses: bool | None = field("Its machines have public addresses.", wire="-")
    subnets: list[str] | None = ref("AzureSubnet", by="id", rel="IN_SUBNET", wire="-")
    network_security_groups: list[str] | None = ref(
        "AzureNetworkSecurityGroup", by="id", rel="PROTECTED_BY", wire="-"
    )
    backend_pools: list[str] | None = ref(
        "AzureLoadBalancerBackendPool", by="id", rel="FORWARDS_TO", inverse=True, wire="-"
    )
    image: str | None = ref(
        _IMAGES,
        by="id",
        rel="USES_IMAGE",
        wire="virtualMachineProfile.storageProfile.imageReference.id",
    )
    zones: list[str] | None = field("Availability zones.")

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the scale set out of what it says of the interfaces of its machines."""
        profile = (raw.get("virtualMachineProfile") or {}).get("networkProfile") or {}
        interfaces = profile.get("networkInterfaceConfigurations") or []
        addresses = [one for each in interfaces for one in each.get("ipConfigurations") or []]
        pools = "loadBalancerBackendAddressPools"
        fields = {
            "public_addresses": any(each.get("publicIPAddressConfiguration") for each in addresses),
            "subnets": _ids(each.get("subnet") for each in addresses),
            "network_security_groups": _ids(
                each.get("networkSecurityGroup") for each in interfaces
            ),
            "backend_pools": _ids(pool for each in addresses for pool in each.get(pools) or []),
        }
        return super().load(raw, here, **fields, **known)


class ScaleSetInstance(AzureResource):
    """A machine of a uniform scale set (Resource Graph: computeresources)."""

    label = "AzureScaleSetInstance"
    arm_type = "Microsoft.Compute/virtualMachineScaleSets/virtualMachines"
    table = "computeresources"

    scale_set: str | None = ref(
        "AzureVirtualMachineScaleSet", by="id", rel="PART_OF", wire="containedIn"
    )
    instance_id: str | None = field("Number in its scale set.", wire="instanceId")
    computer_name: str | None = field("Host name.", wire="osProfile.computerName")
    latest_model: bool | None = field("It is as its scale set says now.", wire="latestModelApplied")
    network_interfaces: list[str] | None = ref(
        "AzureNetworkInterface",
        by="id",
        rel="ATTACHED_TO",
        inverse=True,
        wire="networkProfile.networkInterfaces[].id",
    )
    os_disk: str | None = ref(
        "AzureDisk",
        by="id",
        rel="ATTACHED_TO",
        inverse=True,
        wire="storageProfile.osDisk.managedDisk.id",
    )


class Disk(TrackedResource):
    """A managed disk (Resource Graph: resources)."""

    label = "AzureDisk"
    arm_type = "Microsoft.Compute/disks"

    disk_state: str | None = field("Attached, Unattached, Reserved, ActiveSAS and others.")
    disk_size_gb: int | None = field("Size.", wire="diskSizeGB")
    os_type: str | None = field("System on it; empty if there is none.")
    network_access_policy: str | None = field(
        "Who may download it with a link: AllowAll, AllowPrivate or DenyAll; empty is AllowAll."
    )
    public_network_access: str | None = field("Enabled or Disabled; empty is Enabled.")
    data_access_auth_mode: str | None = field(
        "AzureActiveDirectory if a link is not enough; else None or empty."
    )
    encryption_type: str | None = field("Whose key encrypts it.", wire="encryption.type")
    managed_by: str | None = ref(
        ("AzureVirtualMachine", "AzureScaleSetInstance", "UnknownResource"),
        by="id",
        rel="ATTACHED_TO",
    )
    source: str | None = ref(
        ("AzureSnapshot", "AzureDisk", "UnknownResource"),
        by="id",
        rel="READS_FROM",
        wire="creationData.sourceResourceId",
    )
    disk_encryption_set: str | None = ref(
        "AzureDiskEncryptionSet", by="id", rel="ENCRYPTED_BY", wire="encryption.diskEncryptionSetId"
    )
    image: str | None = field(
        "Image that it was made from, by id; else empty.", wire="creationData.imageReference.id"
    )
    disk_access: str | None = field(
        "What private endpoints it may be downloaded through; else empty.", wire="diskAccessId"
    )


class Snapshot(TrackedResource):
    """A snapshot of a disk (Resource Graph: resources)."""

    label = "AzureSnapshot"
    arm_type = "Microsoft.Compute/snapshots"

    disk_size_gb: int | None = field("Size.", wire="diskSizeGB")
    disk_state: str | None = field("Unattached, ActiveSAS and others.")
    network_access_policy: str | None = field(
        "Who may download it with a link: AllowAll, AllowPrivate or DenyAll; empty is AllowAll."
    )
    public_network_access: str | None = field("Enabled or Disabled; empty is Enabled.")
    source: str | None = ref(
        ("AzureDisk", "AzureSnapshot", "UnknownResource"),
        by="id",
        rel="READS_FROM",
        wire="creationData.sourceResourceId",
    )
    disk_encryption_set: str | None = ref(
        "AzureDiskEncryptionSet", by="id", rel="ENCRYPTED_BY", wire="encryption.diskEncryptionSetId"
    )


class DiskEncryptionSet(Identified):
    """The key that encrypts disks (Resource Graph: resources)."""

    label = "AzureDiskEncryptionSet"
    arm_type = "Microsoft.Compute/diskEncryptionSets"

    encryption_type: str | None = field("Whose keys are used.")
    rotation: bool | None = field(
        "It takes the newest version of its key.", wire="rotationToLatestKeyVersionEnabled"
    )
    key_vault: str | None = ref(
        "AzureKeyVault", by="id", rel="USES_SECRET", wire="activeKey.sourceVault.id"
    )
    key: VaultUri | None = ref(
        "AzureKeyVaultKey", by="key_uri", rel="ENCRYPTED_BY", wire="activeKey.keyUrl"
    )


class Image(TrackedResource):
    """An image of a machine (Resource Graph: resources)."""

    label = "AzureImage"
    arm_type = "Microsoft.Compute/images"

    os_type: str | None = field("Linux or Windows.", wire="storageProfile.osDisk.osType")
    source: str | None = ref(
        "AzureVirtualMachine", by="id", rel="READS_FROM", wire="sourceVirtualMachine.id"
    )


class ComputeGallery(TrackedResource):
    """A gallery of images (Resource Graph: resources)."""

    label = "AzureComputeGallery"
    arm_type = "Microsoft.Compute/galleries"

    sharing: str | None = field(
        "Who may use its images without a role: Private, Groups or Community, which is everyone.",
        wire="sharingProfile.permissions",
    )


class GalleryImage(TrackedResource):
    """An image of a gallery, whatever its version (Resource Graph: resources)."""

    label = "AzureGalleryImage"
    arm_type = "Microsoft.Compute/galleries/images"

    gallery: str | None = ref("AzureComputeGallery", by="id", rel="PART_OF", wire="containedIn")
    os_type: str | None = field("Linux or Windows.")
    os_state: str | None = field("Generalized or Specialized.")


class GalleryImageVersion(TrackedResource):
    """A version of an image of a gallery (Resource Graph: resources)."""

    label = "AzureGalleryImageVersion"
    arm_type = "Microsoft.Compute/galleries/images/versions"

    image: str | None = ref("AzureGalleryImage", by="id", rel="PART_OF", wire="containedIn")
    source: str | None = ref(
        ("AzureVirtualMachine", "AzureImage", "AzureGalleryImageVersion", "UnknownResource"),
        by="id",
        rel="READS_FROM",
        wire="storageProfile.source.id",
    )


class Compute(AzureCollector):
    """Virtual machines, scale sets, disks and images."""

    service = "compute"

    virtual_machines = listing(VirtualMachine)
    virtual_machine_extensions = listing(VirtualMachineExtension)

    @lists(
        VirtualMachineScaleSet,
        ScaleSetInstance,
        through={ScaleSetInstance: VirtualMachineScaleSet},
    )
    def scale_sets(self, api: AzureApi) -> Iterator[AzureResource]:
        """Scale sets and the machines of uniform ones; those of flexible ones are machines."""
        for raw in api.resources(VirtualMachineScaleSet, lists=VirtualMachineScaleSet):
            yield VirtualMachineScaleSet.load(raw, api.here)
        for raw in api.resources(ScaleSetInstance, lists=ScaleSetInstance):
            yield ScaleSetInstance.load(raw, api.here)

    disks = listing(Disk)
    snapshots = listing(Snapshot)
    disk_encryption_sets = listing(DiskEncryptionSet)
    images = listing(Image)
    galleries = listing(ComputeGallery)
    gallery_images = listing(GalleryImage)
    gallery_image_versions = listing(GalleryImageVersion)


def _ids(things: Any) -> list[str]:
    """The ids of what is named, each once."""
    return sorted({each["id"] for each in things if each and each.get("id")})
