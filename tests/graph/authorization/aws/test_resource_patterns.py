"""What wildcards of ``Resource`` and ``NotResource`` reach.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

from typing import Any

import pytest
from clew.graph.authorization.aws.authorizer import AWSAuthorizer
from clew.graph.authorization.aws.environment import AWSEnvironment, PrincipalState
from clew.graph.authorization.resource_table import ResourceTable
from clew.graph.logic import Truth
from support.identities import Identities, graph_of
from support.policies import (
    ACCOUNT,
    ALLOWED,
    CONDITIONAL,
    DENIED,
    FORBIDDEN,
    allow,
    ask,
    decision,
    deny,
)

ROLE = f"arn:aws:iam::{ACCOUNT}:role/team-admin"
GROUP = "arn:aws:logs:eu-west-1:111122223333:log-group:/app/x:log-stream:1"

CASES = [
    # A wildcard stays in its segment …
    ("arn:aws:iam::*-admin", ROLE, False),
    ("arn:aws:iam::*admin", ROLE, False),
    ("arn:aws:iam:*/team-admin", ROLE, False),
    ("arn:aws:ia*admin", ROLE, False),
    ("arn:aws:iam::1*3:role/team-admin", ROLE, True),
    ("arn:aws:iam::1*3*3:role/team-*", ROLE, True),
    ("arn:aws:iam::1*4:role/team-admin", ROLE, False),
    ("arn:aws:iam:?:111122223333:role/team-admin", ROLE, False),
    ("arn:aws:iam::????????????:role/team-admin", ROLE, True),
    ("arn:aws:iam::111122223333?role/team-admin", ROLE, False),
    ("arn:aws:s3:?::bucket/key", "arn:aws:s3:::bucket/key", False),
    # … but for a * that ends it.
    ("arn:aws:iam::*:role/team-admin", ROLE, True),
    ("arn:aws:iam:*:role/team-admin", ROLE, True),
    ("arn:aws:iam:*", ROLE, True),
    ("arn:aws:iam::1*", ROLE, True),
    ("arn:aws:*:role/t*-admin", ROLE, True),
    ("arn:aws:*:role/t*-owner", ROLE, False),
    ("*:role/team-admin", ROLE, True),
    ("*", ROLE, True),
    ("**", ROLE, True),
    ("*", "*", True),
    ("arn:aws:iam::**", ROLE, True),
    # In the resource's own part / is a character as any other.
    ("arn:aws:s3:::bucket/*/x/*", "arn:aws:s3:::bucket/1/2/x/3/y", True),
    ("arn:aws:s3:::bucket/*/x/*", "arn:aws:s3:::bucket//x/", True),
    ("arn:aws:s3:::bucket/*/x/*", "arn:aws:s3:::bucket/x/y", False),
    ("arn:aws:s3:::b*/key", "arn:aws:s3:::bucket/a/key", True),
    # Whether it reaches over colons there is not documented, unless it ends a segment.
    ("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/a:b", True),
    ("arn:aws:s3:::bucket/*.txt", "arn:aws:s3:::bucket/a:b.txt", None),
    ("arn:aws:s3:::bucket/*:*.txt", "arn:aws:s3:::bucket/a:b.txt", True),
    ("arn:aws:s3:::bucket/a?b", "arn:aws:s3:::bucket/a:b", None),
    ("arn:aws:s3:::bucket/*a?b*c", "arn:aws:s3:::bucket/xa:b:c", None),
    ("arn:aws:s3:::bucket/*.txt", "arn:aws:s3:::bucket/a:b.csv", False),
    ("arn:aws:logs:*:*:log-group:*", GROUP, True),
    ("arn:aws:logs:*:*:log-group:/app/*:log-stream:*", GROUP, True),
    ("arn:aws:logs:*:*:log-group:/app/*1", GROUP, None),
    # What a wildcard in the part that names the type does is not documented.
    (f"arn:aws:iam::{ACCOUNT}:r*/team-admin", ROLE, None),
    (f"arn:aws:iam::{ACCOUNT}:*/team-admin", ROLE, None),
    (f"arn:aws:iam::{ACCOUNT}:r?le/*", ROLE, None),
    (f"arn:aws:iam::{ACCOUNT}:r*", ROLE, None),
    ("arn:aws:iam::*:u*/team-admin", ROLE, False),
    ("arn:aws:logs:*:*:log-g*:/app/*", GROUP, None),
    (f"arn:aws:iam::{ACCOUNT}:*", ROLE, True),
    (f"arn:aws:iam::{ACCOUNT}:*/*", ROLE, True),
    ("arn:aws:s3:::b*/key", "arn:aws:s3:::bucket/key", True),
    ("arn:aws:s3:*:*:access*/x", "arn:aws:s3:eu-west-1:111122223333:accesspoint/x", None),
    ("arn:aws:sqs:*:*:jobs-*", f"arn:aws:sqs:eu-west-1:{ACCOUNT}:jobs-1", True),
    ("arn:aws:sns:*:*:a*", f"arn:aws:sns:eu-west-1:{ACCOUNT}:alarms:0f", True),
    ("arn:aws:apigateway:*::*/x", "arn:aws:apigateway:eu-west-1::/restapis/x", True),
]


def _truth(answer: Any) -> Truth:
    return answer.is_allowed


@pytest.mark.parametrize(("pattern", "resource", "expected"), CASES)
def test_what_a_pattern_takes(pattern: str, resource: str, expected: Truth) -> None:
    everything = {"action": "x:Do", "resource": resource}
    assert _truth(ask(allow(resource=pattern), **everything)) is expected
    others = {"Effect": "Allow", "Action": "*", "NotResource": pattern}
    opposite = None if expected is None else not expected
    assert _truth(ask(others, **everything)) is opposite
    assert _truth(ask(allow(), deny(resource=pattern), **everything)) is opposite


@pytest.mark.parametrize(("pattern", "resource", "expected"), CASES)
def test_many_resources_at_once_are_decided_the_same(
    pattern: str, resource: str, expected: Truth
) -> None:
    here = Identities()
    ada = PrincipalState(here.user("ada", allow(resource=pattern)))
    environment = AWSEnvironment.of(*graph_of(here))
    others = ["arn:aws:s3:::another", ROLE.replace("team", "other"), "arn:aws:sqs:::q"]
    table = ResourceTable(
        environment.row(id_)._replace(account="111111111111", is_new=True)
        for id_ in (resource, *others)
    )
    found = AWSAuthorizer(environment).allowed(ada, "x:Do", table)
    for row, id_ in enumerate(table.ids):
        wanted = ask(allow(resource=pattern), action="x:Do", resource=id_).is_allowed
        assert found.holds(row) is wanted
    assert found.holds(table.index[resource]) is expected


def test_what_is_not_documented_is_conditional_and_says_so() -> None:
    answer = ask(allow(resource="arn:aws:s3:::bucket/*.txt"), resource="arn:aws:s3:::bucket/a:.txt")
    assert (answer.decision, answer.open_keys) == (CONDITIONAL, ())
    assert answer.unread == ("how AWS evaluates statement 1 of identity_policies[0]",)
    forbidden = deny(resource=["arn:aws:iam::*:r*/x", "arn:aws:iam::*:role/*"])
    assert decision(allow(), forbidden, action="iam:PassRole", resource=ROLE) is FORBIDDEN


def test_other_texts_are_compared_as_they_were() -> None:
    """Only resources and ARNs have segments."""
    like = {"StringLike": {"x:key": "a*c"}}
    assert decision(allow(Condition=like), context={"x:key": "a:b:c"}) is ALLOWED
    assert decision(allow("s3:*Object")) is ALLOWED
    assert decision(allow("s*Object")) is ALLOWED


def test_literal_wildcards_are_no_wildcards() -> None:
    literal = allow(resource="arn:aws:s3:::bucket/${*}:x*y")
    for key, expected in (("*:xzy", ALLOWED), ("a:xzy", DENIED), ("*:xz:y", CONDITIONAL)):
        assert decision(literal, resource=f"arn:aws:s3:::bucket/{key}") is expected


def test_crafted_patterns_do_not_try_all_matches() -> None:
    """Trying all would never end."""
    for pattern in ("*a" * 40, "*:a*a" * 20, "?*" * 40, "*a*:" * 20):
        for start in ("arn:aws:s3:::", "arn:"):
            text = f"{start}{'a' * 300}{':a' * 20}"
            ask(allow(resource=f"{start}{pattern}b"), resource=text)
            ask(allow(resource=f"{start}{pattern}b"), resource=f"{text}:b")
