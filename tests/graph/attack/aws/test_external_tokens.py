"""Who outside may assume roles with what an identity provider says of them."""

from collections.abc import Mapping
from typing import Any

import pytest
from clew.collectors.aws.cognito_identity import IdentityPool
from clew.collectors.aws.cognito_idp import UserPool
from clew.collectors.aws.eks import Cluster
from clew.collectors.aws.iam import OIDCProvider, SAMLProvider
from clew.collectors.aws.sso_admin import AccountAssignment
from clew.graph.attack.aws import external
from clew.graph.model import Location, Resource
from support.external_access import Found, comers, estate
from support.identities import ACCOUNT, REGION, Document, Identities

GLOBAL = Location(ACCOUNT, "global", "aws")
HERE = Location(ACCOUNT, REGION, "aws")
GITHUB = "token.actions.githubusercontent.com"
STS = "sts.amazonaws.com"
WEB = "sts:AssumeRoleWithWebIdentity"


def provider(issuer: str, audiences: list[str] | None = None, **known: Any) -> OIDCProvider:
    arn = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}"
    audiences = [STS] if audiences is None else audiences
    return OIDCProvider.load({"Arn": arn, "ClientIDList": audiences}, GLOBAL, name=issuer, **known)


def federated(to: str, action: str = WEB, **conditions: Any) -> Document:
    statement = {"Effect": "Allow", "Principal": {"Federated": to}, "Action": action}
    return {**statement, "Condition": conditions} if conditions else statement


def entering(*statements: Document, resources: list[Resource], **known: Any) -> set[Found]:
    own = Identities()
    own.role("r", trusts=statements)
    return comers(estate(own, resources=resources, **known))


def by_github(*, subjects: Any = None, audience: str = STS, **more: Any) -> set[Found]:
    """Who comes in by GitHub, if these subjects are asked for."""
    actions = provider(GITHUB)
    conditions: dict[str, dict[str, Any]] = {"StringEquals": {f"{GITHUB}:aud": audience}}
    if subjects is not None:
        conditions["StringLike"] = {f"{GITHUB}:sub": subjects}
    conditions |= more
    return entering(federated(actions.id, **conditions), resources=[actions])


ANYBODY, PARTNERS = {Found("Internet", "r")}, {Found(GITHUB, "r")}


@pytest.mark.parametrize(
    ("subjects", "expected"),
    [
        (None, ANYBODY),
        ("*", ANYBODY),
        ("repo:*", ANYBODY),
        ("repo:*/*", ANYBODY),
        ("repo:clew*", ANYBODY),
        ("repo:cl?w/*", ANYBODY),
        ("repo:*/infra:*", ANYBODY),
        ("repo:*:ref:refs/heads/main", ANYBODY),
        ("*:environment:production", ANYBODY),
        ("environment:production", ANYBODY),
        (["repo:clew/api:*", "repo:*"], ANYBODY),
        ("repo:clew/*", PARTNERS),
        ("repo:clew/api:*", PARTNERS),
        ("repo:clew/api*", PARTNERS),
        ("repo:clew/api:ref:refs/heads/main", PARTNERS),
        ("repository_owner:clew:*", PARTNERS),
        ("job_workflow_ref:clew/ci/*", PARTNERS),
        # With numbers of owner and repository, as tokens have them since 2026.
        ("repo:clew@123/api@456:*", PARTNERS),
        ("repo:clew@123/*", PARTNERS),
        ("repo:clew@*/api@*:ref:refs/heads/main", PARTNERS),
        ("repo:*@123/*", ANYBODY),  # a branch of their own may be called x@123/y
        ("repo:*@*/*", ANYBODY),
        ("repo:*@*/api@*:ref:refs/heads/main", ANYBODY),
        ("repo:clew*@*/*", ANYBODY),
        ("repo:clew*/api*:environment:production", ANYBODY),
    ],
)
def test_external_principals_make_all_subjects_that_do_not_name_an_owner(
    subjects: Any, expected: set[Found]
) -> None:
    assert by_github(subjects=subjects) == expected


