"""Issuers of tokens at which anyone may open an account, and what tokens of outsiders look like.

Each claim has forms (see :mod:`clew.graph.authorization.claim_patterns`): ``{who}`` and ``{login}``
are names of something that the external principal owns, ``{number}`` is its number. A claim that is
not listed identifies who the token is for: external principals have other values of it than anyone
else. An issuer that is not listed serves one customer, whom its address names, or is one that Clew
does not know.
"""

from collections.abc import Mapping
from types import MappingProxyType

Forms = Mapping[str, tuple[str, ...]]
"""By claim."""

_GITHUB_CONTEXT = ("ref", "environment", "workflow", "event_name", "repository_visibility")
"""Claims that a repository may put into its subjects in the place of its name.
https://docs.github.com/actions/reference/openid-connect-reference"""

SHARED_ISSUERS: Mapping[str, Forms] = MappingProxyType(
    {
        # https://docs.github.com/actions/reference/openid-connect-reference
        "token.actions.githubusercontent.com": {
            "sub": (
                "repo:{login}/{repository}:{any}",
                # Since 2026, with numbers that are never used again.
                "repo:{login}@{number}/{repository}@{number}:{any}",
                "repository_owner:{login}:{any}",
                "job_workflow_ref:{login}/{repository}/{any}",
                *(f"{claim}:{{any}}" for claim in _GITHUB_CONTEXT),
            ),
            "repository": ("{who}/{name}",),
            "repository_owner": ("{who}",),
            "job_workflow_ref": ("{who}/{name}/{any}",),
            "workflow_ref": ("{who}/{name}/{any}",),
            "actor": ("{who}",),
            **dict.fromkeys(_GITHUB_CONTEXT, ("{any}",)),
        },
        # https://docs.gitlab.com/ci/secrets/id_token_authentication/
        "gitlab.com": {
            "sub": ("project_path:{who}/{any}:ref_type:{name}:ref:{any}",),
            "project_path": ("{who}/{any}",),
            "namespace_path": ("{who}",),
        },
        # https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials
        "app.terraform.io": {
            "sub": ("organization:{who}:project:{any}:workspace:{any}:run_phase:{name}",),
            "terraform_organization_name": ("{who}",),
        },
        # https://buildkite.com/docs/pipelines/security/oidc
        "agent.buildkite.com": {
            "sub": ("organization:{who}:pipeline:{any}",),
            "organization_slug": ("{who}",),
        },
        # https://vercel.com/docs/oidc/reference
        "oidc.vercel.com": {
            "sub": ("owner:{who}:project:{any}:environment:{name}",),
            "owner": ("{who}",),
            "aud": ("https://vercel.com/{who}",),
        },
        # https://www.pulumi.com/docs/administration/access-identity/oidc-provider/
        "api.pulumi.com/oidc": {
            "sub": (
                "pulumi:deploy:org:{who}:{any}",
                "pulumi:environments:org:{who}:{any}",
            ),
            "aud": ("{who}", "aws:{who}"),
        },
        # https://docs.aws.amazon.com/cognito/latest/developerguide/iam-roles.html
        "cognito-identity.amazonaws.com": {
            "aud": ("{name}:{who}",),
            "sub": ("{name}:{who}",),
            "amr": ("authenticated", "unauthenticated"),
        },
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
        "accounts.google.com": {"aud": ("{who}",), "oaud": ("{who}",), "sub": ("{who}",)},
        "graph.facebook.com": {"app_id": ("{who}",), "id": ("{who}",)},
        "www.amazon.com": {"app_id": ("{who}",), "user_id": ("{who}",)},
    }
)
"""By address without the scheme. That of a provider in IAM, or the name of one that AWS knows by
itself."""

COGNITO = "cognito-identity.amazonaws.com"
KNOWN_TO_AWS = frozenset({COGNITO, "accounts.google.com", "graph.facebook.com", "www.amazon.com"})
"""Issuers that trust policies name without there being a provider in the account."""

ANY_AUDIENCE = ("{any}",)
"""The form of an audience that the caller who asks for a token picks, as at most issuers."""
OF_ITS_OWN = ("{who}",)
"""The form of a claim that is not listed."""
