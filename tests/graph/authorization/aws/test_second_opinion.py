"""A second evaluator, written to be plainly right rather than fast, decides the same.

It asks every question of every statement anew, tries every way a wildcard may stretch, and settles
what is unknown by trying what each key could be.
"""

import json
from collections.abc import Iterator
from itertools import permutations, product
from typing import Any

from clew.graph.authorization.aws.decision import Decision
from clew.graph.authorization.aws.policy_tests import read_policy_test
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from support.policies import (
    ACCOUNT,
    ALLOWED,
    CONDITIONAL,
    DENIED,
    FORBIDDEN,
    OTHER,
    ROLE,
    ROOT,
    SESSION,
    STRANGER,
    USER,
    decision,
    deny,
    policy,
)

Case = dict[str, Any]

PLACES = [
    "arn:aws:s3:::b/k",
    "arn:aws:s3:::b/kk",
    "arn:aws:s3:::c",
    f"arn:aws:sqs:eu-west-1:{ACCOUNT}:q",
    f"arn:aws:sqs:eu-west-1:{OTHER}:q",
    f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1",
    ROLE,
]
ACTIONS = ["s3:GetObject", "s3:PutObject", "sqs:SendMessage", "kms:Decrypt", "sts:AssumeRole"]
WHO = [USER, ROLE, SESSION, ROOT, STRANGER, "anonymous", {"service": "a.amazonaws.com"}]
KEYS = {"x:One": ["1", "2"], "x:Two": ["a", "ab"]}


# The plain evaluator


def wild(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(wild(pattern[1:], text[start:]) for start in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and wild(pattern[1:], text[1:])


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def about(statement: Case, name: str, text: str) -> bool:
    if f"Not{name}" in statement:
        return not any(wild(pattern, text) for pattern in listed(statement[f"Not{name}"]))
    return any(wild(pattern, text) for pattern in listed(statement[name]))


def met(operator: str, wanted: list[str], values: list[str]) -> bool:
    plain = operator.removesuffix("IfExists")
    if not values:
        return operator != plain or plain.startswith("StringNot") or wanted == ["true"]
    if plain == "Null":
        return wanted == ["false"]
    alike = any(
        wild(one, values[0]) if plain.endswith("Like") else one == values[0] for one in wanted
    )
    return alike != plain.startswith("StringNot")


def applies(statement: Case, case: Case, context: Case) -> bool:
    return (
        about(statement, "Action", case["action"])
        and about(statement, "Resource", case["resource"])
        and all(
            met(operator, listed(wanted), context[key])
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )
    )


def named(statement: Case, who: Any) -> str:
    """How a statement names a principal: as such, by its role or its account, or not at all."""
    principal = statement.get("Principal", {})
    if principal == "*":
        return "itself"
    entries = principal.get("AWS", [])
    if isinstance(who, dict):
        return "itself" if principal.get("Service") == who["service"] else ""
    if who == SESSION and SESSION in entries:
        return "session"
    if who in (USER, STRANGER) and who in entries:
        return "itself"
    if who in (ROLE, SESSION) and ROLE in entries:
        return "role"
    account = who.split(":")[4] if who != "anonymous" else "nobody"
    return "account" if account in entries or f"arn:aws:iam::{account}:root" in entries else ""


def settled(case: Case, context: Case) -> tuple[bool, bool, bool]:
    """Whether a request with a known context is denied, is allowed, and is allowed if session
    policies do not limit grants to sessions."""
    who = case["principal"]

    def found(effect: str, documents: list[Case]) -> list[Case]:
        return [
            statement
            for document in documents
            for statement in document["Statement"]
            if statement["Effect"] == effect and applies(statement, case, context)
        ]

    has_identity = isinstance(who, str) and who != "anonymous"
    own = [case.get(kind, []) for kind in ("identity_policies", "permissions_boundaries")]
    own.append(case.get("session_policies", []))
    levels = case.get("scps", [])
    resource = [case["resource_policy"]] if "resource_policy" in case else []
    grants = {named(one, who) for one in found("Allow", resource)}
    denied = any(named(one, who) for one in found("Deny", resource))
    if has_identity:
        denied |= any(found("Deny", documents) for documents in (*own, *levels))
    through = not has_identity or all(found("Allow", documents) for documents in levels)
    if not has_identity:
        about = case["action"].partition(":")[0], case["resource"]
        strict_kind = who == "anonymous" and about in (("sts", ROLE), ("kms", PLACES[5]))
        allowed = "itself" in grants and not strict_kind
        return denied, through and allowed, through and allowed
    identity, boundary, session = (bool(found("Allow", documents)) for documents in own)
    identity |= who == ROOT
    boundary |= not own[1]
    session |= not own[2]
    account = who.split(":")[4]
    owner = case["resource"].split(":")[4] or account
    if owner != account:
        allowed = identity and boundary and session and bool(grants - {""})
        return denied, through and allowed, through and allowed
    must_hand_on = (case["action"], case["resource"]) in (
        ("kms:Decrypt", PLACES[5]),
        ("sts:AssumeRole", ROLE),
    )
    handed_on = bool(grants - {""}) or not must_hand_on
    allowed = (
        (identity and boundary and session and handed_on)
        or ("role" in grants and boundary and session)
        or (bool(grants & {"itself", "session"}) and session)
    )
    return denied, through and allowed, through and (allowed or "session" in grants)


def contexts(case: Case) -> Iterator[Case]:
    """Every context that the given one may be; an open key may have any value that matters."""
    given = case["context"]
    choices = [
        [listed(given[key])] if key in given else [[], ["other"], *([value] for value in values)]
        for key, values in KEYS.items()
    ]
    for chosen in product(*choices):
        yield dict(zip(KEYS, chosen, strict=True))


# Random cases


def patterns(texts: list[str]) -> st.SearchStrategy[str]:
    """Texts, and what they become with wildcards in them."""

    @st.composite
    def one(draw: st.DrawFn) -> str:
        text = draw(st.sampled_from(texts))
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, len(text)))
        return text[:start] + draw(st.sampled_from(["*", "?", "", text[start:end]])) + text[end:]

    return st.sampled_from(["*", *texts]) | one()


