"""What an estate says of principals, what stands over them, and what was not read."""

import networkx
import pytest
from clew.collectors.aws.s3 import Bucket
from clew.collectors.aws.sqs import Queue
from clew.graph.authorization.aws.authorizer import AWSAuthorizer
from clew.graph.authorization.aws.decision import Decision
from clew.graph.authorization.aws.environment import AWSEnvironment, PrincipalState
from clew.graph.model import ListingStatus, Location, Status
from support.graphs import empty_graph
from support.identities import ACCOUNT, OTHER, Identities, allow, deny, graph_of, policy, trust

ORGANIZATION = "arn:aws:organizations::999999999999:organization/o-1"
UNIT = "arn:aws:organizations::999999999999:ou/o-1/ou-1"
FULL, GUARD = "arn:policy/p-full", "arn:policy/p-guard"
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:jobs"


def asked(estate: AWSEnvironment, holder: PrincipalState, action: str, arn: str) -> Decision:
    return AWSAuthorizer(estate).decide(holder, action, arn).decision


def organized(**changed: object) -> networkx.MultiDiGraph:
    """An account in a unit of an organization whose unit forbids to leave."""
    graph = empty_graph()
    whole = {
        "organization": {
            "id": ORGANIZATION,
            "label": "AWSOrganization",
            "organization_id": "o-1",
            "root_id": "r-1",
            "feature_set": "ALL",
            "enabled_policy_types": ["SERVICE_CONTROL_POLICY"],
        },
        "unit": {"id": UNIT, "label": "AWSOrganizationalUnit", "unit_id": "ou-1"},
        "account": {
            "id": ACCOUNT,
            "label": "AWSAccount",
            "organization": ORGANIZATION,
            "is_management_account": False,
        },
    }
    for name, node in whole.items():
        node |= {
            key.removeprefix(f"{name}_"): value
            for key, value in changed.items()
            if key.startswith(f"{name}_")
        }
        graph.add_node(node["id"], **node)
    for id_, statements in ((FULL, [allow("*")]), (GUARD, [allow("*"), deny("iam:*")])):
        graph.add_node(
            id_,
            id=id_,
            label="AWSOrganizationPolicy",
            type="SERVICE_CONTROL_POLICY",
            document=changed.get(id_, str(policy(*statements)).replace("'", '"')),
        )
    if changed.get("unit_read", True):
        graph.add_edge(ACCOUNT, UNIT, rel="PART_OF", via="parent")
    graph.add_edge(UNIT, ORGANIZATION, rel="PART_OF", via="parent")
    for id_, attached in ((ORGANIZATION, FULL), (UNIT, GUARD), (ACCOUNT, FULL)):
        graph.add_edge(id_, attached, rel="HAS_POLICY", via="policies")
    return graph


def over(graph: networkx.MultiDiGraph) -> AWSEnvironment:
    return AWSEnvironment.of(graph, [ListingStatus("AWSUser", ACCOUNT, "global", Status.OK)])


ROOT = PrincipalState(f"arn:aws:iam::{ACCOUNT}:root")


def test_policies_of_an_organization_bind_level_by_level() -> None:
    estate = over(organized())
    account = estate.account(ACCOUNT)
    assert [[one.id for one in level] for level in account.scps] == [[FULL], [GUARD], [FULL]]
    assert account.org_path == "o-1/r-1/ou-1/"
    assert not estate.unread
    assert asked(estate, ROOT, "iam:CreateUser", "*") is Decision.EXPLICITLY_DENIED
    assert asked(estate, ROOT, "s3:ListAllMyBuckets", "*") is Decision.ALLOWED


@pytest.mark.parametrize(
    "changed",
    [
        {"account_is_management_account": True},
        {"organization_feature_set": "CONSOLIDATED_BILLING"},
        {"organization_enabled_policy_types": []},
        {"account_organization": ""},
    ],
)
def test_where_no_organization_s_policy_is_in_force_none_binds(changed: dict[str, object]) -> None:
    estate = over(organized(**changed))
    assert estate.account(ACCOUNT).scps == ()
    assert not estate.unread
    assert asked(estate, ROOT, "iam:CreateUser", "*") is Decision.ALLOWED


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"account_organization": None}, Decision.ALLOWED),
        ({"unit_read": False}, Decision.ALLOWED),
        ({GUARD: None}, Decision.CONDITIONAL),
        ({FULL: None}, Decision.EXPLICITLY_DENIED),
        ({"organization_enabled_policy_types": None}, Decision.EXPLICITLY_DENIED),
    ],
)
def test_what_could_not_be_read_of_an_organization_is_reported_once(
    changed: dict[str, object], expected: Decision
) -> None:
    estate = over(organized(**changed))
    (sentence,) = [one for one in estate.unread if "Service control" in one]
    assert ACCOUNT in sentence
    assert asked(estate, ROOT, "iam:CreateUser", "*") is expected


