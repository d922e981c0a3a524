"""What is changed first and acted as afterwards, by whatever technique."""

from typing import Any

import pytest
from clew.collectors.aws.fis import ExperimentTemplate
from clew.collectors.aws.lambda_ import Function
from clew.graph.attack.model import Hop
from clew.graph.attack.search import Search, admin, explain_path
from clew.graph.sets import members
from support.audit import blank
from support.identities import ACCOUNT, ADMIN, REGION, Identities, allow, policy, trust
from support.steps import Steps

LAMBDA = ("lambda:CreateFunction", "lambda:InvokeFunction")


@pytest.fixture
def iam() -> Identities:
    return Identities()


def paths(steps: Steps, source: str) -> list[tuple[bool, list[str]]]:
    """Whether each path of a principal to an administrator is conditional, and by what it goes."""
    graph = steps.graph
    (start,) = (
        number for number, node in enumerate(graph.nodes) if node.name == source and not node.state
    )
    return [
        (path.conditional, [step.technique for step in path.steps if step.technique])
        for path in Search(graph, admin(graph)).paths(start)
    ]


def test_a_role_is_given_a_policy_and_then_passed(iam: Identities) -> None:
    role = iam.role("svc", trusts=[trust("lambda.amazonaws.com")])
    iam.user(
        "mallory",
        allow("iam:AttachRolePolicy", on=role),
        allow("iam:PassRole", on=role),
        allow(*LAMBDA),
    )

    steps = Steps.of(iam)

    assert paths(steps, "mallory") == [
        (False, ["iam-attach-role-policy", "lambda-create-function-invoke"])
    ]


def test_without_the_right_to_pass_it_a_changed_role_is_worth_nothing(iam: Identities) -> None:
    role = iam.role("svc", trusts=[trust("lambda.amazonaws.com")])
    iam.user("mallory", allow("iam:AttachRolePolicy", on=role), allow(*LAMBDA))

    assert paths(Steps.of(iam), "mallory") == []


def test_another_version_of_a_roles_policy_is_put_in_force(iam: Identities) -> None:
    wide = iam.managed("wide", policy(allow("*")), policy(allow("s3:ListAllMyBuckets")))
    role = iam.role("svc", trusts=[trust("lambda.amazonaws.com")], attached=[wide])
    iam.user(
        "mallory",
        allow("iam:SetDefaultPolicyVersion", on=wide),
        allow("iam:PassRole", on=role),
        allow(*LAMBDA),
    )

    assert (False, ["iam-set-default-role-policy-version", "lambda-create-function-invoke"]) in (
        paths(Steps.of(iam), "mallory")
    )


def test_a_group_is_given_a_policy_and_a_key_made_for_its_member(iam: Identities) -> None:
    group = iam.group("devs")
    member = iam.user("member", groups=["devs"])
    iam.user("outsider")
    iam.user(
        "mallory",
        allow("iam:PutGroupPolicy", on=group),
        allow("iam:CreateAccessKey", on=member),
    )

    assert paths(Steps.of(iam), "mallory") == [
        (False, ["iam-put-group-policy", "iam-create-access-key"])
    ]


def test_a_boundary_is_taken_off_and_a_key_made(iam: Identities) -> None:
    limit = iam.managed("limit", policy(allow("s3:*")))
    boss = iam.user("boss", allow("*"), boundary=limit)
    iam.user(
        "mallory",
        allow("iam:DeleteUserPermissionsBoundary", on=boss),
        allow("iam:CreateAccessKey", on=boss),
    )

    assert paths(Steps.of(iam), "mallory") == [
        (False, ["iam-delete-user-boundary", "iam-create-access-key"])
    ]


def test_two_changes_of_one_principal_follow_each_other(iam: Identities) -> None:
    limit = iam.managed("limit", policy(allow("s3:*")))
    role = iam.role("svc", trusts=[trust("lambda.amazonaws.com")], boundary=limit)
    iam.user(
        "mallory",
        allow("iam:PutRolePolicy", "iam:DeleteRolePermissionsBoundary", on=role),
        allow("iam:PassRole", on=role),
        allow(*LAMBDA),
    )

    found = [techniques for _, techniques in paths(Steps.of(iam), "mallory")]

    assert ["iam-put-role-policy", "iam-delete-role-boundary", "lambda-create-function-invoke"] in (
        [sorted(one[:2], reverse=True) + one[2:] for one in found]
    )


def test_nobody_holds_what_is_only_changed(iam: Identities) -> None:
    role = iam.role("svc", trusts=[trust("lambda.amazonaws.com")])
    iam.user("mallory", allow("iam:AttachRolePolicy", "iam:PassRole", on=role), allow(*LAMBDA))

    graph = Steps.of(iam).graph

    (changed,) = graph.changed
    assert not graph.administrators.possible >> changed & 1
    assert graph.nodes[changed].state.startswith("changed: any policy")


def test_each_hop_names_the_statements_of_whoever_takes_the_path(iam: Identities) -> None:
    role = iam.role("svc", trusts=[trust("lambda.amazonaws.com")])
    mine: dict[str, Any] = {}
    for name in ("ada", "ben"):
        mine[name] = iam.user(
            name, allow("iam:AttachRolePolicy", "iam:PassRole", on=role), allow(*LAMBDA)
        )
    graph = Steps.of(iam).graph
    search = Search(graph, admin(graph))

    for name, arn in mine.items():
        (path,) = search.paths(graph.number[arn, ""])
        policies = {
            statement.policy
            for hop in explain_path(graph, path).hops
            for statement in hop.statements
        }
        assert {one for one in policies if ":user/" in one} == {f"{arn}/inline_policy/{_INLINE}"}
        assert name in str(policies)


