"""Cross-tenant access: what counts of other tenants' sign-ins, and who synchronises users in."""

from collections.abc import AsyncIterator
from typing import Any

from ...graph.model import Document, field, ref
from ..collector import lists
from .base import DIRECTORY, EntraCollector, EntraResource
from .session import GraphApi

_POLICY = "policies/crossTenantAccessPolicy"
_DEFAULT = "default"


class CrossTenantPolicy(EntraResource):
    """What holds between this tenant and another, or all others (Get
    crossTenantAccessPolicyConfigurationDefault, List partners, Get identitySynchronization)."""

    label = "EntraCrossTenantPolicy"
    identity = DIRECTORY + "/policies/crossTenantAccessPolicy/{partner_id}"

    name: str | None = field("The other tenant's id, or `default`.", wire="-")
    partner_id: str | None = field("The same.", wire="-")
    tenant: str | None = ref("EntraTenant", by="id", rel="IN_ACCOUNT")
    partner: str | None = ref("EntraTenant", by="id", rel="TRUSTS")
    is_service_provider: bool | None = field("The other tenant is a partner of Microsoft's.")
    trusts_mfa: bool | None = field(
        "Multi-factor authentication in the other tenant counts.", wire="inboundTrust.isMfaAccepted"
    )
    trusts_compliant_devices: bool | None = field(
        "That a device is compliant there counts.", wire="inboundTrust.isCompliantDeviceAccepted"
    )
    trusts_joined_devices: bool | None = field(
        "That a device is hybrid joined there counts.",
        wire="inboundTrust.isHybridAzureADJoinedDeviceAccepted",
    )
    redeems_invitations_inbound: bool | None = field(
        "Its users need not consent to become guests.",
        wire="automaticUserConsentSettings.inboundAllowed",
    )
    redeems_invitations_outbound: bool | None = field(
        "Our users need not consent to become guests there.",
        wire="automaticUserConsentSettings.outboundAllowed",
    )
    guests_inbound: Document | None = field(
        "Who may come in as a guest.", wire="b2bCollaborationInbound"
    )
    guests_outbound: Document | None = field(
        "Who may be a guest there.", wire="b2bCollaborationOutbound"
    )
    direct_connect_inbound: Document | None = field(
        "Who may come in without being a guest.", wire="b2bDirectConnectInbound"
    )
    synchronises_users_in: bool | None = field(
        "The other tenant may make and change users here.",
        call="policies/crossTenantAccessPolicy/partners/{id}/identitySynchronization",
    )


class CrossTenantAccess(EntraCollector):
    """The cross-tenant access of a tenant."""

    service = "cross-tenant-access"
    permissions = ("Policy.Read.All",)

    @lists(CrossTenantPolicy)
    async def policies(self, api: GraphApi) -> AsyncIterator[CrossTenantPolicy]:
        """What holds for all other tenants, and for each that has settings of its own."""
        here = {"tenant": DIRECTORY.format(account=api.here.account)}
        if raw := await api.one(
            f"{_POLICY}/default", members=_SETTINGS, required=("inboundTrust",)
        ):
            yield CrossTenantPolicy.load(
                raw,
                api.here,
                **here,
                name=_DEFAULT,
                partner_id=_DEFAULT,
                partner="",
                synchronises_users_in=False,
            )
        listed = api.pages(f"{_POLICY}/partners", members=_SETTINGS, required=("tenantId",))
        for partner in [raw async for raw in listed]:
            other = partner["tenantId"].lower()
            yield CrossTenantPolicy.load(
                partner,
                api.here,
                **here,
                name=other,
                partner_id=other,
                partner=DIRECTORY.format(account=other),
                synchronises_users_in=await _synchronises(api, partner["tenantId"]),
            )


_TARGETS = {"accessType": str, "targets": [{"target": str, "targetType": str}]}
_DIRECTION = {"usersAndGroups": _TARGETS, "applications": _TARGETS}
_SETTINGS: dict[str, Any] = {
    "tenantId": str,
    "isServiceProvider": bool,
    "inboundTrust": {
        "isMfaAccepted": bool,
        "isCompliantDeviceAccepted": bool,
        "isHybridAzureADJoinedDeviceAccepted": bool,
    },
    "automaticUserConsentSettings": {"inboundAllowed": bool, "outboundAllowed": bool},
    "b2bCollaborationInbound": _DIRECTION,
    "b2bCollaborationOutbound": _DIRECTION,
    "b2bDirectConnectInbound": _DIRECTION,
}
_SYNCHRONIZATION = {"tenantId": str, "userSyncInbound": {"isSyncAllowed": bool}}


async def _synchronises(api: GraphApi, partner: str) -> bool | None:
    """Whether another tenant may make users here; None if that cannot be read."""
    operation = f"{_POLICY}/partners/{{id}}/identitySynchronization"
    answer = await api.detail(
        operation,
        partner,
        members=_SYNCHRONIZATION,
        required=("tenantId",),
        absent=("Request_ResourceNotFound",),
    )
    if answer is None:
        return None
    return bool((answer.get("userSyncInbound") or {}).get("isSyncAllowed"))
