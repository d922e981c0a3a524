import json
from typing import Any

from clew.checks.aws.s3.public_policy import lets_everyone_write
from hypothesis import given, settings
from hypothesis import strategies as st
from support.audit import ACCOUNT, block, bucket
from support.judging import Estate, verdicts

CHECK = "s3_bucket_policy_public_write_access"
UNREAD = ("MANUAL", "UNREADABLE_FIELD")


def allowing(action: Any, principal: Any = "*", **more: Any) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*"}
    whole = {name: value for name, value in {**statement, **more}.items() if value is not None}
    return json.dumps({"Statement": [whole]})


def where(**condition: Any) -> dict[str, Any]:
    operator, key, value = condition["condition"]
    return {"Condition": {operator: {key: value}}}


def public(name: str, policy: str | None, **known: Any) -> Any:
    return bucket(name, **{"policy": policy, "policy_is_public": True, **known})


def test_only_a_statement_that_lets_everyone_write_fails() -> None:
    put = "s3:PutObject"
    reading = json.loads(allowing("s3:GetObject"))["Statement"][0]
    limited = json.loads(
        allowing(put, **where(condition=("StringEquals", "aws:PrincipalOrgID", "o-1")))
    )["Statement"][0]
    estate = Estate(
        [
            block(),
            bucket("no-policy"),
            public("reads", allowing("s3:GetObject")),
            public("writes", allowing(put)),
            public("writes-in-list", allowing(["s3:GetObject", "s3:put*"], {"AWS": ["*"]})),
            public("everything", allowing("*")),
            public("all-but-reading", allowing(None, Action=None, NotAction="s3:Get*")),
            public("account", allowing(put, {"AWS": "arn:aws:iam::111122223333:root"})),
            public("denies", allowing(put, Effect="Deny")),
            public("mixed", json.dumps({"Statement": [reading, limited]})),
            public(
                "wide-source",
                allowing(put, **where(condition=("IpAddress", "aws:SourceIp", "0.0.0.0/0"))),
            ),
            public(
                "source",
                allowing(
                    put, **where(condition=("IpAddress", "aws:SourceIp", ["198.51.100.0/24"]))
                ),
            ),
            public(
                "not-source",
                allowing(
                    put, **where(condition=("NotIpAddress", "aws:SourceIp", "198.51.100.0/24"))
                ),
            ),
            public(
                "wildcard",
                allowing(put, **where(condition=("StringLike", "aws:PrincipalArn", "*"))),
            ),
            public(
                "tls-only",
                allowing(put, **where(condition=("Bool", "aws:SecureTransport", "true"))),
            ),
            public(
                "if-it-has-an-organization",
                allowing(
                    put, **where(condition=("ForAllValues:StringEquals", "aws:PrincipalOrgID", "o"))
                ),
            ),
            public("versioning", allowing("s3:PutBucketVersioning")),
            public("tags", allowing("s3:Delete*Tagging")),
            public("all-but-one", allowing(put, None, NotPrincipal={"AWS": "111122223333"})),
            public("restricted", allowing(put), restrict_public_buckets=True),
            public("unread", None, policy_is_public=None),
            public("unread-verdict", allowing(put), policy_is_public=None),
            public("unread-block", allowing(put), restrict_public_buckets=None),
            public("no-json", "{"),
        ]
    )
    assert verdicts(CHECK, estate) == {
        "no-policy": "PASS",
        "reads": "PASS",
        "writes": "FAIL",
        "writes-in-list": "FAIL",
        "everything": "FAIL",
        "all-but-reading": "FAIL",
        "account": "PASS",
        "denies": "PASS",
        "mixed": "PASS",
        "wide-source": "FAIL",
        "source": "PASS",
        "not-source": "FAIL",
        "wildcard": "FAIL",
        "tls-only": "FAIL",
        "if-it-has-an-organization": "FAIL",
        "versioning": "FAIL",
        "tags": "FAIL",
        "all-but-one": "FAIL",
        "restricted": "PASS",
        "unread": UNREAD,
        "unread-verdict": UNREAD,
        "unread-block": UNREAD,
        "no-json": UNREAD,
    }


def test_the_accounts_block_restricts_every_policy() -> None:
    estate = Estate([block(restrict=True), public("writes", allowing("s3:PutObject"))])
    assert verdicts(CHECK, estate) == {"writes": "PASS"}
    estate = Estate([block(restrict=None), public("writes", allowing("s3:PutObject"))])
    assert verdicts(CHECK, estate) == {"writes": UNREAD}


POINT = "arn:aws:s3:us-west-2:111122223333:accesspoint/*"
EVERYONES_POINT = "arn:aws:s3:us-west-2:*:accesspoint/mine"


