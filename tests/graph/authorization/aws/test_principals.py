"""How statements name principals."""

from typing import Any

import pytest
from clew.graph.authorization.aws.principals import (
    NOBODY,
    Kind,
    Match,
    MatchStrength,
    Principal,
    read_principals,
)
from support.policies import (
    ACCOUNT,
    ALLOWED,
    CONDITIONAL,
    DENIED,
    FORBIDDEN,
    OTHER,
    ROLE,
    ROOT,
    SESSION,
    STRANGER,
    USER,
    allow,
    ask,
    decision,
    deny,
    policy,
)

PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/example.com"


def naming(element: Any, principal: Principal | str) -> Match:
    who = Principal.of_arn(principal) if isinstance(principal, str) else principal
    return read_principals(element).match(who)


@pytest.mark.parametrize(
    ("arn", "kind", "name"),
    [
        (USER, Kind.USER, "ada"),
        (f"arn:aws:iam::{ACCOUNT}:user/path/of/ada", Kind.USER, "ada"),
        (ROLE, Kind.ROLE, "job"),
        (f"arn:aws-cn:iam::{ACCOUNT}:role/service-role/job", Kind.ROLE, "job"),
        (SESSION, Kind.SESSION, "job"),
        (f"arn:aws:sts::{ACCOUNT}:federated-user/ada", Kind.FEDERATED_USER, "ada"),
        (ROOT, Kind.ROOT, ""),
        (PROVIDER, Kind.FEDERATED, "example.com"),
    ],
)
def test_principal_of_an_arn(arn: str, kind: Kind, name: str) -> None:
    found = Principal.of_arn(arn)
    assert (found.kind, found.name, found.account) == (kind, name, ACCOUNT)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ada",
        ACCOUNT,
        f"arn:aws:iam::{ACCOUNT}:group/admins",
        "arn:aws:iam::123:user/ada",
        "arn:aws:s3:::bucket",
        f"arn:aws:sts::{ACCOUNT}:assumed-role/job",
        f"arn:aws:iam::{ACCOUNT}:user/",
    ],
)
def test_other_texts_are_no_principals(text: str) -> None:
    with pytest.raises(ValueError, match="not the ARN of a principal"):
        Principal.of_arn(text)


