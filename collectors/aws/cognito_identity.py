"""Amazon Cognito identity pools: who is given AWS credentials, and for which roles."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered
from .session import AWSApi


class IdentityPool(AWSResource):
    """An identity pool (ListIdentityPools).

    Anyone whom one of its providers vouches for gets credentials of a role; if it allows
    unauthenticated identities everyone on the internet who knows its id does.
    """

    label = "AWSCognitoIdentityPool"
    identity = "arn:{partition}:cognito-identity:{region}:{account}:identitypool/{pool_id}"

    name: str | None = field("Name.", wire="IdentityPoolName")
    pool_id: str | None = field("Id.", wire="IdentityPoolId")
    allow_unauthenticated_identities: bool | None = field(
        "Everyone gets credentials of its role for guests.", call="DescribeIdentityPool"
    )
    allow_classic_flow: bool | None = field(
        "Its tokens may be taken to STS for any role that trusts them: no session policy then "
        "narrows what guests may do.",
        call="DescribeIdentityPool",
    )
    login_providers: list[str] | None = field(
        "Public providers, user pools and the account's own developers, whose logins count.",
        call="DescribeIdentityPool",
    )
    user_pools: list[str] | None = ref(
        "AWSCognitoUserPool", by="provider_name", rel="TRUSTS", call="DescribeIdentityPool"
    )
    roles_by_token: bool | None = field(
        "The token of a user pool says for which of its groups' roles its holder gets credentials.",
        call="GetIdentityPoolRoles",
    )
    identity_providers: list[str] | None = ref(
        ("AWSOIDCProvider", "AWSSAMLProvider"), by="id", rel="TRUSTS", call="DescribeIdentityPool"
    )
    unauthenticated_role: str | None = ref(
        "AWSRole", by="id", rel="RUNS_AS", call="GetIdentityPoolRoles"
    )
    authenticated_role: str | None = ref(
        "AWSRole", by="id", rel="RUNS_AS", call="GetIdentityPoolRoles"
    )
    mapped_roles: list[str] | None = ref(
        "AWSRole", by="id", rel="RUNS_AS", call="GetIdentityPoolRoles"
    )


class CognitoIdentity(AWSCollector):
    """Identity pools."""

    service = "cognito-identity"
    permissions = (
        "cognito-identity:DescribeIdentityPool",
        "cognito-identity:GetIdentityPoolRoles",
        "cognito-identity:ListIdentityPools",
    )

    @lists(IdentityPool)
    def identity_pools(self, api: AWSApi) -> Iterator[IdentityPool]:
        """Identity pools with their roles."""

        def detailed(raw: dict[str, Any]) -> IdentityPool:
            pool = raw["IdentityPoolId"]
            about = api.read("describe_identity_pool", IdentityPoolId=pool)
            roles = api.read("get_identity_pool_roles", IdentityPoolId=pool)
            return IdentityPool.load(
                raw,
                api.here,
                allow_unauthenticated_identities=answered(
                    about, "AllowUnauthenticatedIdentities", False
                ),
                allow_classic_flow=answered(about, "AllowClassicFlow", False),
                login_providers=about and _login_providers(about),
                user_pools=about
                and sorted(set(answered(about, "CognitoIdentityProviders[].ProviderName", []))),
                roles_by_token=roles
                and any(
                    mapping.get("Type") == "Token"
                    for mapping in answered(roles, "RoleMappings", {}).values()
                ),
                identity_providers=about
                and [
                    *answered(about, "OpenIdConnectProviderARNs", []),
                    *answered(about, "SamlProviderARNs", []),
                ],
                unauthenticated_role=answered(roles, "Roles.unauthenticated"),
                authenticated_role=answered(roles, "Roles.authenticated"),
                mapped_roles=roles and _mapped_roles(roles),
                tags=answered(about, "IdentityPoolTags", {}),
            )

        return api.each(detailed, api.pages("list_identity_pools", "IdentityPools", MaxResults=60))


def _login_providers(about: dict[str, Any]) -> list[str]:
    return sorted(
        {
            *answered(about, "SupportedLoginProviders", {}),
            *answered(about, "CognitoIdentityProviders[].ProviderName", []),
            *filter(None, [answered(about, "DeveloperProviderName")]),
        }
    )


def _mapped_roles(roles: dict[str, Any]) -> list[str]:
    """The roles that rules choose by the claims of a provider's token."""
    mappings = answered(roles, "RoleMappings", {}).values()
    return sorted(
        {
            role
            for mapping in mappings
            for role in answered(mapping, "RulesConfiguration.Rules[].RoleARN", [])
        }
    )