LIMITS = [
    # A wildcard for the name alone leaves the account fixed.
    ("StringLike", "s3:DataAccessPointArn", POINT, False),
    ("ArnLike", "s3:DataAccessPointArn", POINT, False),
    ("ArnLike", "s3:DataAccessPointArn", EVERYONES_POINT, True),
    ("StringLike", "s3:DataAccessPointArn", "*", True),
    ("StringEquals", "s3:DataAccessPointAccount", "111122223333", False),
    ("StringLike", "s3:DataAccessPointAccount", "*", True),
    ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-a1/*/ou-b2/*", False),
    ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-a1/*", False),
    ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-*/ou-b2/*", True),
    ("ForAllValues:StringLike", "aws:PrincipalOrgPaths", "o-a1/*", True),
    ("ForAnyValue:StringNotLike", "aws:PrincipalOrgPaths", "o-a1/*", True),
    ("StringEquals", "aws:PrincipalOrgID", ["o-a1", "o-b2"], False),
    ("StringLike", "aws:PrincipalOrgID", "o-*", True),
    ("StringEqualsIfExists", "aws:PrincipalOrgID", "o-a1", True),
    ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::111122223333:*", False),
    ("StringLike", "aws:PrincipalArn", "arn:aws:iam::111122223333:role/team-*", False),
    ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/admin", True),
    ("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::111122223333:*", True),
    ("StringEquals", "aws:PrincipalAccount", "111122223333", False),
    ("StringLike", "aws:PrincipalAccount", "11112222333?", True),
    ("Bool", "aws:PrincipalIsAWSService", "true", False),
    ("Bool", "aws:PrincipalIsAWSService", "false", True),
    ("StringEquals", "aws:PrincipalServiceName", "logs.amazonaws.com", False),
    ("ArnLike", "aws:SourceArn", "arn:aws:sns:*:111122223333:*", False),
    ("ArnLike", "aws:SourceArn", "arn:aws:iam::111122223333:*", False),
    ("ArnEquals", "aws:SourceArn", "arn:aws:s3:::mine", False),
    ("ArnLike", "aws:SourceArn", "arn:aws:s3:::mine-*", True),
    ("ArnLike", "aws:SourceArn", "arn:aws:sns:*:*:*", True),
    ("StringEquals", "aws:SourceAccount", "111122223333", False),
    ("StringEquals", "aws:SourceOwner", "111122223333", False),
    ("StringEquals", "aws:SourceVpc", "vpc-1", False),
    ("StringLike", "aws:SourceVpc", "vpc-*", True),
    ("StringNotEquals", "aws:SourceVpce", "vpce-1", True),
    ("IpAddress", "aws:VpcSourceIp", "10.0.0.0/16", False),
    ("IpAddress", "aws:SourceIp", ["198.51.100.0/24", "2001:db8::/32"], False),
    ("IpAddress", "aws:SourceIp", "16.0.0.0/7", True),
    ("IpAddress", "aws:SourceIp", "16.0.0.0/8", False),
    ("IpAddress", "aws:SourceIp", "2600::/16", True),
    ("IpAddress", "aws:SourceIp", "10.0.0.0/8", False),
    ("StringEquals", "aws:userid", "AIDAEXAMPLE", False),
    ("StringLike", "aws:userid", "AROAEXAMPLE:*", True),
    ("Null", "aws:SourceVpc", "true", True),
    # What limits nobody.
    ("StringEquals", "s3:x-amz-acl", "bucket-owner-full-control", True),
    ("Bool", "aws:MultiFactorAuthPresent", "true", True),
    ("StringLike", "aws:Referer", "https://example.com/*", True),
    ("NumericLessThan", "s3:TlsVersion", "2", True),
    ("DateLessThan", "aws:CurrentTime", "2099-01-01T00:00:00Z", True),
    ("DateGreaterThan", "aws:CurrentTime", "2020-01-01T00:00:00Z", True),
    ("DateLessThan", "aws:CurrentTime", "2020-01-01T00:00:00Z", False),
]


def test_what_limits_who_is_meant() -> None:
    """By S3's definition, with reading that is open to everyone as well."""
    reading = json.loads(allowing("s3:GetObject"))["Statement"]
    buckets, expected = [], {}
    for operator, key, value, is_open in LIMITS:
        name = f"{operator} {key} {value}"
        limited = allowing("s3:PutObject", Condition={operator: {key: value}})
        both = json.dumps({"Statement": [*json.loads(limited)["Statement"], *reading]})
        buckets.append(public(name, both))
        expected[name] = "FAIL" if is_open else "PASS"
    assert verdicts(CHECK, Estate([block(), *buckets])) == expected


def test_what_is_denied_to_everyone_is_not_open() -> None:
    allowed = json.loads(allowing("s3:PutObject"))["Statement"]
    outside = {"StringNotEquals": {"aws:PrincipalOrgID": "o-a1"}}
    denied = {
        "denied": json.loads(allowing("s3:*", Effect="Deny", Condition=outside))["Statement"],
        "unless-encrypted": json.loads(
            allowing(
                "s3:Put*",
                Effect="Deny",
                Condition={"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}},
            )
        )["Statement"],
        "of-one": json.loads(allowing("s3:*", {"AWS": "111122223333"}, Effect="Deny"))["Statement"],
    }
    estate = Estate(
        [
            block(),
            *(
                public(name, json.dumps({"Statement": [*allowed, *statements]}))
                for name, statements in denied.items()
            ),
        ]
    )
    assert verdicts(CHECK, estate) == {
        "denied": "PASS",
        "unless-encrypted": "FAIL",
        "of-one": "FAIL",
    }


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from(["*", "Allow"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "Statement",
                    "Effect",
                    "Principal",
                    "Action",
                    "Condition",
                    "AWS",
                    "IpAddress",
                    "aws:SourceIp",
                ]
            ),
            inner,
        )
    ),
)


@settings(deadline=None)
@given(JSON)
def test_no_document_is_too_odd(document: Any) -> None:
    found = lets_everyone_write(json.dumps({"Statement": document}), "arn:aws:s3:::b", ACCOUNT)
    assert found.value in (True, False, None)
