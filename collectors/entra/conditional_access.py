"""Conditional Access: what a sign-in has to meet."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from ...graph.model import Document, Timestamp, field, ref
from ..collector import lists
from .base import DIRECTORY, EntraCollector, EntraResource, identity
from .session import GraphApi

_NO_IDS = frozenset(
    {
        "All",
        "AllTrusted",
        "None",
        "GuestsOrExternalUsers",
        "00000000-0000-0000-0000-000000000000",
    }
)
"""What stands in the place of ids and is none."""


class ConditionalAccessPolicy(EntraResource):
    """What sign-ins of some principals to some applications have to meet (List
    conditionalAccessPolicies)."""

    label = "EntraConditionalAccessPolicy"
    identity = DIRECTORY + "/identity/conditionalAccess/policies/{policy_id}"

    policy_id: str | None = field("Id.", wire="id")
    tenant: str | None = ref("EntraTenant", by="id", rel="IN_ACCOUNT")
    state: str | None = field("enabled, disabled or enabledForReportingButNotEnforced.")
    created: Timestamp | None = field("When it was made.", wire="createdDateTime")
    includes_all_users: bool | None = field("It holds for every user.")
    includes_guests: bool | None = field("It holds for guests.")
    excludes_guests: bool | None = field("It does not hold for guests.")
    users: list[str] | None = ref("EntraUser", by="id", rel="COVERS")
    groups: list[str] | None = ref("EntraGroup", by="id", rel="COVERS")
    roles: list[str] | None = ref("EntraRoleDefinition", by="id", rel="COVERS")
    excluded_users: list[str] | None = ref("EntraUser", by="id", rel="EXCLUDES")
    excluded_groups: list[str] | None = ref("EntraGroup", by="id", rel="EXCLUDES")
    excluded_roles: list[str] | None = ref("EntraRoleDefinition", by="id", rel="EXCLUDES")
    applications: list[str] | None = field(
        "Client ids of the applications that it holds for, or All, MicrosoftAdminPortals …",
        wire="conditions.applications.includeApplications",
    )
    excluded_applications: list[str] | None = field(
        "The same that it does not hold for.", wire="conditions.applications.excludeApplications"
    )
    service_principals: list[str] | None = field(
        "Object ids of the workloads that it holds for, or ServicePrincipalsInMyTenant.",
        wire="conditions.clientApplications.includeServicePrincipals",
    )
    locations: list[str] | None = ref("EntraNamedLocation", by="id", rel="COVERS")
    excluded_locations: list[str] | None = ref("EntraNamedLocation", by="id", rel="EXCLUDES")
    all_locations: bool | None = field("It holds wherever a sign-in comes from.")
    excludes_trusted_locations: bool | None = field("But for trusted locations.")
    platforms: list[str] | None = field(
        "Platforms that it holds on; empty for all.", wire="conditions.platforms.includePlatforms"
    )
    excluded_platforms: list[str] | None = field(
        "The same that it does not hold on.", wire="conditions.platforms.excludePlatforms"
    )
    client_types: list[str] | None = field("Kinds of clients.", wire="conditions.clientAppTypes")
    user_risk: list[str] | None = field("Risk of users.", wire="conditions.userRiskLevels")
    sign_in_risk: list[str] | None = field("Risk of sign-ins.", wire="conditions.signInRiskLevels")
    insider_risk: str | None = field("Risk of insiders.", wire="conditions.insiderRiskLevels")
    device_filter: str | None = field(
        "Rule of the devices that it holds on, or does not.",
        wire="conditions.devices.deviceFilter.rule",
    )
    authentication_flows: str | None = field(
        "Sign-in flows that alone it holds for: deviceCodeFlow, authenticationTransfer.",
        wire="conditions.authenticationFlows.transferMethods",
    )
    controls: list[str] | None = field(
        "What it asks for: block, mfa, compliantDevice …", wire="grantControls.builtInControls"
    )
    terms_of_use: list[str] | None = field(
        "Terms of use that it asks to accept, by id.", wire="grantControls.termsOfUse"
    )
    custom_factors: list[str] | None = field(
        "Custom controls that it asks for.", wire="grantControls.customAuthenticationFactors"
    )
    operator: str | None = field("AND or OR, between the controls.", wire="grantControls.operator")
    authentication_strength: str | None = ref(
        "EntraAuthenticationStrength", by="id", rel="HAS_POLICY"
    )
    session_controls: Document | None = field("What a session has to meet.")


class NamedLocation(EntraResource):
    """Addresses or countries that policies name (List namedLocations)."""

    label = "EntraNamedLocation"
    identity = DIRECTORY + "/identity/conditionalAccess/namedLocations/{location_id}"

    location_id: str | None = field("Id.", wire="id")
    is_trusted: bool | None = field("Counts as trusted.")
    ranges: list[str] | None = field("Addresses.", wire="ipRanges[].cidrAddress")
    countries: list[str] | None = field("Countries.", wire="countriesAndRegions")
    includes_unknown: bool | None = field(
        "Addresses whose country is not known count.", wire="includeUnknownCountriesAndRegions"
    )


class AuthenticationStrength(EntraResource):
    """Combinations of methods that a policy can ask for (List authenticationStrengthPolicies)."""

    label = "EntraAuthenticationStrength"
    identity = DIRECTORY + "/policies/authenticationStrengthPolicies/{strength_id}"

    strength_id: str | None = field("Id.", wire="id")
    policy_type: str | None = field("builtIn or custom.")
    requirements_satisfied: str | None = field("mfa, or none.")
    allowed_combinations: list[str] | None = field("Any of these is enough.")


class ConditionalAccess(EntraCollector):
    """The Conditional Access of a tenant, which needs the licence P1."""

    service = "conditional-access"
    permissions = ("Policy.Read.All",)

    @lists(ConditionalAccessPolicy)
    async def policies(self, api: GraphApi) -> AsyncIterator[ConditionalAccessPolicy]:
        """The policies."""
        async for raw in api.pages("identity/conditionalAccess/policies", members=_POLICY):
            yield ConditionalAccessPolicy.load(raw, api.here, **_about(api.here.account, raw))

    @lists(NamedLocation)
    async def named_locations(self, api: GraphApi) -> AsyncIterator[NamedLocation]:
        """The locations that they name."""
        async for raw in api.pages("identity/conditionalAccess/namedLocations", members=_LOCATION):
            yield NamedLocation.load(raw, api.here)

    @lists(AuthenticationStrength)
    async def authentication_strengths(
        self, api: GraphApi
    ) -> AsyncIterator[AuthenticationStrength]:
        """What they can ask for."""
        async for raw in api.pages("policies/authenticationStrengthPolicies", members=_STRENGTH):
            yield AuthenticationStrength.load(raw, api.here)


_NAMES = [str]
_POLICY = {
    "id": str,
    "displayName": str,
    "state": str,
    "createdDateTime": str,
    "conditions": {
        "users": {
            "includeUsers": _NAMES,
            "excludeUsers": _NAMES,
            "includeGroups": _NAMES,
            "excludeGroups": _NAMES,
            "includeRoles": _NAMES,
            "excludeRoles": _NAMES,
            "includeGuestsOrExternalUsers": {},
            "excludeGuestsOrExternalUsers": {},
        },
        "applications": {"includeApplications": _NAMES, "excludeApplications": _NAMES},
        "clientApplications": {"includeServicePrincipals": _NAMES},
        "locations": {"includeLocations": _NAMES, "excludeLocations": _NAMES},
        "platforms": {"includePlatforms": _NAMES, "excludePlatforms": _NAMES},
        "clientAppTypes": _NAMES,
        "userRiskLevels": _NAMES,
        "signInRiskLevels": _NAMES,
        "insiderRiskLevels": str,
        "devices": {"deviceFilter": {"rule": str}},
        "authenticationFlows": {"transferMethods": str},
    },
    "grantControls": {
        "builtInControls": _NAMES,
        "termsOfUse": _NAMES,
        "customAuthenticationFactors": _NAMES,
        "operator": str,
        "authenticationStrength": {"id": str},
    },
}
_LOCATION = {
    "id": str,
    "displayName": str,
    "isTrusted": bool,
    "ipRanges": [{"cidrAddress": str}],
    "countriesAndRegions": _NAMES,
    "includeUnknownCountriesAndRegions": bool,
}
_STRENGTH = {
    "id": str,
    "displayName": str,
    "policyType": str,
    "requirementsSatisfied": str,
    "allowedCombinations": _NAMES,
}


def _about(tenant: str, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Whom and where a policy holds for."""
    conditions = raw.get("conditions") or {}
    users = conditions.get("users") or {}
    places = conditions.get("locations") or {}
    strength = ((raw.get("grantControls") or {}).get("authenticationStrength") or {}).get("id")

    def named(where: Mapping[str, Any], key: str, kind: str) -> list[str]:
        return [
            identity(tenant, kind, each) for each in where.get(key) or () if each not in _NO_IDS
        ]

    roles, at = "roleManagement/directory/roleDefinitions", "identity/conditionalAccess"
    return {
        "tenant": DIRECTORY.format(account=tenant),
        "includes_all_users": "All" in (users.get("includeUsers") or ()),
        "includes_guests": _has_guests(users, "include"),
        "excludes_guests": _has_guests(users, "exclude"),
        "users": named(users, "includeUsers", "users"),
        "groups": named(users, "includeGroups", "groups"),
        "roles": named(users, "includeRoles", roles),
        "excluded_users": named(users, "excludeUsers", "users"),
        "excluded_groups": named(users, "excludeGroups", "groups"),
        "excluded_roles": named(users, "excludeRoles", roles),
        "locations": named(places, "includeLocations", f"{at}/namedLocations"),
        "excluded_locations": named(places, "excludeLocations", f"{at}/namedLocations"),
        "all_locations": not places.get("includeLocations") or "All" in places["includeLocations"],
        "excludes_trusted_locations": "AllTrusted" in (places.get("excludeLocations") or ()),
        "authentication_strength": identity(
            tenant, "policies/authenticationStrengthPolicies", strength
        )
        if strength
        else "",
    }


def _has_guests(users: Mapping[str, Any], kind: str) -> bool:
    named = "GuestsOrExternalUsers" in (users.get(f"{kind}Users") or ())
    return named or bool(users.get(f"{kind}GuestsOrExternalUsers"))
