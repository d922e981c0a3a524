"""Who outside reads data or invokes functions, by the policies of the resources themselves."""

import json
from typing import Any

import pytest
from clew.collectors.aws.cloudfront import OriginAccessIdentity
from clew.collectors.aws.dynamodb import Table
from clew.collectors.aws.ec2 import EBSSnapshot
from clew.collectors.aws.ecr import Repository
from clew.collectors.aws.kms import Key
from clew.collectors.aws.lambda_ import Function
from clew.collectors.aws.s3 import Bucket
from clew.collectors.aws.s3control import AccountPublicAccessBlock
from clew.collectors.aws.secretsmanager import Secret
from clew.collectors.aws.sns import Topic
from clew.collectors.aws.sqs import Queue
from clew.graph.authorization.aws.environment import AWSEnvironment
from clew.graph.model import Location, Resource
from support.external_access import Found, comers, estate
from support.identities import ACCOUNT, REGION, Document, Identities, allow, graph_of, policy

HERE = Location(ACCOUNT, REGION, "aws")
VENDOR = "999900001111"
ORG = "o-1234567890"


def arn(service: str, name: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{name}"


def allowing(*actions: str, to: Any = "*", on: str = "*", **more: Any) -> Document:
    return {"Effect": "Allow", "Principal": to, "Action": list(actions), "Resource": on, **more}


def denying(*actions: str, to: Any = "*", on: str = "*", **more: Any) -> Document:
    return {**allowing(*actions, to=to, on=on, **more), "Effect": "Deny"}


def text(*statements: Document) -> str:
    return json.dumps(policy(*statements)) if statements else ""


def opened(*resources: Resource, **more: Any) -> set[Found]:
    return comers(estate(Identities(), resources=resources, **more))


def to_everyone(name: str) -> set[Found]:
    return {Found("Internet", name)}


# What has a policy of its own.


def table(document: str | None) -> Resource:
    return Table.load(
        {"TableArn": arn("dynamodb", "table/t"), "TableName": "t"}, HERE, policy=document
    )


def repository(document: str | None) -> Resource:
    raw = {"repositoryArn": arn("ecr", "repository/t"), "repositoryName": "t"}
    return Repository.load(raw, HERE, policy=document)


def function(document: str | None) -> Resource:
    raw = {"FunctionArn": arn("lambda", "function:t"), "FunctionName": "t"}
    return Function.load(raw, HERE, policy=document)


def topic(document: str | None) -> Resource:
    return Topic.load({"TopicArn": arn("sns", "t")}, HERE, name="t", policy=document)


def queue(document: str | None, **known: Any) -> Resource:
    values = {"kms_master_key_id": "", **known}
    return Queue.load({}, HERE, id=arn("sqs", "t"), name="t", policy=document, **values)


def secret(document: str | None, key: str | None = "") -> Resource:
    raw = {"ARN": arn("secretsmanager", "secret:t-AbCdEf"), "Name": "t", "KmsKeyId": key}
    return Secret.load(raw, HERE, resource_policy=document)


def kms_key(document: str | None, manager: str = "CUSTOMER") -> Resource:
    return Key.load({"KeyId": "k"}, HERE, id=KEY, name="k", policy=document, key_manager=manager)


KEY = arn("kms", "key/k")
KINDS = {
    "table": (table, ("dynamodb:GetItem",)),
    "repository": (repository, ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")),
    "function": (function, ("lambda:InvokeFunction",)),
    "queue": (queue, ("sqs:ReceiveMessage",)),
    "topic": (topic, ("sns:Subscribe",)),
}


@pytest.mark.parametrize("kind", KINDS)
def test_policies_open_resources_to_external_principals_and_partners(kind: str) -> None:
    make, actions = KINDS[kind]
    assert opened(make(text(allowing(*actions)))) == to_everyone("t")
    assert opened(make(text(allowing(*actions, to={"AWS": VENDOR})))) == {Found(VENDOR, "t")}
    assert opened(make(text(allowing(*actions, to={"AWS": ACCOUNT})))) == set()
    assert opened(make(text(allowing("other:Action")))) == set()
    assert opened(make("")) == set()
    assert opened(make(text(allowing(*actions), denying("*")))) == set()
    in_org = {"StringEquals": {"aws:PrincipalOrgID": ORG}}
    assert opened(make(text(allowing(*actions, Condition=in_org)))) == set()
    by_service = {"ArnLike": {"aws:SourceArn": arn("sns", "orders")}}
    assert opened(make(text(allowing(*actions, Condition=by_service)))) == set()


@pytest.mark.parametrize("kind", KINDS)
def test_a_policy_that_was_not_read_may_open_it(kind: str) -> None:
    make, _ = KINDS[kind]
    found = opened(make(None))
    assert {(each.source, each.target) for each in found} == {("Internet", "t")}
    assert all(each.conditions for each in found)


def test_an_image_takes_both_actions() -> None:
    assert opened(repository(text(allowing("ecr:BatchGetImage")))) == set()


def test_a_topic_s_default_policy_is_not_open() -> None:
    owner = {"StringEquals": {"AWS:SourceOwner": ACCOUNT}}
    assert opened(topic(text(allowing("sns:Subscribe", to={"AWS": "*"}, Condition=owner)))) == set()


def test_a_topic_may_want_certain_endpoints() -> None:
    wants = {"StringLike": {"sns:Endpoint": "*@clew.example"}}
    assert opened(topic(text(allowing("sns:Subscribe", Condition=wants)))) == {
        Found("Internet", "t", ("sns:Subscribe: sns:Endpoint",))
    }


def test_a_function_s_url_is_no_leave_to_invoke_it() -> None:
    by_url = {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}
    assert opened(function(text(allowing("lambda:InvokeFunction", Condition=by_url)))) == set()


# Keys.

READS = "secretsmanager:GetSecretValue"


@pytest.mark.parametrize(
    ("key", "document", "manager", "expected"),
    [
        (
            KEY,
            text(allowing("kms:Decrypt", to={"AWS": VENDOR})),
            "CUSTOMER",
            {"k": True, "t": True},
        ),
        (KEY, text(allowing("kms:*", to={"AWS": ACCOUNT})), "CUSTOMER", {}),
        (KEY, text(allowing("kms:Decrypt", to={"AWS": VENDOR})), "AWS", {"k": True}),
        ("", "", "CUSTOMER", {}),
        (None, "", "CUSTOMER", {}),
    ],
)
def test_a_secret_takes_its_key_too(
    key: str | None, document: str, manager: str, expected: dict[str, bool]
) -> None:
    read = secret(text(allowing(READS, to={"AWS": VENDOR})), key)
    found = opened(read, kms_key(document, manager))
    assert {each.target: not each.conditions for each in found} == expected


def test_a_key_that_was_not_read_is_a_condition() -> None:
    found = opened(secret(text(allowing(READS, to={"AWS": VENDOR})), KEY))
    assert [(each.source, each.target, bool(each.conditions)) for each in found] == [
        (VENDOR, "t", True)
    ]


def test_a_key_may_serve_through_a_service_only() -> None:
    through = {"StringEquals": {"kms:ViaService": f"secretsmanager.{REGION}.amazonaws.com"}}
    key = kms_key(text(allowing("kms:Decrypt", to={"AWS": VENDOR}, Condition=through)))
    read = secret(text(allowing(READS, to={"AWS": VENDOR})), KEY)
    assert opened(read, key) == {Found(VENDOR, "t")}


# Buckets.

SETTINGS = (
    "block_public_acls",
    "ignore_public_acls",
    "block_public_policy",
    "restrict_public_buckets",
)
GETS = allowing("s3:GetObject", on="arn:aws:s3:::b/*")


def bucket(*statements: Document, **known: Any) -> Resource:
    values = {
        "policy": text(*statements),
        "policy_is_public": bool(statements),
        "object_ownership": "BucketOwnerEnforced",
        "acl_everyone": [],
        "acl_authenticated": [],
        "encryption_algorithm": "AES256",
        "kms_key_id": "",
        "account_public_access_block": ACCOUNT,
        **dict.fromkeys(SETTINGS, False),
    }
    return Bucket.load({"Name": "b"}, HERE, **{**values, **known})


def of_account(**known: bool | None) -> Resource:
    values = {**dict.fromkeys(SETTINGS, False), **known}
    return AccountPublicAccessBlock.load({}, Location(ACCOUNT, "global", "aws"), **values)


PUBLIC = to_everyone("b")
IN_DOUBT = {Found("Internet", "b", ("whether public access to b is restricted",))}


@pytest.mark.parametrize(
    ("own", "account", "expected"),
    [
        ({}, {}, PUBLIC),
        ({"block_public_policy": True}, {"block_public_policy": True}, PUBLIC),
        ({"ignore_public_acls": True}, {}, PUBLIC),
        ({"restrict_public_buckets": True}, {}, set()),
        ({}, {"restrict_public_buckets": True}, set()),
        ({"restrict_public_buckets": None}, {}, IN_DOUBT),
        ({}, {"restrict_public_buckets": None}, IN_DOUBT),
        ({"restrict_public_buckets": None}, {"restrict_public_buckets": True}, set()),
    ],
)
def test_public_access_blocks_of_bucket_and_account_decide(
    own: dict[str, Any], account: dict[str, Any], expected: set[Found]
) -> None:
    assert opened(bucket(GETS, **own), of_account(**account)) == expected


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([allowing("s3:*", on="arn:aws:s3:::b/public/*")], PUBLIC),
        ([allowing("s3:GetObject", on="arn:aws:s3:::b/logo.png")], PUBLIC),
        ([allowing("s3:GetObject", on="arn:aws:s3:::b")], set()),
        ([GETS, denying("s3:GetObject", on="arn:aws:s3:::b/secret/*")], PUBLIC),
        ([GETS, denying("s3:*", on="arn:aws:s3:::b/*")], set()),
        (
            [{**GETS, "Condition": {"StringLike": {"aws:Referer": "https://clew.example/*"}}}],
            PUBLIC,
        ),
        ([{**GETS, "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}}], set()),
        ([{**GETS, "Condition": {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}}], set()),
        ([{**GETS, "Condition": {"Bool": {"aws:SecureTransport": "true"}}}], PUBLIC),
        (
            [{**GETS, "Condition": {"StringEquals": {"s3:ExistingObjectTag/public": "yes"}}}],
            {Found("Internet", "b", ("s3:GetObject: s3:ExistingObjectTag/public",))},
        ),
    ],
)
def test_some_object_that_everyone_may_read_is_enough(
    statements: list[Document], expected: set[Found]
) -> None:
    assert opened(bucket(*statements), of_account()) == expected


@pytest.mark.parametrize(
    ("is_public", "expected"),
    [
        (False, {Found(VENDOR, "b")}),
        (True, set()),
        (None, {Found(VENDOR, "b", ("whether public access to b is restricted",))}),
    ],
)
def test_partners_are_kept_out_while_the_policy_is_public(
    is_public: bool | None, expected: set[Found]
) -> None:
    statement = {**GETS, "Principal": {"AWS": VENDOR}}
    found = bucket(statement, policy_is_public=is_public, restrict_public_buckets=True)
    assert opened(found, of_account()) == expected


@pytest.mark.parametrize(
    ("ownership", "expected"),
    [
        ("", [()]),
        ("BucketOwnerPreferred", [()]),
        ("BucketOwnerEnforced", []),
        (None, [("object_ownership of b could not be read",)]),
    ],
)
def test_who_may_set_acls_reads_objects_where_acls_count(
    ownership: str | None, expected: list[tuple[str, ...]]
) -> None:
    acls = allowing("s3:PutObjectAcl", on="arn:aws:s3:::b/*")
    found = opened(bucket(acls, object_ownership=ownership), of_account())
    assert found == {Found("Internet", "b", words) for words in expected}


def test_objects_that_a_key_encrypts_take_the_key() -> None:
    encrypted = bucket(GETS, encryption_algorithm="aws:kms", kms_key_id=KEY)
    words = "kms:Decrypt on the key of the bucket, unless objects are encrypted otherwise"
    closed = kms_key(text(allowing("kms:*", to={"AWS": ACCOUNT})))
    assert opened(encrypted, of_account(), closed) == {Found("Internet", "b", (words,))}
    managed = bucket(GETS, encryption_algorithm="aws:kms")
    assert opened(managed, of_account()) == {Found("Internet", "b", (words,))}
    shared = kms_key(text(allowing("kms:Decrypt")))
    assert opened(encrypted, of_account(), shared) == {*PUBLIC, Found("Internet", "k")}


@pytest.mark.parametrize(
    ("known", "account", "conditions"),
    [
        ({"acl_everyone": ["READ"]}, {}, [()]),
        ({"acl_authenticated": ["FULL_CONTROL"]}, {}, [()]),
        ({"acl_everyone": ["WRITE", "READ_ACP"]}, {}, []),
        ({"acl_everyone": ["READ"], "object_ownership": "BucketOwnerEnforced"}, {}, []),
        ({"acl_everyone": ["READ"], "ignore_public_acls": True}, {}, []),
        ({"acl_everyone": ["READ"]}, {"ignore_public_acls": True}, []),
        ({"acl_everyone": ["READ"], "block_public_acls": True}, {}, [()]),
        (
            {"acl_everyone": ["READ"], "ignore_public_acls": None},
            {},
            [("whether public ACLs of b are ignored",)],
        ),
        ({"acl_everyone": None, "acl_authenticated": None}, {}, [("the ACL of b",)]),
        ({"acl_everyone": ["READ"], "object_ownership": None}, {}, [("object_ownership of b",)]),
        ({"acl_everyone": ["READ"], "policy": text(denying("s3:*"))}, {}, []),
    ],
)
def test_acls_let_everyone_list_objects(
    known: dict[str, Any], account: dict[str, Any], conditions: list[tuple[str, ...]]
) -> None:
    found = opened(bucket(**{"object_ownership": "", **known}), of_account(**account))
    assert found == {Found("Internet", "b", words) for words in conditions}


OWNER, PARTNER = "aa" * 32, "bb" * 32
LOG_DELIVERY = "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0"


def granting(permission: str, to: str = PARTNER) -> str:
    grantees = [(OWNER, "FULL_CONTROL"), (to, permission)]
    return json.dumps(
        [
            {"Grantee": {"Type": "CanonicalUser", "ID": id_}, "Permission": given}
            for id_, given in grantees
        ]
    )


@pytest.mark.parametrize(
    ("known", "conditions"),
    [
        ({"acl_grants": granting("READ")}, [()]),
        ({"acl_grants": granting("FULL_CONTROL")}, [()]),
        ({"acl_grants": granting("WRITE")}, []),
        ({"acl_grants": granting("FULL_CONTROL", OWNER)}, []),
        ({"acl_grants": granting("FULL_CONTROL", LOG_DELIVERY)}, []),
        ({"acl_grants": granting("READ"), "object_ownership": "BucketOwnerEnforced"}, []),
        ({"acl_grants": granting("READ"), "ignore_public_acls": True}, [()]),
        (
            {"acl_grants": granting("READ"), "object_ownership": None},
            [("object_ownership of b",)],
        ),
        (
            {"acl_grants": granting("READ"), "acl_owner_id": None},
            [
                (f"whether {OWNER} is one of the accounts scanned",),
                (f"whether {PARTNER} is one of the accounts scanned",),
            ],
        ),
        ({"acl_grants": granting("READ"), "policy": text(denying("s3:*"))}, []),
    ],
)
def test_an_acl_lets_the_account_list_that_it_names(
    known: dict[str, Any], conditions: list[tuple[str, ...]]
) -> None:
    given = {"object_ownership": "", "acl_owner_id": OWNER, **known}
    found = opened(bucket(**given), of_account())
    assert {(each.target, each.conditions) for each in found} == {
        ("b", words) for words in conditions
    }
    assert {each.source for each in found} <= {OWNER, PARTNER}


def test_a_resource_control_policy_closes_a_bucket() -> None:
    outsiders = {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": ORG}}
    rcp = policy(denying("s3:*", Condition=outsiders))
    assert opened(bucket(GETS), of_account(), controls={ACCOUNT: [[rcp]]}) == set()
    other = policy(denying("sqs:*", Condition=outsiders))
    assert opened(bucket(GETS), of_account(), controls={ACCOUNT: [[other]]}) == PUBLIC


def test_a_resource_control_policy_that_was_not_read_may_close_it() -> None:
    unread = f"arn:aws:organizations::{ACCOUNT}:policy/imported/resource_control_policy/0-0"
    found = opened(
        bucket(GETS),
        of_account(),
        controls={ACCOUNT: [[policy(allow("*"))]]},
        known={unread: {"document": None}},
    )
    words = "what resource control policy 0-0 forbids, which could not be read"
    assert {(each.source, each.target) for each in found} == {("Internet", "b")}
    assert all(words in condition for each in found for condition in each.conditions)


# Who is named.


def test_whom_a_policy_names_is_let_in_perhaps_where_its_own_policies_could_not_be_listed() -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/worker"
    document = text(allowing("sqs:ReceiveMessage", to={"AWS": role}))
    graph, reads = graph_of(Identities(), resources=[queue(document)])
    graph.add_node(role, id=role, label="AWSRole", name="worker", missing="UNREADABLE")
    (found,) = comers(AWSEnvironment.of(graph, reads))
    assert (found.source, found.target) == ("worker", "t")
    assert found.conditions == (
        f"sqs:ReceiveMessage: what statement 1 of {role} says, which could not be read whole",
    )


# Snapshots.


@pytest.mark.parametrize(
    ("is_public", "conditions"), [(True, [()]), (False, []), (None, [("whether s is public",)])]
)
def test_snapshots_that_everyone_may_restore(
    is_public: bool | None, conditions: list[tuple[str, ...]]
) -> None:
    snapshot = EBSSnapshot.load({"SnapshotId": "snap-1"}, HERE, name="s", is_public=is_public)
    assert opened(snapshot) == {Found("Internet", "s", words) for words in conditions}


def test_a_canonical_user_is_one_account_and_not_everyone() -> None:
    owner = {"CanonicalUser": "0f" * 32}
    account = Found(owner["CanonicalUser"], "b")
    for named, expected in (
        (owner, {account}),
        ({**owner, "AWS": VENDOR}, {account, Found(VENDOR, "b")}),
    ):
        shared = bucket(allowing("s3:GetObject", to=named), policy_is_public=False)
        assert {one._replace(conditions=()) for one in opened(shared)} == expected


SERVED = "cc" * 32
"""The canonical id of an identity of CloudFront."""


@pytest.mark.parametrize(
    ("to", "listed", "doubts"),
    [
        (PARTNER, [OriginAccessIdentity.label], []),
        (PARTNER, [], ["an identity of CloudFront in one of them"]),
        (OWNER, [OriginAccessIdentity.label], None),
        (SERVED, [OriginAccessIdentity.label], None),
        (SERVED, [], None),
        (LOG_DELIVERY, [], None),
    ],
)
def test_a_policy_lets_in_the_account_that_it_names_by_its_canonical_id(
    to: str, listed: list[str], doubts: list[str] | None
) -> None:
    document = allowing("s3:GetObject", to={"CanonicalUser": to})
    shared = bucket(document, policy_is_public=False, acl_owner_id=OWNER)
    raw = {"Id": "E1", "S3CanonicalUserId": SERVED}
    served = OriginAccessIdentity.load(raw, HERE, id="")

    known = [shared, served, of_account()]
    found = comers(estate(Identities(), resources=known, listed=listed))

    conditions = tuple(f"whether {to} is {words}" for words in doubts or ())
    assert found == (set() if doubts is None else {Found(to, "b", conditions)})


def test_what_a_policy_denies_such_an_account_it_cannot_do() -> None:
    to = {"CanonicalUser": PARTNER}
    for more, expected in (
        (denying("s3:*", to=to), set()),
        (denying("s3:*"), set()),
        (denying("s3:*", to={"CanonicalUser": OWNER}), {Found(PARTNER, "b")}),
    ):
        statements = allowing("s3:GetObject", to=to), more
        shared = bucket(*statements, policy_is_public=False, acl_owner_id=OWNER)
        known = [shared, of_account()]
        found = comers(estate(Identities(), resources=known, listed=[OriginAccessIdentity.label]))
        assert found == expected