_INLINE = "own"


def test_an_administrator_needs_no_detour(iam: Identities) -> None:
    role = iam.role("svc", trusts=[trust("lambda.amazonaws.com")])
    own = iam.arn("user", "mallory")
    iam.user(
        "mallory",
        allow("iam:PutUserPolicy", on=own),
        allow("iam:AttachRolePolicy", "iam:PassRole", on=role),
        allow(*LAMBDA),
    )

    assert paths(Steps.of(iam), "mallory") == [(False, ["iam-put-own-user-policy"])]


def test_a_role_that_is_no_more_worth_for_its_change_makes_no_step(iam: Identities) -> None:
    role = iam.role(
        "svc", trusts=[trust("lambda.amazonaws.com")], attached=[iam.managed("all", ADMIN)]
    )
    iam.user("mallory", allow("iam:AttachRolePolicy", "iam:PassRole", on=role), allow(*LAMBDA))

    assert paths(Steps.of(iam), "mallory") == [(False, ["lambda-create-function-invoke"])]


def function(name: str, role: str | None) -> Function:
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"
    return blank(
        Function, id=arn, name=name, account=ACCOUNT, package_type="Zip", role=role, policy=""
    )


def taken_as(steps: Steps, name: str) -> dict[str, tuple[bool, Hop]]:
    """The techniques by which a changed principal is acted as: whether for certain, and why."""
    graph = steps.graph
    return {
        step.technique: (
            bool(step.reached.certain >> target & 1),
            graph.explain(step, each, target),
        )
        for step in graph.steps
        for each in members(step.sources)
        for target in members(step.reached.possible)
        if each in graph.changed and graph.nodes[each].name == name
    }


@pytest.mark.parametrize("changed", ["*", f"arn:aws:lambda:*:{ACCOUNT}:function:unread"])
def test_a_changed_role_is_acted_as_by_what_was_not_read(iam: Identities, changed: str) -> None:
    role = iam.role("svc", trusts=[trust("lambda.amazonaws.com")])
    other = iam.role("the-other", trusts=[trust("lambda.amazonaws.com")])
    iam.user(
        "mallory",
        allow("iam:PutRolePolicy", on=role),
        allow("lambda:UpdateFunctionCode", on=changed),
    )
    read = [function(name, other) for name in ("one", "two", "three")]

    is_certain, hop = taken_as(Steps.of(iam, resources=read), "svc")["lambda-update-code"]

    assert not is_certain
    assert hop.conditions == ("whether a AWSLambda runs as svc could not be read",)
    assert hop.evidence == ()


def test_a_changed_role_is_acted_as_by_what_may_run_as_it(iam: Identities) -> None:
    role = iam.role("svc", trusts=[trust("lambda.amazonaws.com")])
    iam.user("mallory", allow("iam:PutRolePolicy", on=role), allow("lambda:UpdateFunctionCode"))
    unread = function("job", None)

    steps = Steps.of(iam, resources=[unread], listed=["AWSLambda"])

    is_certain, hop = taken_as(steps, "svc")["lambda-update-code"]
    assert not is_certain
    assert hop.conditions == ("as which role job runs could not be read",)
    assert hop.evidence == (unread.id,)


def test_what_runs_as_a_changed_role_comes_before_what_may(iam: Identities) -> None:
    role = iam.role("svc", trusts=[trust("lambda.amazonaws.com")])
    iam.user("mallory", allow("iam:PutRolePolicy", on=role), allow("lambda:UpdateFunctionCode"))
    functions = [function("a", None), function("b", role), function("c", None)]

    steps = Steps.of(iam, resources=functions, listed=["AWSLambda"])

    is_certain, hop = taken_as(steps, "svc")["lambda-update-code"]
    assert (is_certain, hop.conditions) == (True, ())
    assert hop.evidence == (functions[1].id,)


def test_a_step_over_what_may_run_as_several_names_the_changed_one(iam: Identities) -> None:
    """The technique asks something of the role behind the resource, too."""
    roles = [
        iam.role(name, allow("ssm:SendCommand"), trusts=[trust("fis.amazonaws.com")])
        for name in ("first", "svc", "last")
    ]
    iam.user(
        "mallory",
        allow("iam:PutRolePolicy", on=roles[1]),
        allow("fis:UpdateExperimentTemplate", "fis:StartExperiment"),
    )
    arn = f"arn:aws:fis:{REGION}:{ACCOUNT}:experiment-template/EXT1"
    unread = blank(ExperimentTemplate, id=arn, name="test", account=ACCOUNT, role=None)

    steps = Steps.of(iam, resources=[unread], listed=["AWSFISExperimentTemplate"])

    is_certain, hop = taken_as(steps, "svc")["fis-update-template"]
    assert not is_certain
    assert "as which role test runs could not be read" in hop.conditions
    assert not any("first" in one or "last" in one for one in (*hop.evidence, *hop.conditions))


@pytest.mark.parametrize("sure", ["iam:AttachRolePolicy", "iam:PutRolePolicy"])
def test_a_certain_change_comes_before_one_that_is_only_possible(
    iam: Identities, sure: str
) -> None:
    role = iam.role("svc", trusts=[trust("lambda.amazonaws.com")])
    mfa = {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
    iam.user(
        "mallory",
        *(
            allow(action, on=role, **({} if action == sure else mfa))
            for action in ("iam:AttachRolePolicy", "iam:PutRolePolicy")
        ),
        allow("iam:PassRole", on=role),
        allow(*LAMBDA),
    )

    found = paths(Steps.of(iam), "mallory")

    assert [is_conditional for is_conditional, _ in found] == [False]
