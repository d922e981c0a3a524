import json
from contextlib import suppress
from typing import Any

from clew.checks.aws.s3.public_policy import writers
from hypothesis import given
from hypothesis import strategies as st
from support.audit import block, bucket
from support.judging import Estate, verdicts

CHECK = "s3_bucket_policy_public_write_access"
UNREAD = ("MANUAL", "UNREADABLE_FIELD")


def allowing(action: Any, principal: Any = "*", **more: Any) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*"}
    return json.dumps({"Statement": [{**statement, **more}]})


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


@given(JSON)
def test_no_document_is_too_odd(document: Any) -> None:
    # These the check takes as undecided.
    with suppress(AttributeError, KeyError, TypeError, ValueError):
        list(writers(json.dumps({"Statement": document})))