@pytest.mark.parametrize(
    ("element", "principal", "expected"),
    [
        ("*", USER, MatchStrength.DIRECT),
        ({"AWS": "*"}, ROLE, MatchStrength.DIRECT),
        ({"AWS": ["*"]}, SESSION, MatchStrength.DIRECT),
        (["*"], USER, MatchStrength.DIRECT),
        ([{"AWS": USER}], USER, MatchStrength.DIRECT),
        ({"AWS": USER}, USER, MatchStrength.DIRECT),
        ({"AWS": [STRANGER, USER]}, USER, MatchStrength.DIRECT),
        ({"AWS": USER}, ROLE, MatchStrength.NOT),
        ({"AWS": USER.upper()}, USER, MatchStrength.NOT),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:user/*"}, USER, MatchStrength.NOT),
        ({"AWS": ACCOUNT}, USER, MatchStrength.ACCOUNT),
        ({"AWS": ROOT}, SESSION, MatchStrength.ACCOUNT),
        ({"AWS": ROOT}, ROOT, MatchStrength.ACCOUNT),
        ({"AWS": f"arn:aws-us-gov:iam::{ACCOUNT}:root"}, USER, MatchStrength.ACCOUNT),
        ({"AWS": OTHER}, USER, MatchStrength.NOT),
        ({"AWS": [ROOT, USER]}, USER, MatchStrength.DIRECT),
        ({"AWS": ROLE}, ROLE, MatchStrength.ROLE),
        ({"AWS": ROLE}, SESSION, MatchStrength.ROLE),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:role/some/path/job"}, SESSION, MatchStrength.ROLE),
        ({"AWS": f"arn:aws:iam::{OTHER}:role/job"}, SESSION, MatchStrength.NOT),
        ({"AWS": SESSION}, SESSION, MatchStrength.SESSION),
        ({"AWS": SESSION}, SESSION.replace("run", "walk"), MatchStrength.NOT),
        ({"AWS": [ROLE, SESSION]}, SESSION, MatchStrength.SESSION),
        ({"Service": "lambda.amazonaws.com"}, USER, MatchStrength.NOT),
        ({"Federated": PROVIDER}, PROVIDER, MatchStrength.DIRECT),
        ({"Federated": "accounts.google.com"}, PROVIDER, MatchStrength.NOT),
        ({}, USER, MatchStrength.NOT),
    ],
)
def test_naming(element: Any, principal: str, expected: MatchStrength) -> None:
    assert naming(element, principal) == (expected, expected)


def test_naming_of_others() -> None:
    service = Principal.of_service("lambda.amazonaws.com")
    both = {"AWS": USER, "Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]}
    assert naming(both, service).certain is MatchStrength.DIRECT
    assert naming({"AWS": ACCOUNT}, service) == NOBODY
    assert naming("*", service).certain is MatchStrength.DIRECT
    assert naming("*", Principal.anonymous()).certain is MatchStrength.DIRECT
    assert naming({"AWS": ACCOUNT}, Principal.anonymous()) == NOBODY
    google = Principal.of_provider("accounts.google.com")
    assert naming({"Federated": "accounts.google.com"}, google).certain is MatchStrength.DIRECT


def test_naming_by_unique_id() -> None:
    user = Principal(Kind.USER, USER, ACCOUNT, "ada", unique_id="AIDAEXAMPLE")
    assert naming({"AWS": "AIDAEXAMPLE"}, user).certain is MatchStrength.DIRECT
    assert naming({"AWS": "AIDAOTHER"}, user) == NOBODY
    assert naming({"AWS": "AIDAEXAMPLE"}, USER) == NOBODY


def test_canonical_user() -> None:
    element = {"CanonicalUser": "abc"}
    known = Principal(Kind.USER, USER, ACCOUNT, "ada", canonical_id="abc")
    assert naming(element, known).certain is MatchStrength.ACCOUNT
    other = Principal(Kind.USER, USER, ACCOUNT, "ada", canonical_id="def")
    assert naming(element, other) == NOBODY
    assert naming(element, USER) == (MatchStrength.NOT, MatchStrength.ACCOUNT)


def test_role_may_have_a_session_of_the_name() -> None:
    assert naming({"AWS": SESSION}, ROLE) == (MatchStrength.NOT, MatchStrength.SESSION)
    grant = policy(allow(Principal={"AWS": SESSION}))
    answer = ask(principal=ROLE, resource_policy=grant)
    assert answer.decision is CONDITIONAL
    assert answer.unread == ("whether statement 1 of resource_policy names the principal",)
    assert decision(principal=ROLE, resource_policy=grant, strict=True) is DENIED


def test_what_cannot_be_read_may_name_anyone() -> None:
    for element in ({"Martian": "x"}, {"AWS": [USER, 7]}, 7, {"AWS": None}):
        assert naming(element, STRANGER).possible is MatchStrength.SESSION


def test_deny_to_all_but_the_named() -> None:
    def but(*arns: str) -> Any:
        return policy(allow(Principal="*"), deny(NotPrincipal={"AWS": list(arns)}))

    assert decision(resource_policy=but(USER, ROOT)) is ALLOWED
    assert decision(resource_policy=but(USER)) is ALLOWED
    assert decision(resource_policy=but(STRANGER)) is FORBIDDEN
    assert decision(resource_policy=but(ROLE, ROOT), principal=SESSION) is ALLOWED
    assert decision(resource_policy=but(SESSION), principal=SESSION) is ALLOWED
    assert decision(resource_policy=but(ROLE), principal="anonymous") is FORBIDDEN


def test_whether_an_account_excepts_its_users_is_left_open() -> None:
    grant = policy(allow(Principal="*"), deny(NotPrincipal={"AWS": ROOT}))
    assert decision(resource_policy=grant) is CONDITIONAL
    assert decision(resource_policy=grant, principal=ROOT) is ALLOWED


def test_everyone_but_the_named_is_allowed() -> None:
    grant = policy(allow(NotPrincipal={"AWS": STRANGER}))
    assert decision(resource_policy=grant) is ALLOWED
    foreign = {"resource_policy": grant, "principal": STRANGER, "resource_account": ACCOUNT}
    assert decision(allow(), **foreign) is DENIED


@pytest.mark.parametrize("kind", ["identity_policies", "permissions_boundaries", "scps"])
def test_principals_mean_nothing_in_policies_of_principals(kind: str) -> None:
    grant: Any = policy(allow(Principal={"AWS": STRANGER}))
    own = {kind: [[grant]] if kind == "scps" else [grant]}
    assert decision(**{"identity_policies": [policy(allow())], **own}) is ALLOWED