def elements(name: str, texts: list[str]) -> st.SearchStrategy[Case]:
    return st.builds(
        lambda element, entries: {element: entries},
        st.sampled_from([name, name, name, f"Not{name}"]),
        st.lists(patterns(texts), min_size=1, max_size=2),
    )


def comparisons(key: str) -> st.SearchStrategy[Case]:
    values = st.lists(st.sampled_from([*KEYS[key], "a*", "other"]), min_size=1, max_size=2)
    names = ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike"]
    names += [f"{name}IfExists" for name in names]
    return st.builds(
        lambda operator, found: {operator: {key: found}}, st.sampled_from(names), values
    ) | st.builds(lambda value: {"Null": {key: value}}, st.sampled_from(["true", "false"]))


CONDITIONS = st.just({}) | st.sampled_from(list(KEYS)).flatmap(comparisons)
PRINCIPALS = st.just("*") | st.builds(
    lambda names: {"AWS": names, "Service": "a.amazonaws.com"},
    st.lists(st.sampled_from([USER, ROLE, SESSION, ACCOUNT, OTHER, ROOT, STRANGER]), max_size=2),
)


@st.composite
def documents(draw: st.DrawFn, *, of_resource: bool = False) -> Case:
    statements = []
    for _ in range(draw(st.integers(0, 3))):
        statement: Case = {"Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"]))}
        statement |= draw(elements("Action", ACTIONS)) | draw(elements("Resource", PLACES))
        condition = draw(CONDITIONS)
        if condition:
            statement["Condition"] = condition
        if of_resource:
            statement["Principal"] = draw(PRINCIPALS)
        statements.append(statement)
    return policy(*statements)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    case: Case = {
        "principal": draw(st.sampled_from(WHO)),
        "action": draw(st.sampled_from(ACTIONS)),
        "resource": draw(st.sampled_from(PLACES)),
        "context": {},
        "identity_policies": draw(st.lists(documents(), max_size=2)),
    }
    for key, values in KEYS.items():
        chosen = draw(st.sampled_from(["open", "absent", *values]))
        if chosen != "open":
            case["context"][key] = [] if chosen == "absent" else [chosen]
    for kind in ("permissions_boundaries", "session_policies"):
        if draw(st.booleans()):
            case[kind] = [draw(documents())]
    if draw(st.booleans()):
        case["resource_policy"] = draw(documents(of_resource=True))
    if draw(st.booleans()):
        case["scps"] = draw(st.lists(st.lists(documents(), min_size=1, max_size=2), max_size=2))
    return case