def test_a_wildcard_that_counts_as_a_character_lets_no_external_principal_in() -> None:
    found = by_github(StringEquals={f"{GITHUB}:aud": STS, f"{GITHUB}:sub": "repo:*"})
    assert found == {Found(GITHUB, "r", (f"{WEB}: {GITHUB}:sub",))}


def test_audiences_that_the_provider_does_not_take_are_nobody_s() -> None:
    assert by_github(audience="elsewhere") == set()


def test_further_conditions_hold_too() -> None:
    owner = f"{GITHUB}:repository_owner"
    assert by_github(subjects="repo:*", StringEqualsIgnoreCase={owner: "clew"}) == PARTNERS
    assert by_github(subjects="repo:*", StringEqualsIfExists={owner: "clew"}) == PARTNERS
    number = f"{GITHUB}:repository_owner_id"
    assert by_github(subjects="repo:*", StringEqualsIgnoreCase={number: "1234"}) == PARTNERS
    assert by_github(subjects="repo:clew/*", StringNotLike={f"{GITHUB}:sub": "*pull_request*"}) == (
        PARTNERS
    )
    assert by_github(Bool={"aws:MultiFactorAuthPresent": "true"}) == {
        Found("Internet", "r", (f"{WEB}: aws:MultiFactorAuthPresent",)),
        Found(GITHUB, "r", (f"{WEB}: aws:MultiFactorAuthPresent",)),
    }


def test_a_denial_of_external_principals_leaves_the_owner() -> None:
    actions = provider(GITHUB)
    deny = {
        "Effect": "Deny",
        "Principal": {"Federated": actions.id},
        "Action": WEB,
        "Condition": {"StringNotLike": {f"{GITHUB}:sub": "repo:clew/*"}},
    }
    assert entering(federated(actions.id), deny, resources=[actions]) == PARTNERS


def test_a_provider_that_is_not_there_lets_nobody_in() -> None:
    actions = provider(GITHUB)
    everywhere = ["AWSOIDCProvider"]
    own = Identities()
    own.role("r", trusts=federated(actions.id))
    other = provider("example.com")
    gone = comers(estate(own, resources=[other], listed=everywhere))
    assert all(each.conditions for each in gone)


@pytest.mark.parametrize(
    ("issuer", "subject", "is_external"),
    [
        ("gitlab.com", "project_path:*", True),
        ("gitlab.com", "project_path:clew/*:ref_type:branch:ref:main", False),
        ("app.terraform.io", "organization:*:project:*:workspace:*:run_phase:apply", True),
        ("app.terraform.io", "organization:clew:project:*:workspace:*:run_phase:*", False),
        ("agent.buildkite.com", "organization:*", True),
        ("agent.buildkite.com", "organization:clew:*", False),
        # These issuers serve one customer.
        ("api.bitbucket.org/2.0/workspaces/clew/pipelines-config/identity/oidc", "*", False),
        ("oidc.circleci.com/org/1234", "*", False),
        ("idp.example.com", "*", False),
    ],
)
def test_external_principals_come_in_by_issuers_that_serve_everyone(
    issuer: str, subject: str, is_external: bool
) -> None:
    own = provider(issuer)
    found = entering(federated(own.id, StringLike={f"{issuer}:sub": subject}), resources=[own])
    assert found == {Found("Internet" if is_external else issuer, "r")}


def test_a_hop_shows_the_subjects() -> None:
    actions = provider(GITHUB)
    own = Identities()
    own.role("r", trusts=federated(actions.id, StringLike={f"{GITHUB}:sub": "repo:clew/api:*"}))
    (finding,) = external.findings(estate(own, resources=[actions]))
    assert finding.evidence == (actions.id, "subject repo:clew/api:*")
    assert [(each.policy, each.index) for each in finding.statements] == [
        (f"arn:aws:iam::{ACCOUNT}:role/r", 0)
    ]


