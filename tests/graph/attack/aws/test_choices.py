"""What an attacker is free to pick is searched: policies, boundaries and tags."""

from typing import Any

import pytest
from clew.graph.attack.search import Search, admin, explain_path
from support.identities import ADMIN, Identities, allow, deny, policy, trust
from support.steps import Steps

pytestmark = pytest.mark.slow

LAMBDA = ("lambda:CreateFunction", "lambda:InvokeFunction")
ADMINISTRATOR_ACCESS = "arn:aws:iam::aws:policy/AdministratorAccess"
ME = "arn:aws:iam::111111111111:user/mallory"


@pytest.fixture
def iam() -> Identities:
    return Identities()


def found(iam: Identities, source: str = "mallory") -> tuple[bool, list[str]] | None:
    """Whether the best path of a principal to an administrator is certain, and what it goes by."""
    graph = Steps.of(iam).graph
    (start,) = (
        number for number, node in enumerate(graph.nodes) if node.name == source and not node.state
    )
    for path in Search(graph, admin(graph)).paths(start):
        explained = explain_path(graph, path)
        assert path.conditional == any(hop.conditions for hop in explained.hops)
        return not path.conditional, [step.technique for step in path.steps if step.technique]
    return None


def only(key: str, *values: str, operator: str = "ArnEquals") -> dict[str, Any]:
    return {"Condition": {operator: {key: list(values)}}}


def test_another_policy_than_the_one_that_is_denied_is_attached(iam: Identities) -> None:
    iam.user(
        "mallory",
        allow("iam:AttachUserPolicy", on=ME),
        deny("iam:AttachUserPolicy", **only("iam:PolicyARN", ADMINISTRATOR_ACCESS)),
    )

    assert found(iam) == (True, ["iam-attach-own-user-policy"])


def test_a_policy_of_the_account_is_attached(iam: Identities) -> None:
    own = iam.managed("operators", ADMIN)
    iam.user("mallory", allow("iam:AttachUserPolicy", on=ME, **only("iam:PolicyARN", own)))

    assert found(iam) == (True, ["iam-attach-own-user-policy"])


@pytest.mark.parametrize("allowed", ["arn:aws:iam::aws:policy/ReadOnlyAccess", "own"])
def test_a_policy_that_is_worth_nothing_leads_nowhere(iam: Identities, allowed: str) -> None:
    own = iam.managed("readers", policy(allow("s3:GetObject")))
    which = own if allowed == "own" else allowed
    iam.user("mallory", allow("iam:AttachUserPolicy", on=ME, **only("iam:PolicyARN", which)))

    assert found(iam) is None


def test_several_policies_are_attached_together(iam: Identities) -> None:
    iam.managed("dev-pass", policy(allow("iam:PassRole")))
    iam.managed("dev-functions", policy(allow(*LAMBDA)))
    iam.role("target", allow("*"), trusts=trust("lambda.amazonaws.com"))
    limit = only("iam:PolicyARN", "arn:aws:iam::111111111111:policy/dev-*", operator="ArnLike")
    iam.user("mallory", allow("iam:AttachUserPolicy", on=ME, **limit))

    assert found(iam) == (True, ["iam-attach-own-user-policy", "lambda-create-function-invoke"])


def test_a_policy_is_picked_for_a_role_that_is_then_passed(iam: Identities) -> None:
    own = iam.managed("operators", ADMIN)
    role = iam.role("svc", trusts=trust("lambda.amazonaws.com"))
    iam.user(
        "mallory",
        allow("iam:AttachRolePolicy", on=role, **only("iam:PolicyARN", own)),
        allow("iam:PassRole", on=role),
        allow(*LAMBDA),
    )

    assert found(iam) == (True, ["iam-attach-role-policy", "lambda-create-function-invoke"])


def test_a_policy_is_picked_for_ones_group(iam: Identities) -> None:
    own = iam.managed("operators", ADMIN)
    group = iam.group("staff")
    iam.user(
        "mallory",
        allow("iam:AttachGroupPolicy", on=group, **only("iam:PolicyARN", own)),
        groups=["staff"],
    )

    assert found(iam) == (True, ["iam-attach-own-group-policy"])


def test_a_group_that_lends_nothing_yet_is_joined_and_given_a_policy(iam: Identities) -> None:
    own = iam.managed("ours", policy(allow("*")))
    group = iam.group("staff")
    iam.user(
        "mallory",
        allow("iam:AttachGroupPolicy", on=group, **only("iam:PolicyARN", own)),
        allow("iam:AddUserToGroup", on=group),
    )

    assert found(iam) == (True, ["iam-add-self-to-group", "iam-attach-own-group-policy"])