def test_listings_that_failed_are_reported_once() -> None:
    graph, _ = graph_of(Identities())
    reads = [
        ListingStatus("AWSUser", ACCOUNT, "global", Status.DENIED),
        ListingStatus("AWSRole", ACCOUNT, "global", Status.OK),
    ]
    (sentence,) = AWSEnvironment.of(graph, reads).unread
    assert "Users" in sentence


def test_policies_of_resources_that_could_not_be_read_are_reported_once() -> None:
    def buckets(*documents: str | None) -> list[Bucket]:
        return [
            Bucket.load(
                {"Name": f"b{number}"},
                Location(ACCOUNT, "us-east-1", "aws"),
                id=f"arn:aws:s3:::b{number}",
                policy=document,
            )
            for number, document in enumerate(documents)
        ]

    def gaps(*documents: str | None) -> tuple[str, ...]:
        return AWSEnvironment.of(*graph_of(Identities(), resources=buckets(*documents))).unread

    known = gaps("", "{}")
    assert not any("Policies of" in one for one in known)
    (sentence,) = {*gaps("", None, None)} - {*known}
    assert "AWSS3Bucket b1, b2 could not be read" in sentence
    (sentence,) = {*gaps(*[None] * 8)} - {*known}
    assert "b0, b1, b2, b3, b4 and 3 more could not be read" in sentence


def test_a_user_has_its_groups_policies_and_its_own_deny_cuts_them() -> None:
    here = Identities()
    here.group("crew", allow("sqs:*"))
    ada = PrincipalState(here.user("ada", deny("sqs:DeleteQueue"), groups=["crew"]))
    estate = AWSEnvironment.of(*graph_of(here))
    assert asked(estate, ada, "sqs:SendMessage", QUEUE) is Decision.ALLOWED
    assert asked(estate, ada, "sqs:DeleteQueue", QUEUE) is Decision.EXPLICITLY_DENIED


def test_a_policy_that_was_not_read_leaves_its_principal_s_answers_open() -> None:
    here = Identities()
    ada = PrincipalState(
        here.user("ada", allow("sqs:*"), attached=["arn:aws:iam::aws:policy/Unheard"])
    )
    ben = PrincipalState(here.user("ben", allow("sqs:*")))
    permissions = AWSAuthorizer(AWSEnvironment.of(*graph_of(here)))
    answer = permissions.decide(ada, "sqs:SendMessage", QUEUE)
    assert answer.decision is Decision.CONDITIONAL
    assert any("policy/Unheard" in one for one in answer.unread)
    assert permissions.decide(ben, "sqs:SendMessage", QUEUE).decision is Decision.ALLOWED


def test_a_boundary_that_was_not_read_leaves_answers_open() -> None:
    here = Identities()
    ada = here.user("ada", allow("sqs:*"))
    known = {ada: {"permissions_boundary": None}}
    estate = AWSEnvironment.of(*graph_of(here, known=known))
    assert asked(estate, PrincipalState(ada), "sqs:SendMessage", QUEUE) is Decision.CONDITIONAL


def test_a_principal_that_was_not_collected_may_be_allowed_anything_by_its_own_account() -> None:
    here = Identities()
    external = PrincipalState(f"arn:aws:iam::{OTHER}:user/eve")
    role = here.role("open", trusts=trust(external.id))
    closed = here.role("closed", trusts=trust(f"arn:aws:iam::{ACCOUNT}:root"))
    estate = AWSEnvironment.of(*graph_of(here))
    assert asked(estate, external, "sts:AssumeRole", role) is Decision.CONDITIONAL
    assert asked(estate, external, "sts:AssumeRole", closed) is Decision.IMPLICITLY_DENIED


def test_a_session_has_its_role_s_policies() -> None:
    here = Identities()
    here.role("job", allow("sqs:*"), path="/team/")
    estate = AWSEnvironment.of(*graph_of(here))
    session = PrincipalState(f"arn:aws:sts::{ACCOUNT}:assumed-role/job/run")
    assert asked(estate, session, "sqs:SendMessage", QUEUE) is Decision.ALLOWED
    assert asked(estate, session, "s3:ListAllMyBuckets", "*") is Decision.IMPLICITLY_DENIED


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("", Decision.ALLOWED),
        (None, Decision.CONDITIONAL),
        (
            '{"Statement": {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}}',
            Decision.EXPLICITLY_DENIED,
        ),
    ],
)
def test_a_resource_s_own_policy_counts_and_an_unread_one_leaves_it_open(
    document: str | None, expected: Decision
) -> None:
    here = Identities()
    ada = PrincipalState(here.user("ada", allow("s3:*")))
    bucket = Bucket(id="arn:aws:s3:::data", name="data", account=ACCOUNT, policy=document)
    estate = AWSEnvironment.of(*graph_of(here, resources=[bucket]))
    assert asked(estate, ada, "s3:GetObject", "arn:aws:s3:::data/some/key") is expected