# Kubernetes.

ISSUER = "oidc.eks.us-east-1.amazonaws.com/id/0A1B2C3D4E5F"


def cluster(issuer: str = ISSUER) -> Cluster:
    return Cluster.load(
        {"arn": f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/k8s", "name": "k8s"},
        HERE,
        oidc_issuer=f"https://{issuer}",
        authentication_mode="API",
        kms_key_arn="",
        log_group="",
    )


@pytest.mark.parametrize(("issuer", "source"), [(ISSUER, "k8s"), (ISSUER + "6", ISSUER)])
def test_service_accounts_come_from_their_cluster(issuer: str, source: str) -> None:
    own = provider(ISSUER)
    asks = {f"{ISSUER}:sub": "system:serviceaccount:apps:web", f"{ISSUER}:aud": STS}
    found = entering(federated(own.id, StringEquals=asks), resources=[own, cluster(issuer)])
    assert found == {Found(source, "r")}


# SAML.


def saml() -> SAMLProvider:
    return SAMLProvider.load(
        {"Arn": f"arn:aws:iam::{ACCOUNT}:saml-provider/sso"}, GLOBAL, name="sso"
    )


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({}, {Found("sso", "r")}),
        ({"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}, {Found("sso", "r")}),
        ({"StringLike": {"SAML:sub": "alice@*"}}, {Found("sso", "r")}),
        (
            {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}},
            {Found("sso", "r", ("sts:AssumeRoleWithSAML: aws:SourceIp",))},
        ),
    ],
)
def test_saml_providers_vouch_for_whom_they_like(
    conditions: Mapping[str, Any], expected: set[Found]
) -> None:
    statement = federated(saml().id, "sts:AssumeRoleWithSAML", **conditions)
    assert entering(statement, resources=[saml()]) == expected


def test_assignments_of_identity_center_are_evidence() -> None:
    name = "AWSReservedSSO_Admin_0123456789abcdef"
    own = Identities()
    role = own.role(
        name,
        trusts=federated(saml().id, "sts:AssumeRoleWithSAML"),
        path="/aws-reserved/sso.amazonaws.com/",
    )
    assignment = AccountAssignment.load(
        {"AccountId": ACCOUNT, "PermissionSetArn": "", "PrincipalType": "USER", "PrincipalId": "u"},
        GLOBAL,
        id="arn:aws:sso:::assignment/i/p/111111111111/u",
        role=role.rpartition("_")[0],
    )
    found = external.findings(estate(own, resources=[saml(), assignment]))
    assert [(each.source.name, each.evidence) for each in found] == [("sso", (assignment.id,))]


# Issuers that AWS knows by itself.

COGNITO = "cognito-identity.amazonaws.com"
POOL = f"{REGION}:11111111-2222-4333-8444-555555555555"
OF_POOL = {"StringEquals": {f"{COGNITO}:aud": POOL}}
GUESTS = {**OF_POOL, "ForAnyValue:StringLike": {f"{COGNITO}:amr": "unauthenticated"}}
MEMBERS = {**OF_POOL, "ForAnyValue:StringLike": {f"{COGNITO}:amr": "authenticated"}}


NARROWED = ("services that Cognito opens to guests, unless shop has the classic flow",)


def pool(guests: bool | None, classic: bool | None, *, handed: str = "r", **known: Any) -> Resource:
    return IdentityPool.load(
        {"IdentityPoolId": POOL, "IdentityPoolName": "shop"},
        HERE,
        **{
            "allow_unauthenticated_identities": guests,
            "allow_classic_flow": classic,
            "login_providers": [],
            "identity_providers": [],
            "unauthenticated_role": f"arn:aws:iam::{ACCOUNT}:role/{handed}",
            "authenticated_role": "",
            "mapped_roles": [],
            **known,
        },
    )


