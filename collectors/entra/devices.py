"""Devices, and what Intune knows of them."""

from collections.abc import AsyncIterator

from ...graph.model import Timestamp, field, ref
from ..collector import lists
from .base import (
    DIRECTORY,
    PAGE,
    PRINCIPAL,
    DirectoryObject,
    EntraCollector,
    EntraResource,
    identities,
    identity,
    is_synchronised,
)
from .session import GraphApi


class Device(DirectoryObject):
    """A device that is registered with or joined to the tenant (List devices, List
    registeredOwners)."""

    label = "EntraDevice"
    identity = DIRECTORY + "/devices/{object_id}"

    tenant: str | None = ref("EntraTenant", by="id", rel="IN_ACCOUNT")
    device_id: str | None = field("Id that the device has itself.")
    account_enabled: bool | None = field("May be used.")
    operating_system: str | None = field("Operating system.")
    operating_system_version: str | None = field("Its version.")
    trust_type: str | None = field(
        "Workplace (registered), AzureAd (joined) or ServerAd (hybrid joined)."
    )
    is_compliant: bool | None = field("Complies with the policies of its management.")
    is_managed: bool | None = field("Is managed.")
    is_management_restricted: bool | None = field(
        "Is in a restricted administrative unit, and changed by its administrators only."
    )
    on_premises_sync_enabled: bool | None = field("Comes from Active Directory.")
    last_sign_in: Timestamp | None = field(
        "When it was last used, roughly.", wire="approximateLastSignInDateTime"
    )
    owners: list[str] | None = ref(
        "EntraUser", by="id", rel="OWNED_BY", call="devices/{id}/registeredOwners"
    )


class ManagedDevice(EntraResource):
    """A device that Intune manages (List managedDevices)."""

    label = "IntuneManagedDevice"
    identity = DIRECTORY + "/deviceManagement/managedDevices/{managed_id}"

    name: str | None = field("Name.", wire="deviceName")
    managed_id: str | None = field("Id within Intune.", wire="id")
    device: str | None = ref("EntraDevice", by="device_id", rel="PART_OF", wire="azureADDeviceId")
    user: str | None = ref("EntraUser", by="id", rel="OWNED_BY")
    operating_system: str | None = field("Operating system.")
    compliance_state: str | None = field("compliant, noncompliant, unknown …")
    is_encrypted: bool | None = field("Its disk is encrypted.")
    managed_by: str | None = field("What manages it.", wire="managementAgent")
    enrolled: Timestamp | None = field("When it was enrolled.", wire="enrolledDateTime")


class CompliancePolicy(EntraResource):
    """What a device has to be to be compliant (List deviceCompliancePolicies)."""

    label = "IntuneCompliancePolicy"
    identity = DIRECTORY + "/deviceManagement/deviceCompliancePolicies/{policy_id}"

    policy_id: str | None = field("Id within Intune.", wire="id")
    is_assigned: bool | None = field("It holds for somebody.")


class DeviceManagementSettings(EntraResource):
    """What Intune takes devices without a policy for (Get deviceManagement)."""

    label = "IntuneSettings"
    identity = DIRECTORY + "/deviceManagement"

    name: str | None = field("Intune.", wire="-")
    secure_by_default: bool | None = field(
        "Devices without a policy are not compliant.", wire="settings.secureByDefault"
    )


class Devices(EntraCollector):
    """The devices of a tenant."""

    service = "devices"
    permissions = (
        "Device.Read.All",
        "DeviceManagementConfiguration.Read.All",
        "DeviceManagementManagedDevices.Read.All",
    )

    @lists(Device)
    async def devices(self, api: GraphApi) -> AsyncIterator[Device]:
        """Devices with their owners."""
        tenant = api.here.account
        listed = api.pages("devices", select=_DEVICE, members=_DEVICE, top=PAGE)
        found = [raw async for raw in listed]
        owners = await api.details(
            "devices/{id}/registeredOwners",
            [raw["id"] for raw in found],
            select=("id",),
            members=PRINCIPAL,
        )
        for raw in found:
            yield Device.load(
                raw,
                api.here,
                tenant=DIRECTORY.format(account=tenant),
                is_management_restricted=bool(raw.get("isManagementRestricted")),
                on_premises_sync_enabled=is_synchronised(raw),
                owners=identities(tenant, owners[raw["id"]]),
            )

    @lists(ManagedDevice)
    async def managed_devices(self, api: GraphApi) -> AsyncIterator[ManagedDevice]:
        """Devices that Intune manages, if the tenant has it."""
        async for raw in api.pages(
            "deviceManagement/managedDevices", select=_MANAGED, members=_MANAGED, top=PAGE
        ):
            user = raw.get("userId")
            yield ManagedDevice.load(
                raw, api.here, user=identity(api.here.account, "users", user) if user else ""
            )

    @lists(CompliancePolicy)
    async def compliance_policies(self, api: GraphApi) -> AsyncIterator[CompliancePolicy]:
        """What devices have to be."""
        async for raw in api.pages(
            "deviceManagement/deviceCompliancePolicies",
            members=_COMPLIANCE,
            query={"$expand": "assignments"},
        ):
            assigned = raw.get("assignments")
            yield CompliancePolicy.load(
                raw, api.here, is_assigned=None if assigned is None else bool(assigned)
            )

    @lists(DeviceManagementSettings)
    async def settings(self, api: GraphApi) -> AsyncIterator[DeviceManagementSettings]:
        """What Intune takes devices for."""
        operation = "deviceManagement?$select=settings"
        if raw := await api.one(operation, members=_SETTINGS, required=("settings",)):
            yield DeviceManagementSettings.load(raw, api.here, name="Intune")


_DEVICE = {
    "id": str,
    "deviceId": str,
    "displayName": str,
    "accountEnabled": bool,
    "operatingSystem": str,
    "operatingSystemVersion": str,
    "trustType": str,
    "isCompliant": bool,
    "isManaged": bool,
    "isManagementRestricted": bool,
    "onPremisesSyncEnabled": bool,
    "approximateLastSignInDateTime": str,
}
_MANAGED = {
    "id": str,
    "deviceName": str,
    "azureADDeviceId": str,
    "userId": str,
    "operatingSystem": str,
    "complianceState": str,
    "isEncrypted": bool,
    "managementAgent": str,
    "enrolledDateTime": str,
}
_COMPLIANCE = {"id": str, "displayName": str, "assignments": [{"id": str}]}
_SETTINGS = {"settings": {"secureByDefault": bool}}