@pytest.mark.parametrize(("name", "expected"), [("wide", True), ("narrow", None)])
def test_a_boundary_is_replaced_by_one_that_is_allowed(
    iam: Identities, name: str, expected: bool | None
) -> None:
    iam.managed("wide", policy(allow("iam:*"), deny("s3:*")))
    iam.managed("narrow", policy(allow("s3:*")))
    limit = iam.managed("limit", policy(allow("iam:PutUserPermissionsBoundary")))
    which = only("iam:PermissionsBoundary", iam.arn("policy", name))
    iam.user(
        "mallory",
        allow("*"),
        deny(
            "iam:PutUserPermissionsBoundary",
            Condition={"ArnNotEquals": which["Condition"]["ArnEquals"]},
        ),
        deny("iam:DeleteUserPermissionsBoundary"),
        boundary=limit,
    )

    assert found(iam) == (expected and (True, ["iam-put-own-user-boundary"]))


@pytest.mark.parametrize(("name", "expected"), [("wide", True), ("narrow", None)])
def test_a_role_is_made_with_the_boundary_that_is_asked_for(
    iam: Identities, name: str, expected: bool | None
) -> None:
    iam.managed("wide", policy(allow("iam:*")))
    iam.managed("narrow", policy(allow("s3:*")))
    which = only("iam:PermissionsBoundary", iam.arn("policy", name), operator="StringEquals")
    iam.user("mallory", allow("iam:CreateRole", "iam:AttachRolePolicy", **which))

    assert found(iam) == (expected and (True, ["iam-create-role-attach-role-policy"]))


TRUSTED = only("aws:PrincipalTag/trusted", "yes", operator="StringEquals")


def test_a_tag_is_set_on_oneself(iam: Identities) -> None:
    iam.user("mallory", allow("iam:TagUser", on=ME), allow("*", **TRUSTED))

    assert found(iam) == (True, ["iam-tag-own-user"])


def test_a_tag_is_set_by_which_a_policy_names_whom_it_is_about(iam: Identities) -> None:
    named = iam.user("boss", allow("*")).replace("boss", "${aws:PrincipalTag/for}")
    iam.user("clerk")
    iam.user("mallory", allow("iam:TagUser", on=ME), allow("iam:CreateAccessKey", on=named))

    assert found(iam) == (True, ["iam-tag-own-user", "iam-create-access-key"])


def test_a_tag_cannot_be_set_that_is_denied(iam: Identities) -> None:
    iam.user(
        "mallory",
        allow("iam:TagUser", on=ME),
        deny("iam:TagUser", **only("aws:TagKeys", "trusted", operator="ForAnyValue:StringEquals")),
        allow("*", **TRUSTED),
    )

    assert found(iam) is None


def test_only_the_value_that_may_be_set_counts(iam: Identities) -> None:
    for name, value in (("mallory", "no"), ("trudy", "yes")):
        iam.user(
            name,
            allow("iam:TagUser", **only("aws:RequestTag/trusted", value, operator="StringEquals")),
            allow("*", **TRUSTED),
        )

    assert found(iam) is None
    assert found(iam, "trudy") == (True, ["iam-tag-own-user"])


def test_a_role_is_tagged_so_that_its_own_policy_allows_all(iam: Identities) -> None:
    role = iam.role("svc", allow("*", **TRUSTED), trusts=trust("lambda.amazonaws.com"))
    iam.user("mallory", allow("iam:TagRole", "iam:PassRole", on=role), allow(*LAMBDA))

    assert found(iam) == (True, ["iam-tag-role", "lambda-create-function-invoke"])


OPEN = only("aws:ResourceTag/stage", "test", operator="StringEquals")


def test_a_role_is_tagged_so_that_one_may_assume_it(iam: Identities) -> None:
    iam.role("boss", allow("*"), trusts=trust("arn:aws:iam::111111111111:root"))
    iam.user("mallory", allow("sts:AssumeRole", **OPEN), allow("iam:TagRole"))
    iam.user("trudy", allow("sts:AssumeRole", **OPEN))

    assert found(iam) == (True, ["iam-tag-role-assume"])
    assert found(iam, "trudy") is None


