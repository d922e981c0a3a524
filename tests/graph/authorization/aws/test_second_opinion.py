"""A second evaluator, written to be plainly right rather than fast, decides the same.

``CLEW_POLICY_CASES=100000`` tries that many cases.
"""

import json
import os
from itertools import permutations
from typing import Any

import pytest
from clew.graph.authorization.aws.decision import Answer, Decision
from clew.graph.authorization.aws.policy_tests import read_policy_test
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from support.policies import (
    ALLOWED,
    CONDITIONAL,
    DENIED,
    FORBIDDEN,
    allow,
    ask,
    decision,
    deny,
    policy,
)
from support.policy_cases import Case, Cases
from support.second_opinion import opinion

pytestmark = pytest.mark.slow

TRIED = int(os.environ.get("CLEW_POLICY_CASES", "4000"))
PARTS = 4
FEW = 300
"""Cases of which more than one question is asked."""


def answer(case: Case, *, strict: bool = False) -> Answer:
    return read_policy_test(json.dumps(case), strict=strict).answer()


def ours(case: Case, *, strict: bool = False) -> Decision:
    return answer(case, strict=strict).decision


@pytest.mark.parametrize("part", range(PARTS))
def test_second_evaluator_agrees(part: int) -> None:
    for seed in range(part, TRIED, PARTS):
        case, strict = Cases(seed).case()
        found = ours(case, strict=strict)
        plainly = opinion(case, strict=strict)
        assert found == plainly, f"case {seed}: {json.dumps(case)}"


def test_cases_are_of_all_kinds() -> None:
    found = [Cases(seed).case() for seed in range(FEW)]
    decisions = [ours(case, strict=strict) for case, strict in found]
    for kind in Decision:
        assert decisions.count(kind) > FEW / 60


def test_what_is_known_does_not_change_what_was_certain() -> None:
    for seed in range(FEW):
        cases = Cases(seed)
        case, _ = cases.case()
        before, after = ours(case), ours(cases.settled(case))
        if before is DENIED:
            assert after in (DENIED, FORBIDDEN), seed
        elif before is not CONDITIONAL:
            assert after is before, seed


def test_what_is_open_is_settled_by_the_keys_it_names() -> None:
    for seed in range(FEW):
        case, _ = Cases(seed).case()
        found = answer(case)
        named = {key.lower() for key in found.open_keys}
        assert not named & {key.lower() for key in case["context"]}, seed
        if named and not found.unread:
            given_ = {**case["context"], **dict.fromkeys(found.open_keys, "k")}
            again = answer({**case, "context": given_})
            assert not named & {key.lower() for key in again.open_keys}, seed


ORDER = {FORBIDDEN: 0, DENIED: 0, CONDITIONAL: 1, ALLOWED: 2}


def test_one_more_deny_never_widens() -> None:
    for seed in range(FEW):
        cases = Cases(seed)
        case, strict = cases.case()
        before = ORDER[ours(case, strict=strict)]
        denials = cases.denials(case)
        named = ("Principal", "NotPrincipal")
        own = policy(*({k: v for k, v in one.items() if k not in named} for one in denials))
        for kind in ("identity_policies", "permissions_boundaries", "session_policies"):
            if case.get(kind) or kind == "identity_policies":
                narrowed = {**case, kind: [*case[kind], own]}
                assert ORDER[ours(narrowed, strict=strict)] <= before, seed
        if "resource_policy" in case:
            document = case["resource_policy"]
            there = document["Statement"]
            both = [*(there if isinstance(there, list) else [there]), *denials]
            narrowed = {**case, "resource_policy": {**document, "Statement": both}}
            assert ORDER[ours(narrowed, strict=strict)] <= before, seed


def test_order_means_nothing() -> None:
    for seed in range(FEW):
        cases = Cases(seed)
        case, strict = cases.case()
        assert ours(cases.shuffled(case), strict=strict) is ours(case, strict=strict), seed


def test_order_of_identity_policies() -> None:
    policies = [policy({"Effect": "Allow", "Action": "*", "Resource": "*"}), policy(deny())]
    for order in permutations(policies):
        assert decision(identity_policies=list(order)) is FORBIDDEN


# Wildcards by themselves.


def wild(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(wild(pattern[1:], text[start:]) for start in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and wild(pattern[1:], text[1:])


@settings(max_examples=500)
@given(st.text("ab*?", max_size=7), st.text("ab\n", min_size=1, max_size=9))
def test_wildcards_match_as_plainly_tried(pattern: str, text: str) -> None:
    statement = {"Effect": "Allow", "Action": "*", "Resource": pattern}
    assert decision(statement, resource=text) is (ALLOWED if wild(pattern, text) else DENIED)


@settings(max_examples=500)
@given(st.text("a:*?", max_size=9), st.text("a:", min_size=1, max_size=9))
def test_wildcards_of_resources_match_as_plainly_tried(pattern: str, text: str) -> None:
    case: dict[str, Any] = {"principal": "arn:aws:iam::111122223333:user/ada", "action": "x:Do"}
    case |= {"resource": text, "context": {}, "identity_policies": [policy(allow("*", pattern))]}
    assert ours(case) == opinion(case)


@given(st.sampled_from(["arn:aws:s3:::b*t/k", "arn:aws:s3:::*/k?y", "a?b:a*"]), st.text("ab*?/"))
def test_wildcard_covers_what_it_expands_to(pattern: str, filling: str) -> None:
    text = pattern.replace("?", "x").replace("*", f"a{filling}")
    assume(text)
    assert ask(allow("*", pattern), resource=text).decision is ALLOWED
