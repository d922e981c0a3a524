"""Answers by sets are those for each pair; and whether something new may be made somewhere."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from clew.collectors.aws.kms import Key
from clew.collectors.aws.s3 import Bucket
from clew.graph.authorization.aws.authorizer import ANYTHING, AWSAuthorizer, references
from clew.graph.authorization.aws.decision import Decision
from clew.graph.authorization.aws.environment import AWSEnvironment, PrincipalState
from clew.graph.authorization.resource_table import ResourceTable
from clew.graph.model import Resource
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.identities import ACCOUNT, OTHER, Identities, allow, deny, graph_of, policy, trust

pytestmark = pytest.mark.slow

FUNCTION = "arn:{partition}:lambda:{region}:{account}:function:{name}"
ACTIONS = ("s3:GetObject", "kms:Decrypt", "sts:AssumeRole", "iam:AttachRolePolicy", "iam:PassRole")
NAMES = [
    f"arn:aws:iam::{ACCOUNT}:{one}" for one in ("user/ada", "user/ben", "role/job", "role/ops")
]
NAMES += [f"arn:aws:iam::{OTHER}:role/far", f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/x/svc"]
BUCKETS = [f"arn:aws:s3:::{name}" for name in ("data", "logs", "far")]
KEYS = [f"arn:aws:kms:us-east-1:{ACCOUNT}:key/one", f"arn:aws:kms:eu-west-1:{OTHER}:key/two"]

patterns = st.just("*") | st.sampled_from(
    (
        *NAMES,
        *BUCKETS,
        *KEYS,
        "arn:aws:iam::*:role/*",
        "arn:aws:iam::*:role/?ob",
        "arn:aws:iam::*ob",
        f"arn:aws:iam::{ACCOUNT}:r*/job",
        f"arn:aws:kms:*:{ACCOUNT[:3]}*:key/*",
        "arn:aws:s3:::*a*",
        f"arn:aws:iam::{ACCOUNT}:user/${{aws:username}}",
        "arn:aws:s3:::${aws:PrincipalTag/team}",
        "arn:aws:s3:::${aws:ResourceTag/team, 'data'}",
    )
)
actions = st.just("*") | st.sampled_from(("s3:*", "s3:Get*", "iam:*", "sts:AssumeRole", *ACTIONS))
conditions = st.sampled_from(
    (
        {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
        {"StringEquals": {"aws:PrincipalTag/team": "data"}},
        {"StringEquals": {"aws:ResourceTag/team": "data"}},
        {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}},
        {"StringNotEquals": {"aws:RequestedRegion": ["us-east-1", "eu-west-1"]}},
        {"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}},
        {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*o*"}},
        {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}},
        {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}},
        {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}},
        {"Null": {"aws:TokenIssueTime": "true"}},
        {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}},
        {"StringLike": {"iam:PassedToService": "lambda.*.amazonaws.com"}},
        {"StringEquals": {"aws:username": "ada"}},
        {"Bool": {"aws:SecureTransport": "false"}},
        {"Unknown": {"aws:SecureTransport": "false"}},
    )
)
everyone = st.sampled_from(
    (
        "*",
        {"AWS": "*"},
        {"AWS": [ACCOUNT]},
        {"AWS": f"arn:aws:iam::{OTHER}:root"},
        *({"AWS": name} for name in NAMES),
        {"AWS": [NAMES[0], OTHER]},
        {"AWS": [NAMES[0], ACCOUNT]},
        {"AWS": [NAMES[2], ACCOUNT]},
        {"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/job/run"},
        {"AWS": [NAMES[2], f"arn:aws:sts::{ACCOUNT}:assumed-role/job/run", ACCOUNT]},
        {"Service": "lambda.amazonaws.com"},
        {"Service": "lambda.eu-south-1.amazonaws.com"},
        {"CanonicalUser": "0123"},
        {"AWS": 7},
    )
)


@st.composite
def statements(draw: st.DrawFn, *, of_resource: bool = False) -> dict[str, Any]:
    written: dict[str, Any] = {"Effect": draw(st.sampled_from(("Allow", "Allow", "Deny")))}
    written[draw(st.sampled_from(("Action", "Action", "Action", "NotAction")))] = draw(
        st.lists(actions, min_size=1, max_size=2)
    )
    element = draw(st.sampled_from(("Resource", "Resource", "Resource", "NotResource")))
    if not of_resource or draw(st.booleans()):
        written[element] = draw(st.lists(patterns, min_size=1, max_size=2))
    if of_resource:
        written[draw(st.sampled_from(("Principal", "Principal", "NotPrincipal")))] = draw(everyone)
    if draw(st.integers(0, 3)) == 0:
        written["Condition"] = draw(conditions)
    return written


def several(*, of_resource: bool = False) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(statements(of_resource=of_resource), max_size=2)


documents = several(of_resource=True).map(lambda found: json.dumps(policy(*found)))
resource_policies = st.one_of(st.none(), st.just(""), documents, documents, documents)
levels = st.lists(
    st.lists(several().map(lambda found: policy(allow("*"), *found)), min_size=1, max_size=1),
    max_size=2,
)
tags = st.sampled_from((None, [], ["team=data"], ["team=logs"]))


@st.composite
def estates(draw: st.DrawFn) -> AWSEnvironment:
    """Two accounts whose principals share a few policies, so that many are alike."""
    own = st.sampled_from(([], *draw(st.lists(several(), min_size=1, max_size=2))))
    trusts = st.sampled_from(draw(st.lists(several(of_resource=True), min_size=1, max_size=2)))
    policies = st.sampled_from(draw(st.lists(resource_policies, min_size=1, max_size=3)))
    here, there = Identities(ACCOUNT), Identities(OTHER)
    shared = here.managed("shared", policy(*draw(several())))
    everything = draw(st.sampled_from(((), (allow("*"),))))
    limits = here.managed("limits", policy(*everything, *draw(several())))
    here.group("crew", *draw(several()))
    boundary = st.sampled_from(("", limits))
    attached = st.sampled_from(((), (shared,)))
    groups = st.sampled_from(((), ("crew",)))
    for name in ("ada", "ben"):
        here.user(
            name,
            *draw(own),
            groups=draw(groups),
            attached=draw(attached),
            boundary=draw(boundary),
        )
    for owner, name, path in (
        (here, "job", "/"),
        (here, "ops", "/"),
        (there, "far", "/"),
        (here, "svc", "/aws-service-role/x/"),
    ):
        owner.role(
            name,
            *draw(own),
            trusts=draw(trusts),
            boundary=draw(boundary) if owner is here else "",
            path=path,
        )
    places = ((ACCOUNT, "us-east-1"), (ACCOUNT, "eu-west-1"), (OTHER, "us-east-1"))
    resources: list[Resource] = [
        Bucket(id=id_, name=id_[13:], account=account, region=region, policy=draw(policies))
        for id_, (account, region) in zip(BUCKETS, places, strict=True)
    ]
    for id_ in KEYS:
        _, _, _, region, account, _ = id_.split(":")
        resources.append(Key(id=id_, account=account, region=region, policy=draw(policies)))
    return AWSEnvironment.of(
        *graph_of(
            here,
            there,
            resources=resources,
            service_controls={ACCOUNT: draw(levels)},
            resource_controls={OTHER: draw(levels)},
            known={id_: {"tags": draw(tags)} for id_ in (*NAMES, *BUCKETS)},
        )
    )


def holders(estate: AWSEnvironment) -> list[PrincipalState]:
    known = [PrincipalState(id_) for id_ in estate.principals]
    return [
        *known,
        *(holder._replace(any_policy=True) for holder in known[:2]),
        *(holder._replace(unbounded=True) for holder in known[:2]),
        known[0]._replace(groups=frozenset((f"arn:aws:iam::{ACCOUNT}:group/crew",))),
        PrincipalState("*"),
        PrincipalState("lambda.amazonaws.com"),
        PrincipalState(f"arn:aws:iam::{ACCOUNT}:root"),
        PrincipalState(f"arn:aws:sts::{ACCOUNT}:assumed-role/job/run"),
        PrincipalState("arn:aws:iam::333333333333:user/external"),
    ]


def in_words(
    permissions: AWSAuthorizer, holder: PrincipalState, action: str, table: ResourceTable, row: int
) -> str:
    reach = permissions.allowed(holder, action, table)
    if reach.certain >> row & 1:
        return "certain"
    return "possible" if reach.possible >> row & 1 else "never"


WORDS = {
    Decision.ALLOWED: "certain",
    Decision.CONDITIONAL: "possible",
    Decision.IMPLICITLY_DENIED: "never",
    Decision.EXPLICITLY_DENIED: "never",
}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(estates())
def test_an_answer_by_sets_is_the_answer_for_each_pair(estate: AWSEnvironment) -> None:
    permissions = AWSAuthorizer(estate)
    tables = [estate.table(label) for label in ("AWSRole", "AWSUser", "AWSS3Bucket", "AWSKMSKey")]
    tables.append(
        ResourceTable(map(estate.row, ("*", "arn:aws:s3:::unheard-of", f"{BUCKETS[0]}/part")))
    )
    for action in ACTIONS:
        for table in tables:
            for holder in holders(estate):
                for row, arn in enumerate(table.ids):
                    answer = permissions.decide(holder, action, arn)
                    assert (
                        in_words(permissions, holder, action, table, row) == WORDS[answer.decision]
                    ), (holder, action, arn, answer)


def test_a_boundary_limits_what_a_role_is_granted_by_name_and_not_what_a_user_is() -> None:
    here = Identities()
    limits = here.managed("limits", policy(allow("sqs:*")))
    ada, ben = here.user("ada", boundary=limits), here.user("ben")
    ops, job = here.role("ops", boundary=limits), here.role("job")
    bucket = Bucket(
        id=BUCKETS[0],
        account=ACCOUNT,
        policy=json.dumps(policy(allow("s3:*", Principal={"AWS": [ada, ben, ops, job]}))),
    )
    estate = AWSEnvironment.of(*graph_of(here, resources=[bucket]))
    permissions, table = AWSAuthorizer(estate), estate.table("AWSS3Bucket")
    for id_, expected in ((ada, 1), (ben, 1), (ops, 0), (job, 1)):
        reach = permissions.allowed(PrincipalState(id_), "s3:ListBucket", table)
        assert reach == (expected, expected), id_


def test_who_is_named_beside_its_account_leaves_the_others_to_their_own_policies() -> None:
    here = Identities()
    ada, ben = here.user("ada"), here.user("ben")
    cleo = here.user("cleo", allow("sts:AssumeRole"))
    role = here.role("job", trusts=trust(ada, f"arn:aws:iam::{ACCOUNT}:root"))
    estate = AWSEnvironment.of(*graph_of(here))
    permissions, table = AWSAuthorizer(estate), estate.table("AWSRole")
    row = 1 << table.index[role]
    for user, expected in ((ada, row), (ben, 0), (cleo, row), (ada, row)):
        reach = permissions.allowed(PrincipalState(user), "sts:AssumeRole", table)
        assert reach == (expected, expected), user


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(estates(), st.randoms())
def test_answers_do_not_hang_on_the_order_of_questions(
    estate: AWSEnvironment, shuffled: Any
) -> None:
    asked = [
        (holder, action, label)
        for holder in holders(estate)
        for action in ACTIONS
        for label in ("AWSRole", "AWSS3Bucket")
    ]

    def answers() -> dict[Any, Any]:
        permissions = AWSAuthorizer(estate)
        shuffled.shuffle(asked)
        return {
            (holder, action, label): permissions.allowed(holder, action, estate.table(label))
            for holder, action, label in asked
        }

    assert answers() == answers()


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(estates())
def test_an_explanation_that_principals_share_is_that_of_each(estate: AWSEnvironment) -> None:
    permissions = AWSAuthorizer(estate)
    resources = [*estate.principals, *BUCKETS, "*", f"{BUCKETS[0]}/part"]
    for action in ACTIONS:
        for arn in resources:
            for holder in holders(estate):
                answer = permissions.decide(holder, action, arn)
                open_ = (*answer.open_keys, *answer.unread) if answer.is_allowed is None else ()
                statements = references(answer.statements)
                assert permissions.explain(holder, action, arn) == (
                    answer.is_allowed,
                    open_,
                    statements,
                ), (holder, action, arn)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(estates())
def test_who_holds_nothing_that_allows_an_action_is_sifted_out_rightly(
    estate: AWSEnvironment,
) -> None:
    permissions = AWSAuthorizer(estate)
    for action in ("iam:AttachRolePolicy", "iam:PassRole"):  # no resource's own policy grants these
        able = permissions.principals_with(action)
        for place, id_ in enumerate(estate.principals):
            if not able >> place & 1:
                reach = permissions.allowed(PrincipalState(id_), action, estate.table("AWSRole"))
                assert not reach.possible


@pytest.mark.parametrize(
    ("identity", "boundary", "expected"),
    [
        ([allow("lambda:*")], (), True),
        ([allow("lambda:*", on="arn:aws:lambda:*:*:function:team-*")], (), True),
        ([allow("lambda:*", on="arn:aws:lambda:*:222222222222:function:*")], (), False),
        ([allow("lambda:*", on="arn:aws:s3:::*")], (), False),
        ([allow("lambda:*"), deny("lambda:*", on="*:function:team-*")], (), True),
        ([allow("lambda:*", on="*:function:a*"), deny("lambda:*", on="*:function:ab*")], (), True),
        ([allow("lambda:*", on="*:function:ab*"), deny("lambda:*", on="*:function:a*")], (), False),
        ([allow("lambda:*", on="*:function:a*")], [allow("*", on="*:function:*b")], True),
        ([allow("lambda:*", on="*:function:a")], [allow("*", on="*:function:b")], False),
        ([allow("lambda:*"), {"Effect": "Deny", "Action": "*", "NotResource": "*:x-?"}], (), True),
        (
            [allow("lambda:*", Condition={"StringEquals": {"aws:RequestedRegion": "sa-east-1"}})],
            (),
            True,
        ),
        (
            [
                allow("lambda:*"),
                deny("*", Condition={"StringNotEquals": {"aws:RequestedRegion": "ap-northeast-3"}}),
            ],
            (),
            True,
        ),
        ([allow("lambda:*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})], (), None),
        ([allow("lambda:*", on="*:function:${aws:username}-*")], (), True),
        (
            [allow("lambda:CreateFunction", on="*:a"), allow("lambda:InvokeFunction", on="*:b")],
            (),
            False,
        ),
        (
            [allow("lambda:CreateFunction", on="*:a*"), allow("lambda:InvokeFunction", on="*:*b")],
            (),
            True,
        ),
    ],
)
def test_something_new_is_made_under_a_name_that_policies_let(
    identity: Sequence[Mapping[str, Any]],
    boundary: Sequence[Mapping[str, Any]],
    expected: bool | None,
) -> None:
    here = Identities()
    limits = here.managed("limits", policy(*boundary)) if boundary else ""
    ada = PrincipalState(here.user("ada", *identity, boundary=limits))
    permissions = AWSAuthorizer(AWSEnvironment.of(*graph_of(here)))
    asked = [("lambda:CreateFunction", ()), ("lambda:InvokeFunction", ())]
    assert permissions.allowed_on_new(ada, asked, FUNCTION) is expected
    example = permissions.example(ada, asked, FUNCTION)
    for action, given_ in asked:
        answer = permissions.decide(ada, action, example, given_)
        assert expected is False or answer.is_allowed is expected


def test_what_aws_names_itself_is_not_named_by_a_policy_beforehand() -> None:
    here = Identities()
    ada = PrincipalState(here.user("ada", allow("ec2:*", on="arn:aws:ec2:*:*:instance/i-0abc")))
    ben = PrincipalState(here.user("ben", allow("ec2:*", on="arn:aws:ec2:*:*:instance/*")))
    permissions = AWSAuthorizer(AWSEnvironment.of(*graph_of(here)))
    template = "arn:{partition}:ec2:{region}:{account}:instance/{id}"
    assert permissions.allowed_on_new(ada, [("ec2:RunInstances", ())], template) is False
    assert permissions.allowed_on_new(ben, [("ec2:RunInstances", ())], template) is True


def test_anything_is_every_arn_that_a_policy_allows() -> None:
    here = Identities()
    ada = PrincipalState(
        here.user("ada", allow("glue:StartJobRun", on="arn:aws:glue:us-east-1:*:job/x"))
    )
    permissions = AWSAuthorizer(AWSEnvironment.of(*graph_of(here)))
    assert permissions.allowed_on_new(ada, [("glue:StartJobRun", ())], ANYTHING) is True
    assert permissions.allowed_on_new(ada, [("glue:DeleteJob", ())], ANYTHING) is False


def test_a_part_of_a_bucket_is_found_by_the_policy_that_names_it() -> None:
    here = Identities()
    ada = PrincipalState(here.user("ada", allow("s3:GetObject", on="arn:aws:s3:::data/open/*")))
    bucket = Bucket(id="arn:aws:s3:::data", name="data", account=ACCOUNT, policy="")
    permissions = AWSAuthorizer(AWSEnvironment.of(*graph_of(here, resources=[bucket])))
    asked = [("s3:GetObject", ())]
    assert permissions.allowed_on_new(ada, asked, bucket.id) is False
    assert permissions.allowed_on_any_part(ada, asked, bucket.id) is True


def test_what_is_given_of_a_request_settles_conditions() -> None:
    here = Identities()
    role = here.role("job", trusts=trust("lambda.amazonaws.com"))
    to_lambda = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
    ada = PrincipalState(here.user("ada", allow("iam:PassRole", Condition=to_lambda)))
    estate = AWSEnvironment.of(*graph_of(here))
    permissions, table = AWSAuthorizer(estate), estate.table("AWSRole")
    row = 1 << table.index[role]
    assert permissions.allowed(ada, "iam:PassRole", table) == (0, row)
    for service, expected in (("lambda", row), ("ec2", 0)):
        given_ = {"iam:PassedToService": f"{service}.amazonaws.com"}
        assert permissions.allowed(ada, "iam:PassRole", table, given_) == (expected, expected)


SERVICES = [
    ("aws", "ec2.amazonaws.com", True),
    ("aws", "ec2.eu-south-1.amazonaws.com", True),
    ("aws", "ec2.amazonaws.com.cn", False),
    ("aws", "ecs.amazonaws.com", False),
    ("aws", "*", True),
    ("aws", "ec2.*", True),
    ("aws", "*.cn", False),
    ("aws-cn", "ec2.amazonaws.com", True),
    ("aws-cn", "ec2.amazonaws.com.cn", True),
    ("aws-cn", "ec2.cn-north-1.amazonaws.com.cn", True),
    ("aws-cn", "*.amazonaws.com.cn", True),
    ("aws-cn", "ecs.amazonaws.com.cn", False),
    ("aws-us-gov", "ec2.us-gov-west-1.amazonaws.com", True),
]


@pytest.mark.parametrize(("partition", "named", "alike"), SERVICES)
def test_a_service_that_a_role_is_passed_to_by_any_of_its_names(
    partition: str, named: str, alike: bool
) -> None:
    here = Identities(partition=partition)
    role = here.role("job", trusts=trust("ec2.amazonaws.com"))
    for operator in ("StringLike", "StringLikeIfExists", "ForAnyValue:StringLike", "StringNotLike"):
        like = {operator: {"iam:PassedToService": named}}
        asked = here.user(operator, allow("iam:PassRole", Condition=like))
        unless = here.user(f"un{operator}", allow("iam:*"), deny("iam:PassRole", Condition=like))
        environment = AWSEnvironment.of(*graph_of(here))
        permissions, table = AWSAuthorizer(environment), environment.table("AWSRole")
        given_ = {"iam:PassedToService": "ec2.amazonaws.com"}
        expected = alike != (operator == "StringNotLike")
        for who, is_allowed in ((asked, expected), (unless, not expected)):
            found = permissions.allowed(PrincipalState(who), "iam:PassRole", table, given_)
            assert found.holds(table.index[role]) is is_allowed


def test_a_wildcard_that_counts_as_a_character_names_no_service() -> None:
    here = Identities()
    here.role("job", trusts=trust("ec2.amazonaws.com"))
    exactly = {"StringEquals": {"iam:PassedToService": ["*", "ec2.*"]}}
    ada = PrincipalState(here.user("ada", allow("iam:PassRole", Condition=exactly)))
    environment = AWSEnvironment.of(*graph_of(here))
    found = AWSAuthorizer(environment).allowed(
        ada, "iam:PassRole", environment.table("AWSRole"), {"iam:PassedToService": "ec2.aws.com"}
    )
    assert found == (0, 0)


@pytest.mark.parametrize(("partition", "named", "alike"), SERVICES)
def test_a_service_that_a_role_trusts_by_any_of_its_names(
    partition: str, named: str, alike: bool
) -> None:
    here = Identities(partition=partition)
    role = here.role("job", trusts=trust(named))
    environment = AWSEnvironment.of(*graph_of(here))
    table = environment.table("AWSRole")
    found = AWSAuthorizer(environment).allowed(
        PrincipalState("ec2.amazonaws.com"), "sts:AssumeRole", table
    )
    if "*" not in named and named != "ec2.amazonaws.com.cn":
        assert found.holds(table.index[role]) is alike
