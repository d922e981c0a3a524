"""Users, and the methods by which they can sign in."""

from collections.abc import AsyncIterator

from ...graph.model import Document, Timestamp, field, ref
from ..collector import lists
from .base import (
    DIRECTORY,
    PAGE,
    DirectoryObject,
    EntraCollector,
    EntraResource,
    identity,
    is_synchronised,
)
from .session import GraphApi


class User(DirectoryObject):
    """A user (List users)."""

    label = "EntraUser"
    identity = DIRECTORY + "/users/{object_id}"

    tenant: str | None = ref("EntraTenant", by="id", rel="IN_ACCOUNT")
    user_principal_name: str | None = field("Name that the user signs in with.")
    mail: str | None = field("Mail address.")
    account_enabled: bool | None = field("May sign in.")
    user_type: str | None = field("Member or Guest.")
    external_user_state: str | None = field("Accepted or PendingAcceptance; empty on members.")
    identities: Document | None = field("Issuers that the user can sign in with.")
    created: Timestamp | None = field("When it was made.", wire="createdDateTime")
    department: str | None = field("Department.")
    employee_id: str | None = field("Employee id.")
    usage_location: str | None = field("Country where it uses services.")
    password_policies: str | None = field("Exceptions from password policies.")
    licenses: list[str] | None = field("Ids of licences.", wire="assignedLicenses[].skuId")
    is_management_restricted: bool | None = field(
        "Is in a restricted administrative unit, and changed by its administrators only."
    )
    on_premises_sync_enabled: bool | None = field("Comes from Active Directory.")
    on_premises_security_identifier: str | None = field("SID in Active Directory.")
    on_premises_immutable_id: str | None = field("What joins it with its Active Directory account.")
    on_premises_distinguished_name: str | None = field("Distinguished name in Active Directory.")
    on_premises_domain_name: str | None = field("Domain in Active Directory.")


class AuthenticationMethods(EntraResource):
    """What a user has registered to sign in with (List userRegistrationDetails)."""

    label = "EntraAuthenticationMethods"
    identity = DIRECTORY + "/users/{user_id}/registrationDetails"

    name: str | None = field("Name of the user.", wire="userPrincipalName")
    user_id: str | None = field("Object id of the user.", wire="id")
    user: str | None = ref("EntraUser", by="id", rel="PART_OF")
    is_admin: bool | None = field("The user holds a directory role.")
    is_mfa_registered: bool | None = field("Some method counts as a second factor.")
    is_mfa_capable: bool | None = field("And policy lets the user use it.")
    is_passwordless_capable: bool | None = field("Can sign in without a password.")
    methods_registered: list[str] | None = field("The methods.")
    preferred_method: str | None = field(
        "The second factor that the user prefers.",
        wire="userPreferredMethodForSecondaryAuthentication",
    )
    updated: Timestamp | None = field("When this was found out.", wire="lastUpdatedDateTime")


class Users(EntraCollector):
    """The users of a tenant."""

    service = "users"
    permissions = ("AuditLog.Read.All", "User.Read.All")

    @lists(User)
    async def users(self, api: GraphApi) -> AsyncIterator[User]:
        """Users, with what Graph tells of them only when asked."""
        async for raw in api.pages("users", select=_USER, members=_USER, top=PAGE):
            yield User.load(
                raw,
                api.here,
                tenant=DIRECTORY.format(account=api.here.account),
                is_management_restricted=bool(raw.get("isManagementRestricted")),
                on_premises_sync_enabled=is_synchronised(raw),
            )

    @lists(AuthenticationMethods)
    async def authentication_methods(self, api: GraphApi) -> AsyncIterator[AuthenticationMethods]:
        """What users have registered; needs a premium licence."""
        async for raw in api.pages(
            "reports/authenticationMethods/userRegistrationDetails", members=_METHODS, top=PAGE
        ):
            user = identity(api.here.account, "users", raw["id"])
            yield AuthenticationMethods.load(raw, api.here, user=user)


_USER = {
    "id": str,
    "displayName": str,
    "userPrincipalName": str,
    "mail": str,
    "accountEnabled": bool,
    "userType": str,
    "externalUserState": str,
    "identities": [{"signInType": str, "issuer": str, "issuerAssignedId": str}],
    "createdDateTime": str,
    "department": str,
    "employeeId": str,
    "usageLocation": str,
    "passwordPolicies": str,
    "assignedLicenses": [{"skuId": str}],
    "isManagementRestricted": bool,
    "onPremisesSyncEnabled": bool,
    "onPremisesSecurityIdentifier": str,
    "onPremisesImmutableId": str,
    "onPremisesDistinguishedName": str,
    "onPremisesDomainName": str,
}
_METHODS = {
    "id": str,
    "userPrincipalName": str,
    "isAdmin": bool,
    "isMfaRegistered": bool,
    "isMfaCapable": bool,
    "isPasswordlessCapable": bool,
    "methodsRegistered": [str],
    "userPreferredMethodForSecondaryAuthentication": str,
    "lastUpdatedDateTime": str,
}