def ours(case: Case) -> Decision:
    return read_policy_test(json.dumps(case)).answer().decision


@settings(max_examples=200)
@given(cases())
def test_second_evaluator_agrees(case: Case) -> None:
    if case["principal"] == ROLE:
        case["principal"] = USER  # whether a role has the session that is named is another question
    answer = ours(case)
    outcomes = [settled(case, context) for context in contexts(case)]
    if len(outcomes) == 1:
        (denied, allowed, perhaps), *_ = outcomes
        if denied:
            assert answer is FORBIDDEN
        elif allowed:
            assert answer is ALLOWED
        else:
            assert answer is (CONDITIONAL if perhaps else DENIED)
    elif answer is FORBIDDEN:
        assert all(denied for denied, _, _ in outcomes)
    elif answer is ALLOWED:
        assert all(allowed and not denied for denied, allowed, _ in outcomes)
    elif answer is DENIED:
        assert not any(allowed and not denied for denied, allowed, _ in outcomes)
    # A conditional answer may hide that two statements together leave nothing open.


@settings(max_examples=60)
@given(cases())
def test_what_is_open_is_settled_by_the_keys_it_names(case: Case) -> None:
    answer = read_policy_test(json.dumps(case)).answer()
    if answer.decision is not CONDITIONAL or answer.unread:
        return
    assert set(answer.open_keys) <= set(KEYS) - set(case["context"])
    for context in contexts(case):
        given = {key: context[key] for key in answer.open_keys}
        narrowed = {**case, "context": {**case["context"], **given}}
        found = read_policy_test(json.dumps(narrowed)).answer()
        assert not set(found.open_keys) & set(answer.open_keys)


ORDER = {FORBIDDEN: 0, DENIED: 0, CONDITIONAL: 1, ALLOWED: 2}


@settings(max_examples=60)
@given(
    cases(),
    documents(of_resource=True),
    st.sampled_from(["identity_policies", "permissions_boundaries", "session_policies"]),
)
def test_one_more_deny_never_widens(case: Case, extra: Case, kind: str) -> None:
    before = ours(case)
    for statement in extra["Statement"]:
        statement["Effect"] = "Deny"
    own = json.loads(json.dumps(extra))
    for statement in own["Statement"]:
        del statement["Principal"]
    if case.get(kind):
        assert ORDER[ours({**case, kind: [*case[kind], own]})] <= ORDER[before]
    assert (
        ORDER[ours({**case, "identity_policies": [*case["identity_policies"], own]})]
        <= (ORDER[before])
    )
    if "resource_policy" in case:
        both = [*case["resource_policy"]["Statement"], *extra["Statement"]]
        assert ORDER[ours({**case, "resource_policy": policy(*both)})] <= ORDER[before]


@settings(max_examples=60)
@given(cases(), st.randoms(use_true_random=False))
def test_order_means_nothing(case: Case, random: Any) -> None:
    before = ours(case)

    def shuffled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: shuffled(inner) for key, inner in value.items()}
        if isinstance(value, list):
            again = [shuffled(inner) for inner in value]
            random.shuffle(again)
            return again
        return value

    assert ours(shuffled(case)) is before


@given(
    patterns(["arn:aws:s3:::bucket/key", "s3:GetObject", "aab:a"]), st.text("ab:*?/", max_size=8)
)
def test_wildcard_covers_what_it_expands_to(pattern: str, filling: str) -> None:
    text = pattern.replace("?", "x").replace("*", f"a{filling}")
    assume(text)
    statement = {"Effect": "Allow", "Action": "*", "Resource": pattern}
    assert decision(statement, resource=text) is ALLOWED


@settings(max_examples=500)
@given(st.text("ab*?", max_size=7), st.text("ab\n", min_size=1, max_size=9))
def test_wildcards_match_as_plainly_tried(pattern: str, text: str) -> None:
    statement = {"Effect": "Allow", "Action": "*", "Resource": pattern}
    assert decision(statement, resource=text) is (ALLOWED if wild(pattern, text) else DENIED)


def test_order_of_identity_policies() -> None:
    policies = [policy({"Effect": "Allow", "Action": "*", "Resource": "*"}), policy(deny())]
    for order in permutations(policies):
        assert decision(identity_policies=list(order)) is FORBIDDEN
