"""What holds of the steps of every estate. CLEW_TEST_ESTATES says how many are tried."""

import os
from typing import Any

import pytest
from clew.collectors.aws.lambda_ import Function
from clew.graph.attack.attack_graph import attack_graph
from clew.graph.attack.model import AttackGraph, StepType
from clew.graph.model import ListingStatus, Status
from clew.graph.sets import members
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.audit import blank
from support.identities import (
    ACCOUNT,
    OTHER,
    REGION,
    Identities,
    allow,
    deny,
    graph_of,
    policy,
    trust,
)

pytestmark = pytest.mark.slow

ACTIONS = st.sampled_from(
    [
        "*",
        "cloudformation:*",
        "ec2:*",
        "iam:*",
        "iam:AddUserToGroup",
        "iam:AttachRolePolicy",
        "iam:CreateAccessKey",
        "iam:CreatePolicyVersion",
        "iam:Delete*",
        "iam:PassRole",
        "iam:PutUserPolicy",
        "iam:SetDefaultPolicyVersion",
        "iam:UpdateAssumeRolePolicy",
        "lambda:*",
        "lambda:UpdateFunctionCode",
        "sts:AssumeRole",
    ]
)
NAMES = ("a", "b", "c")
ON = st.sampled_from(["*", "*", f"arn:aws:iam::{ACCOUNT}:*/a", f"arn:aws:iam::{ACCOUNT}:role/*"])
CONDITIONS = st.sampled_from(
    [
        None,
        None,
        None,
        {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
        {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}},
        {"StringNotEquals": {"aws:PrincipalAccount": ACCOUNT}},
    ]
)


@st.composite
def statements(draw: st.DrawFn) -> list[Any]:
    made = []
    for _ in range(draw(st.integers(0, 2))):
        make = deny if draw(st.integers(0, 4)) == 0 else allow
        condition = draw(CONDITIONS)
        more = {"Condition": condition} if condition else {}
        actions = draw(st.lists(ACTIONS, min_size=1, max_size=3, unique=True))
        made.append(make(*actions, on=draw(ON), **more))
    return made


@st.composite
def accounts(draw: st.DrawFn, account: str) -> Identities:
    iam = Identities(account)
    policies = [
        iam.managed(name, *[policy(*draw(statements())) for _ in range(draw(st.integers(1, 2)))])
        for name in NAMES[:2]
    ]
    one_of = st.sampled_from([*policies, ""])
    trusted = [
        "lambda.amazonaws.com",
        "ec2.amazonaws.com",
        f"arn:aws:iam::{ACCOUNT}:root",
        f"arn:aws:iam::{OTHER}:root",
        f"arn:aws:iam::{ACCOUNT}:user/a",
    ]
    for name in NAMES[:2]:
        iam.group(name, *draw(statements()))
        attached = draw(one_of)
        iam.user(
            name,
            *draw(statements()),
            groups=draw(st.sets(st.sampled_from(NAMES[:2]))),
            attached=[attached] if attached else [],
            boundary=draw(one_of) if draw(st.booleans()) else "",
        )
        iam.role(
            name,
            *draw(statements()),
            trusts=trust(draw(st.sampled_from(trusted)), condition=draw(CONDITIONS)),
            boundary=draw(one_of) if draw(st.booleans()) else "",
        )
    return iam


@st.composite
def functions(draw: st.DrawFn) -> Function:
    """A function whose role, resource policy and kind may be unread."""
    name = draw(st.sampled_from(NAMES))
    return blank(
        Function,
        id=f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}",
        name=name,
        account=ACCOUNT,
        package_type=draw(st.sampled_from(["Zip", "Image", None])),
        role=draw(st.sampled_from([f"arn:aws:iam::{ACCOUNT}:role/a", "", None])),
        policy=draw(st.sampled_from(["", None])),
    )


@st.composite
def estates(draw: st.DrawFn) -> Any:
    graph, reads = graph_of(
        draw(accounts(ACCOUNT)),
        draw(accounts(OTHER)),
        resources=draw(st.lists(functions(), max_size=2, unique_by=lambda each: each.id)),
        listed=draw(st.sets(st.sampled_from(["AWSLambda", "AWSEC2Instance"]))),
    )
    failed = draw(st.sets(st.sampled_from(["AWSLambda", "AWSCloudFormationStack"])))
    listed = {read.label for read in reads}
    reads += [
        ListingStatus(label, ACCOUNT, REGION, Status.DENIED) for label in sorted(failed - listed)
    ]
    return graph, reads


ESTATES = estates()
TRIED = int(os.environ.get("CLEW_TEST_ESTATES", "20"))
several = settings(max_examples=TRIED, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def steps(graph: AttackGraph) -> list[tuple[Any, int, int]]:
    return [
        (grant, source, target)
        for grant in graph.steps
        for source in members(grant.sources)
        for target in members(grant.reached.possible)
    ]


@several
@given(ESTATES)
def test_a_step_has_conditions_where_it_is_not_certain_and_only_there(estate: Any) -> None:
    graph = attack_graph(*estate)

    for grant, source, target in steps(graph):
        hop = graph.explain(grant, source, target)
        certain = bool(grant.reached.certain >> target & 1)
        assert bool(hop.conditions) is not certain, (grant, hop)
        assert (hop.source, hop.target) == (graph.nodes[source].id, graph.nodes[target].id)


@several
@given(ESTATES)
def test_what_is_certain_and_what_is_possible_are_apart(estate: Any) -> None:
    graph = attack_graph(*estate)

    assert not graph.administrators.certain & graph.administrators.open
    assert set(graph.reasons) >= set(members(graph.administrators.possible))
    for grant in graph.steps:
        assert not grant.reached.certain & grant.reached.open
        assert grant.reached.possible
        assert not (grant.sources | grant.reached.possible) >> len(graph.nodes)


@several
@given(ESTATES)
def test_the_same_estate_has_the_same_steps(estate: Any) -> None:
    one, other = attack_graph(*estate), attack_graph(*estate)

    assert (one.nodes, one.steps) == (other.nodes, other.steps)
    assert (one.administrators, one.reasons) == (other.administrators, other.reasons)


@several
@given(accounts(ACCOUNT), st.integers(0, 3))
def test_a_denial_of_iam_over_all_leaves_no_technique_on_iam(iam: Identities, which: int) -> None:
    forbidden = ["iam:*", "lambda:*", "ec2:*", "cloudformation:*"][which]
    levels = [[policy(allow("*"), deny(forbidden, "organizations:*"))]]  # else it may be rewritten

    graph = attack_graph(*graph_of(iam, service_controls={ACCOUNT: levels}))

    prefix = forbidden.removesuffix("*")
    for grant in graph.steps:
        if grant.type == StepType.CAN_ESCALATE_TO:
            assert not any(action.startswith(prefix) for action in grant.permissions)