def test_a_bucket_that_nobody_scanned_has_a_policy_that_nobody_knows() -> None:
    here = Identities()
    ada = PrincipalState(here.user("ada", allow("s3:*")))
    estate = AWSEnvironment.of(*graph_of(here))
    assert asked(estate, ada, "s3:GetObject", "arn:aws:s3:::theirs/key") is Decision.CONDITIONAL


def test_what_a_listing_would_have_reported_has_no_unknown_policy() -> None:
    here = Identities()
    ada = PrincipalState(here.user("ada", allow("sqs:*")))
    gone = f"arn:aws:sqs:us-east-1:{ACCOUNT}:gone"
    graph, reads = graph_of(here, resources=[Queue(id=QUEUE, account=ACCOUNT, region="us-east-1")])
    listed = [*reads, ListingStatus("AWSSQSQueue", ACCOUNT, "us-east-1", Status.OK)]
    denied = [*reads, ListingStatus("AWSSQSQueue", ACCOUNT, "us-east-1", Status.DENIED)]
    assert asked(AWSEnvironment.of(graph, listed), ada, "sqs:SendMessage", gone) is Decision.ALLOWED
    assert (
        asked(AWSEnvironment.of(graph, denied), ada, "sqs:SendMessage", gone)
        is Decision.CONDITIONAL
    )


def test_conditions_on_tags_of_principal_and_resource_are_settled_by_what_was_read() -> None:
    here = Identities()
    same = {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}
    ada = here.user("ada", allow("sqs:*", Condition=same))
    answers = []
    for tags in (["team=red"], ["team=blue"], [], None):
        queue = Queue(id=QUEUE, account=ACCOUNT, region="us-east-1", policy="", tags=tags)
        known = {ada: {"tags": ["team=red"]}}
        estate = AWSEnvironment.of(*graph_of(here, resources=[queue], known=known))
        answers.append(asked(estate, PrincipalState(ada), "sqs:SendMessage", QUEUE))
    assert answers == [
        Decision.ALLOWED,
        Decision.IMPLICITLY_DENIED,
        Decision.IMPLICITLY_DENIED,
        Decision.CONDITIONAL,
    ]


def test_another_version_of_a_policy_counts_in_its_place() -> None:
    here = Identities()
    arn = here.managed("changing", policy(allow("sqs:*")), policy(allow("sqs:Get*")))
    ada = PrincipalState(here.user("ada", attached=[arn]))
    estate = AWSEnvironment.of(*graph_of(here))
    assert asked(estate, ada, "sqs:SendMessage", QUEUE) is Decision.IMPLICITLY_DENIED
    older = ada._replace(versions=((arn, "v1"),))
    assert asked(estate, older, "sqs:SendMessage", QUEUE) is Decision.ALLOWED


def test_a_role_in_a_path_is_no_part_of_a_role_that_is_called_like_the_path() -> None:
    here = Identities()
    ada = PrincipalState(here.user("ada"))
    team = here.role("team", trusts=trust(ada.id))
    estate = AWSEnvironment.of(*graph_of(here))
    assert asked(estate, ada, "sts:AssumeRole", team) is Decision.ALLOWED
    assert asked(estate, ada, "sts:AssumeRole", f"{team}/job") is Decision.IMPLICITLY_DENIED


def test_what_aws_own_policies_say_is_known_where_it_was_not_read() -> None:
    administrator = "arn:aws:iam::aws:policy/AdministratorAccess"
    iam = Identities()
    ann = iam.user("ann", attached=[administrator])
    bob = iam.user("bob", attached=["arn:aws:iam::aws:policy/Other"])

    environment = AWSEnvironment.of(*graph_of(iam))

    held = [environment.held(PrincipalState(id_)).identity[0] for id_ in (ann, bob)]
    assert [one.statements[0].stands_for_unread_policy for one in held] == [False, True]


@pytest.mark.parametrize(
    ("listed", "own", "expected"),
    [
        (["AWSS3Bucket"], "arn:aws:s3:::mine/*", False),
        (["AWSS3Bucket"], "*", None),
        ([], "arn:aws:s3:::mine/*", None),
        ([], "*", None),
    ],
)
def test_a_bucket_that_is_in_no_account_is_another_s_who_must_let_in_too(
    listed: list[str], own: str, expected: bool | None
) -> None:
    iam = Identities()
    ada = iam.user("ada", allow("s3:PutObject", on=own))
    permissions = AWSAuthorizer(AWSEnvironment.of(*graph_of(iam, listed=listed)))

    answer = permissions.decide(PrincipalState(ada), "s3:PutObject", "arn:aws:s3:::theirs/code.zip")

    assert answer.is_allowed is expected
