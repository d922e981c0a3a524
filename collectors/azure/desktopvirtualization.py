"""Azure Virtual Desktop and DevTest Labs."""

from ...graph.model import field
from .base import AzureCollector, Identified, PlatformService, listing


class AVDHostPool(PlatformService, Identified):
    """Machines that people's desktops run on (Resource Graph: resources)."""

    label = "AzureAVDHostPool"
    arm_type = "Microsoft.DesktopVirtualization/hostPools"

    host_pool_type: str | None = field("Pooled or Personal.")
    custom_rdp_property: str | None = field("Settings of the connection to it.")
    application_groups: list[str] | None = field(
        "What it shows to whom, by id.", wire="applicationGroupReferences"
    )
    start_vm_on_connect: bool | None = field(
        "A machine starts when somebody connects.", wire="startVMOnConnect"
    )


class DevTestLab(Identified):
    """A lab whose users make machines (Resource Graph: resources)."""

    label = "AzureDevTestLab"
    arm_type = "Microsoft.DevTestLab/labs"

    lab_storage_type: str | None = field("Premium or Standard.")
    default_storage_account: str | None = field("Its storage account, by id.")
    vault_name: str | None = field("Its key vault, by id.")


class Desktops(AzureCollector):
    """Virtual desktops and labs."""

    service = "desktopvirtualization"

    host_pools = listing(AVDHostPool)
    labs = listing(DevTestLab)