def test_a_role_is_tagged_so_that_one_may_pass_it(iam: Identities) -> None:
    iam.role("boss", allow("*"), trusts=trust("lambda.amazonaws.com"))
    iam.user("mallory", allow("iam:PassRole", **OPEN), allow("iam:TagRole", *LAMBDA))
    iam.user("trudy", allow("iam:PassRole", **OPEN), allow(*LAMBDA))

    steps = Steps.of(iam)

    assert steps.taken() == {("mallory", "lambda-create-function-invoke", "boss"): True}
    hop = steps.hop("mallory", "lambda-create-function-invoke", "boss")
    assert hop.permissions == ("iam:TagRole", "iam:PassRole", *LAMBDA)
    assert hop.conditions == ()


def test_a_user_is_tagged_so_that_one_may_make_its_keys(iam: Identities) -> None:
    victim = iam.user("victim", allow("*"))
    mine = only("aws:ResourceTag/team", "${aws:PrincipalTag/team}", operator="StringEquals")
    iam.user("mallory", allow("iam:CreateAccessKey", on=victim, **mine), allow("iam:TagUser"))
    iam.answer["UserDetailList"][-1]["Tags"] = [{"Key": "team", "Value": "red"}]

    known = {victim: {"access_key_ids": []}}
    assert Steps.of(iam, known=known).taken(source="mallory")[
        "mallory", "iam-create-access-key", "victim"
    ]


def test_all_tags_that_a_statement_asks_for_are_set_together(iam: Identities) -> None:
    tags = {f"aws:PrincipalTag/t{place}": f"v{place}" for place in range(12)}
    iam.user("mallory", allow("iam:TagUser", on=ME), allow("*", Condition={"StringEquals": tags}))

    assert found(iam) == (True, ["iam-tag-own-user"])


def made(key: str, value: str) -> dict[str, Any]:
    return only(f"aws:{key}Tag/team", value, operator="StringEquals")


TAGS = allow("lambda:TagResource")
TAGS_COST = allow(
    "lambda:TagResource", **only("aws:TagKeys", "cost", operator="ForAllValues:StringEquals")
)


def unless(operator: str, key: str, value: str) -> Any:
    return deny("lambda:CreateFunction", **only(key, value, operator=operator))


@pytest.mark.parametrize(
    ("create", "invoke", "more", "expected"),
    [
        (made("Request", "red"), made("Resource", "red"), [TAGS], True),
        (made("Request", "red"), {}, [TAGS], True),
        ({}, made("Resource", "red"), [TAGS], True),
        (made("Request", "red"), made("Resource", "red"), [], None),
        (made("Request", "red"), made("Resource", "blue"), [TAGS], None),
        (made("Resource", "red"), {}, [TAGS], None),
        (made("Request", "red"), {}, [TAGS_COST], None),
        (made("Request", "red"), {}, [TAGS, unless("Null", "aws:RequestTag/owner", "true")], True),
        ({}, {}, [TAGS, unless("ForAllValues:StringNotEquals", "aws:TagKeys", "cost")], True),
        ({}, {}, [TAGS, unless("Null", "aws:TagKeys", "true")], True),
        ({}, {}, [unless("Null", "aws:TagKeys", "true")], None),
        ({}, {}, [TAGS, unless("ForAnyValue:StringEquals", "aws:TagKeys", "cost")], True),
    ],
)
def test_what_is_made_is_tagged_as_policies_ask(
    iam: Identities,
    create: dict[str, Any],
    invoke: dict[str, Any],
    more: list[Any],
    expected: bool | None,
) -> None:
    iam.role("boss", allow("*"), trusts=trust("lambda.amazonaws.com"))
    iam.user(
        "mallory",
        allow("iam:PassRole"),
        allow("lambda:CreateFunction", **create),
        allow("lambda:InvokeFunction", **invoke),
        *more,
    )

    assert found(iam) == (expected and (True, ["lambda-create-function-invoke"]))


def test_all_that_is_made_together_is_tagged_alike(iam: Identities) -> None:
    iam.role("boss", allow("*"), trusts=trust("ec2.amazonaws.com"))
    own = only("aws:RequestTag/team", "${aws:PrincipalTag/team}", operator="StringEquals")
    action = only("ec2:CreateAction", "RunInstances", operator="StringEquals")
    tagged = [f"arn:aws:ec2:*:*:{kind}/*" for kind in ("instance", "volume", "network-interface")]
    others = [f"arn:aws:ec2:*:*:{kind}/*" for kind in ("image", "subnet", "security-group")]
    iam.user(
        "mallory",
        allow("iam:PassRole", "iam:CreateInstanceProfile", "iam:AddRoleToInstanceProfile"),
        allow("ec2:RunInstances", on=tagged, **own),
        allow("ec2:RunInstances", on=others),
        allow("ec2:CreateTags", **action),
    )
    iam.answer["UserDetailList"][-1]["Tags"] = [{"Key": "team", "Value": "red"}]

    technique = "iam-create-instance-profile-run-instances"
    assert Steps.of(iam).taken()["mallory", technique, "boss"]


