"""How statements name principals."""

from typing import Any

import pytest
from clew.graph.authorization.aws.decision import Decision
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
    EXTERNAL,
    FORBIDDEN,
    OTHER,
    ROLE,
    ROOT,
    SESSION,
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
        ({"AWS": [EXTERNAL, USER]}, USER, MatchStrength.DIRECT),
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
        assert naming(element, EXTERNAL).possible is MatchStrength.SESSION


def but(*arns: str) -> Any:
    """Everyone is let in but those whom a statement with ``NotPrincipal`` denies."""
    return policy(allow(Principal="*"), deny(NotPrincipal={"AWS": list(arns)}))


WALK = SESSION.replace("run", "walk")


@pytest.mark.parametrize(
    ("named", "principal", "expected"),
    [
        ([USER, ROOT], USER, ALLOWED),
        ([USER, ACCOUNT], USER, ALLOWED),
        ([EXTERNAL], USER, FORBIDDEN),
        ([EXTERNAL, OTHER], USER, FORBIDDEN),
        ([ROOT], ROOT, ALLOWED),
        ([USER], ROOT, FORBIDDEN),
        ([ROLE], "anonymous", FORBIDDEN),
        (["*"], USER, ALLOWED),
        # A session by its account, its role and its own name.
        ([ROLE, ROOT], SESSION, ALLOWED),
        ([SESSION, ROLE, ROOT], SESSION, ALLOWED),
        ([SESSION, ROLE, ROOT], WALK, FORBIDDEN),
        ([WALK, SESSION, ROLE, ROOT], WALK, ALLOWED),
        ([SESSION, ROOT], WALK, FORBIDDEN),
        ([SESSION], WALK, FORBIDDEN),
        ([f"{ROLE}2", ROOT], SESSION, FORBIDDEN),
        # Anyone who assumes a role picks its session's name.
        ([SESSION, ROLE, ROOT], ROLE, CONDITIONAL),
        ([ROLE, ROOT], ROLE, ALLOWED),
        # Along with one whom they name only that one is spared.
        ([USER, ROOT], USER.replace("ada", "eve"), FORBIDDEN),
        ([USER, ROOT], SESSION, FORBIDDEN),
        ([ROLE, ROOT], USER, FORBIDDEN),
        # Whether the account, or the role, must be named too depends on the service.
        ([USER], USER, CONDITIONAL),
        ([ROLE], SESSION, CONDITIONAL),
        ([SESSION], SESSION, CONDITIONAL),
        ([SESSION, ROOT], SESSION, CONDITIONAL),
        ([SESSION, ROLE], SESSION, CONDITIONAL),
        # So does what an account spares that stands there alone.
        ([ROOT], USER, CONDITIONAL),
        ([ROOT], SESSION, CONDITIONAL),
        ([ROOT, EXTERNAL], USER, CONDITIONAL),
    ],
)
def test_deny_to_all_but_the_named(named: list[str], principal: str, expected: Decision) -> None:
    case = {"principal": principal, "resource_account": ACCOUNT}
    assert decision(resource_policy=but(*named), **case) is expected


def test_the_role_itself_is_spared_whatever_its_sessions_are_called() -> None:
    case = {"principal": ROLE, "resource_policy": but(SESSION, ROLE, ROOT), "strict": True}
    assert decision(**case) is ALLOWED


def test_deny_to_all_but_what_cannot_be_read_may_spare_anyone() -> None:
    odd = policy(allow(Principal="*"), deny(NotPrincipal={"AWS": EXTERNAL, "Martian": "x"}))
    assert decision(resource_policy=odd) is CONDITIONAL
    canonical = policy(allow(Principal="*"), deny(NotPrincipal={"CanonicalUser": "abc"}))
    assert decision(resource_policy=canonical) is CONDITIONAL
    assert decision(resource_policy=canonical, strict=True) is FORBIDDEN


def test_deny_to_all_but_a_service() -> None:
    spared = policy(allow(Principal="*"), deny(NotPrincipal={"Service": "logs.amazonaws.com"}))
    for name, expected in (("logs.amazonaws.com", ALLOWED), ("ec2.amazonaws.com", FORBIDDEN)):
        assert decision(principal={"service": name}, resource_policy=spared) is expected
    assert decision(resource_policy=spared) is FORBIDDEN


@pytest.mark.parametrize(
    ("named", "asking", "expected"),
    [
        ("ec2.amazonaws.com", "ec2.amazonaws.com.cn", True),
        ("ec2.amazonaws.com.cn", "ec2.amazonaws.com", True),
        ("logs.eu-south-1.amazonaws.com", "logs.amazonaws.com", True),
        ("logs.amazonaws.com", "logs.us-gov-west-1.amazonaws.com", True),
        ("logs.cn-north-1.amazonaws.com.cn", "logs.amazonaws.com", True),
        ("logs.eu-south-1.amazonaws.com", "logs.eu-south-1.amazonaws.com", True),
        ("logs.eu-south-1.amazonaws.com", "logs.us-east-1.amazonaws.com", False),
        ("ecs.amazonaws.com", "ecs-tasks.amazonaws.com", False),
        ("lambda.amazonaws.com", "replicator.lambda.amazonaws.com", False),
        ("ec2.amazonaws.com.evil.example", "ec2.amazonaws.com", False),
        ("vpc-flow-logs.amazonaws.com", "vpc-flow-logs.amazonaws.com", True),
    ],
)
def test_forms_of_a_services_name(named: str, asking: str, expected: bool) -> None:
    found = naming({"Service": named}, Principal.of_service(asking))
    strength = MatchStrength.DIRECT if expected else MatchStrength.NOT
    assert found == (strength, strength)
    trust = policy(allow("sts:AssumeRole", None, Principal={"Service": [named]}))
    case = {"action": "sts:AssumeRole", "resource": ROLE, "resource_policy": trust}
    assert decision(**case, principal={"service": asking}) is (ALLOWED if expected else DENIED)


def test_everyone_but_the_named_is_allowed() -> None:
    grant = policy(allow(NotPrincipal={"AWS": EXTERNAL}))
    assert decision(resource_policy=grant) is ALLOWED
    foreign = {"resource_policy": grant, "principal": EXTERNAL, "resource_account": ACCOUNT}
    assert decision(allow(), **foreign) is DENIED


@pytest.mark.parametrize("kind", ["identity_policies", "permissions_boundaries", "scps"])
def test_principals_mean_nothing_in_policies_of_principals(kind: str) -> None:
    grant: Any = policy(allow(Principal={"AWS": EXTERNAL}))
    own = {kind: [[grant]] if kind == "scps" else [grant]}
    assert decision(**{"identity_policies": [policy(allow())], **own}) is ALLOWED
