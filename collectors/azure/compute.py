"""Azure Compute: so far only what other services refer to."""

from .base import TrackedResource


class VirtualMachine(TrackedResource):
    """A virtual machine."""

    label = "AzureVirtualMachine"
    identity = (
        "/subscriptions/{account}/resourcegroups/{resource_group}"
        "/providers/microsoft.compute/virtualmachines/{name}"
    )