ACCOUNT_ROOT = "arn:aws:iam::111111111111:root"


def tagging(*actions: str, **condition: Any) -> dict[str, Any]:
    """That the account may act as a role by these actions."""
    return {
        "Effect": "Allow",
        "Principal": {"AWS": ACCOUNT_ROOT},
        "Action": list(actions),
        **condition,
    }


TAG_SESSION = ("sts:AssumeRole", "sts:TagSession")


def test_a_session_is_tagged_so_that_the_role_s_policy_allows_all(iam: Identities) -> None:
    iam.role("boss", allow("*", **TRUSTED), trusts=tagging(*TAG_SESSION))
    iam.user("mallory", allow(*TAG_SESSION))
    iam.user("trudy", allow("sts:AssumeRole"))

    assert found(iam) == (True, ["sts-tag-session"])
    assert found(iam, "trudy") is None


def test_a_session_is_not_tagged_where_the_role_does_not_let_it(iam: Identities) -> None:
    iam.role("boss", allow("*", **TRUSTED), trusts=tagging("sts:AssumeRole"))
    iam.user("mallory", allow(*TAG_SESSION))

    assert found(iam) is None


def test_a_session_is_tagged_so_that_the_role_lets_it_begin(iam: Identities) -> None:
    asked = only("aws:RequestTag/project", "clew", operator="StringEquals")
    iam.role("boss", allow("*"), trusts=tagging(*TAG_SESSION, **asked))
    iam.user("mallory", allow(*TAG_SESSION))
    iam.user("trudy", allow("sts:AssumeRole"))

    assert found(iam) == (True, ["sts-tag-session"])
    assert found(iam, "trudy") is None


@pytest.mark.parametrize(("value", "expected"), [("yes", True), ("no", None)])
def test_a_session_gets_only_the_tags_of_its_caller(
    iam: Identities, value: str, expected: bool | None
) -> None:
    same = only("aws:RequestTag/trusted", "${aws:PrincipalTag/trusted}", operator="StringEquals")
    boss = iam.role("boss", allow("*", **TRUSTED), trusts=tagging(*TAG_SESSION, **same))
    iam.role("step", allow(*TAG_SESSION, on=boss), trusts=tagging(*TAG_SESSION))
    this = only("aws:RequestTag/trusted", value, operator="StringEquals")
    iam.user("mallory", allow(*TAG_SESSION, on=iam.arn("role", "step"), **this))

    assert found(iam) == (expected and (True, ["sts-tag-session", "sts-tag-session"]))


@pytest.mark.parametrize(("number", "said"), [(50, False), (51, True)])
def test_what_is_not_tried_is_said(iam: Identities, number: int, said: bool) -> None:
    teams = [f"team-{each}" for each in range(number)]
    iam.user(
        "mallory",
        allow("iam:TagUser", on=ME),
        allow("s3:GetObject", **only("aws:PrincipalTag/team", *teams, operator="StringEquals")),
    )

    notes = Steps.of(iam).graph.notes
    wanted = "Of the values that policies compare tags with, no more than 50 are tried"
    assert (wanted in notes) is said


PIPELINE, EMR = "datapipeline.amazonaws.com", "elasticmapreduce.amazonaws.com"
RUN_PIPELINE = tuple(
    f"datapipeline:{name}Pipeline{rest}"
    for name, rest in (("Create", ""), ("Put", "Definition"), ("Activate", ""))
)


@pytest.mark.parametrize(
    ("passed", "trusted", "expected"),
    [
        (PIPELINE, PIPELINE, True),
        (EMR, EMR, True),
        ("elasticmapreduce.*", EMR, True),
        (EMR, PIPELINE, False),
        (PIPELINE, EMR, False),
        ("lambda.amazonaws.com", EMR, False),
    ],
)
def test_a_role_is_passed_to_whichever_service_it_trusts(
    iam: Identities, passed: str, trusted: str, expected: bool
) -> None:
    iam.role("svc", trusts=trust(trusted))
    limit = only("iam:PassedToService", passed, operator="StringLike")
    iam.user("mallory", allow("iam:PassRole", **limit), allow(*RUN_PIPELINE))

    steps = Steps.of(iam)
    step = ("mallory", "datapipeline-pipeline-role", "svc")
    assert (step in steps.taken()) is expected
    if expected:
        assert len(steps.hop(*step).conditions) == 1  # What the technique assumes.