@pytest.mark.parametrize(
    ("guests", "classic", "conditions", "expected"),
    [
        (True, True, GUESTS, [()]),
        (True, False, GUESTS, [NARROWED]),
        (True, None, GUESTS, [NARROWED]),
        (None, True, GUESTS, [("whether shop allows guests",)]),
        (False, True, GUESTS, []),
        (True, True, MEMBERS, []),
    ],
)
def test_guests_get_what_their_pool_hands_out(
    guests: bool | None,
    classic: bool | None,
    conditions: dict[str, Any],
    expected: list[tuple[str, ...]],
) -> None:
    found = entering(federated(COGNITO, **conditions), resources=[pool(guests, classic)])
    assert found == {Found("Internet", "r", words) for words in expected}


def test_guests_of_the_enhanced_flow_get_the_pool_s_role_only() -> None:
    statement = federated(COGNITO, **GUESTS)
    assert entering(statement, resources=[pool(True, False, handed="other")]) == set()
    assert entering(statement, resources=[pool(True, True, handed="other")]) == {
        Found("Internet", "r")
    }
    assert entering(statement, resources=[pool(True, None, handed="other")]) == {
        Found("Internet", "r", ("whether shop has the classic flow",))
    }
    unread = pool(True, False, unauthenticated_role=None)
    assert entering(statement, resources=[unread]) == {
        Found("Internet", "r", ("whether r is the role of guests of shop",))
    }


def test_who_may_sign_up_at_a_pool_is_not_known() -> None:
    members = pool(False, False, login_providers=["accounts.google.com"])
    words = "whether external principals may sign up where shop lets sign in"
    assert entering(federated(COGNITO, **MEMBERS), resources=[members]) == {
        Found("Internet", "r", (words,))
    }


USERS = f"cognito-idp.{REGION}.amazonaws.com/users"
SIGN_UP = ("whether external principals may sign up where shop lets sign in",)


@pytest.mark.parametrize(
    ("sign_up", "more", "expected"),
    [
        (True, {}, [()]),
        (True, {"authenticated_role": ""}, [SIGN_UP]),
        (True, {"authenticated_role": "", "allow_classic_flow": True}, [()]),
        (False, {}, []),
        (None, {}, [SIGN_UP]),
        (False, {"login_providers": [USERS, "accounts.google.com"]}, [SIGN_UP]),
        (False, {"identity_providers": ["arn:aws:iam::1:saml-provider/sso"]}, [SIGN_UP]),
        (False, {"user_pools": []}, [SIGN_UP]),
        (False, {"user_pools": None}, [SIGN_UP]),
    ],
)
def test_a_user_pool_says_whether_everyone_may_sign_up(
    sign_up: bool | None, more: dict[str, Any], expected: list[tuple[str, ...]]
) -> None:
    users = UserPool.unread(HERE, pool_id="users", provider_name=USERS, sign_up_allowed=sign_up)
    known = {
        "login_providers": [USERS],
        "user_pools": [USERS],
        "authenticated_role": f"arn:aws:iam::{ACCOUNT}:role/r",
        **more,
    }
    identities = pool(False, known.pop("allow_classic_flow", False), **known)
    found = entering(federated(COGNITO, **MEMBERS), resources=[users, identities])
    assert found == {Found("Internet", "r", words) for words in expected}


def test_a_role_for_any_pool_is_for_everyones_own() -> None:
    assert entering(federated(COGNITO), resources=[]) == {Found("Internet", "r")}


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({}, [()]),
        (
            {"StringEquals": {"accounts.google.com:aud": "clew.apps"}},
            [("accounts.google.com:aud",)],
        ),
        ({"StringEquals": {"accounts.google.com:sub": "1234567890"}}, []),
    ],
)
def test_public_logins_are_open_to_all_that_no_condition_keeps_out(
    conditions: dict[str, Any], expected: list[tuple[str, ...]]
) -> None:
    found = entering(federated("accounts.google.com", **conditions), resources=[])
    assert found == {
        Found("Internet", "r", tuple(f"{WEB}: {key}" for key in keys)) for keys in expected
    }
