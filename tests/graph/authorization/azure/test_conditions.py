"""The language of conditions: what it says, and what is known of it."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from clew.graph.authorization.azure.actions import Action, matches
from clew.graph.authorization.azure.conditions import ConditionError, parse
from clew.graph.authorization.azure.roles import RoleEntry, entries
from hypothesis import given
from hypothesis import strategies as st

ROLES = Path("/work/shared/data/iam/azure_builtin_roles.json.gz")
WRITE = Action.of("Microsoft.Authorization/roleAssignments/write")
READ = Action.of("data:Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read")
ONE, OTHER = "11111111-aaaa-4bbb-8ccc-000000000001", "22222222-aaaa-4bbb-8ccc-000000000002"
ROLE = "Microsoft.Authorization/roleAssignments:RoleDefinitionId"
KNOWN = {
    "request[a]": ["x"],
    "request[list]": ["x", "y"],
    "request[none]": [],
    "request[number]": ["5"],
    "request[yes]": ["true"],
    "request[when]": ["2026-01-02T00:00:00Z"],
    f"request[{ROLE.lower()}]": [ONE],
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", True),
        ("true", True),
        ("NOT true", False),
        ("@Request[a] StringEquals 'x'", True),
        ("@request[A] stringequals 'x'", True),
        ("@Request[a] StringEquals 'X'", False),
        ("@Request[a] StringEqualsIgnoreCase 'X'", True),
        ("@Request[a] StringNotEquals 'X'", True),
        ("@Request[a] StringLike '?'", True),
        ("@Request[a] StringNotLike 'y*'", True),
        ("@Request[a] StringStartsWith 'x'", True),
        ("@Request[a] StringNotStartsWith 'x'", False),
        ("@Request[unread] StringEquals 'x'", None),
        ("@Request[none] StringEquals 'x'", False),
        ("@Request[none] StringNotEquals 'x'", False),
        ("Exists @Request[a]", True),
        ("Exists @Request[none]", False),
        ("NotExists @Request[none]", True),
        ("Exists @Request[unread]", None),
        ("@Request[number] NumericGreaterThanEquals 5", True),
        ("@Request[number] NumericLessThan 5", False),
        ("@Request[number] NumericNotEquals {4, 6}", True),
        ("@Request[a] NumericEquals 5", None),
        ("@Request[yes] BoolEquals true", True),
        ("@Request[when] DateTimeGreaterThan '2026-01-01T00:00:00Z'", True),
        ("@Request[a] IpInRange '10.0.0.0/8'", None),
        ("@Request[a] StringEquals @Request[a]", True),
        ("@Request[a] StringEquals @Request[unread]", None),
        ("@Request[list] ForAnyOfAnyValues:StringEquals {'y', 'z'}", True),
        ("@Request[list] ForAllOfAnyValues:StringEquals {'y', 'z'}", False),
        ("@Request[list] ForAllOfAnyValues:StringEquals {'y', 'x'}", True),
        ("@Request[list] ForAnyOfAllValues:StringNotEquals {'y', 'z'}", True),
        ("@Request[list] ForAllOfAllValues:StringNotEquals {'y', 'z'}", False),
        ("@Request[a] StringEquals 'x' && @Request[a] StringEquals 'y'", False),
        ("@Request[a] StringEquals 'x' || @Request[unread] StringEquals 'y'", True),
        ("@Request[a] StringEquals 'x' AND @Request[unread] StringEquals 'y'", None),
        ("!(@Request[unread] StringEquals 'y')", None),
        ("true OR true AND false", True),
        ("(true OR true) AND false", False),
        ("ActionMatches{'*/roleAssignments/write'}", True),
        ("ActionMatches{'Microsoft.Storage/*'}", False),
        ("SubOperationMatches{'Blob.List'}", None),
        ("!(ActionMatches{'*/read'}) OR @Request[unread] BoolEquals true", True),
        (f"@Request[{ROLE}] ForAnyOfAnyValues:GuidEquals {{{ONE.upper()}, {OTHER}}}", True),
        (f"@Request[{ROLE}] GuidEquals {{{ONE.replace('-', '')}}}", True),
        (f"@Request[{ROLE}] ForAnyOfAnyValues:GuidEquals{{{OTHER}}}", False),
        (f"@Request[{ROLE}] ForAnyOfAnyValues:GuidNotEquals {{{ONE}}}", False),
        (f"@Request[{ROLE}] ForAnyOfAnyValues:GuidNotEquals {{{OTHER}}}", True),
        (f"@Request[{ROLE}] ForAnyOfAllValues:GuidNotEquals {{{ONE}, {OTHER}}}", False),
        # Azure's own examples mean by this that neither is given; its words say that any may be.
        (f"@Request[{ROLE}] ForAnyOfAnyValues:GuidNotEquals {{{ONE}, {OTHER}}}", None),
        ("@Resource[a/b:tags[Project<$key_case_sensitive$>]] StringEquals 'it''s'", None),
    ],
)
def test_what_a_condition_comes_to(text: str, expected: bool | None) -> None:
    assert parse(text).holds(WRITE, KNOWN) is expected


@pytest.mark.parametrize(
    "text",
    [
        "@Request[a]",
        "@Request[a StringEquals 'x'",
        "@Request[a] Resembles 'x'",
        "@Request[a] ForMost:StringEquals 'x'",
        "@Request[a] StringEquals",
        "@Request[a] StringEquals {'x'",
        "@Request[a] StringEquals {'x' 'y'}",
        "(true",
        "true)",
        "true true",
        "AND true",
        "maybe",
        "ActionMatches",
        "#",
    ],
)
def test_what_is_no_condition_is_an_error(text: str) -> None:
    with pytest.raises(ConditionError):
        parse(text)


@given(st.text(alphabet="@Request[a]{}()'!&|, ANDORtruefalse:StringEquals", max_size=40))
def test_no_text_makes_it_stumble(text: str) -> None:
    try:
        parse(text).holds(READ, {})
    except ConditionError:
        return


truths = st.sampled_from(["true", "false", "@Request[unread] StringEquals 'x'"])
VALUES = {"true": True, "false": False, "@Request[unread] StringEquals 'x'": None}
trees: Any = st.recursive(
    truths,
    lambda inner: st.one_of(
        st.tuples(st.just("not"), inner),
        st.tuples(st.sampled_from(["AND", "OR"]), inner, inner),
    ),
    max_leaves=8,
)


def written(tree: Any) -> str:
    if isinstance(tree, str):
        return tree
    if tree[0] == "not":
        return f"!({written(tree[1])})"
    return f"({written(tree[1])}) {tree[0]} ({written(tree[2])})"


def worth(tree: Any) -> bool | None:
    if isinstance(tree, str):
        return VALUES[tree]
    parts = [worth(each) for each in tree[1:]]
    if tree[0] == "not":
        return None if parts[0] is None else not parts[0]
    decisive = tree[0] == "OR"
    if decisive in parts:
        return decisive
    return None if None in parts else not decisive


@given(trees)
def test_parts_are_joined_in_three_values(tree: Any) -> None:
    assert parse(written(tree)).holds(WRITE, {}) is worth(tree)


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("*", "a.b/c/read", True),
        ("A.B/*", "a.b/c/d/read", True),
        ("*/read", "a.b/c/read", True),
        ("a.b/*/read", "a.b/c/d/read", True),
        ("a.b/*/read", "a.b/read", False),
        ("a.b/c", "a.b/c/read", False),
        ("axb/c/read", "a.b/c/read", False),
        ("a.b/c/read", "axb/c/read", False),
        ("", "a.b/c/read", False),
    ],
)
def test_a_star_stands_for_anything(pattern: str, name: str, expected: bool) -> None:
    assert matches(pattern, name) is expected


@pytest.fixture(scope="module")
def built_in() -> list[dict[str, Any]]:
    if not ROLES.exists():
        pytest.skip("the built-in roles are not here")
    found = json.loads(gzip.decompress(ROLES.read_bytes()))
    return list(found.values()) if isinstance(found, dict) else found


def permissions(role: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = role.get("permissions") or role["properties"]["permissions"]
    return found


def test_every_built_in_role_and_every_condition_in_them_is_understood(
    built_in: list[dict[str, Any]],
) -> None:
    conditions = 0
    for role in built_in:
        document = json.dumps(permissions(role))
        assert len(entries(document)) == len(permissions(role))
        for entry in entries(document):
            parse(entry.condition)
            conditions += bool(entry.condition)
    assert conditions > 25


def test_three_built_in_roles_write_role_assignments_without_a_condition(
    built_in: list[dict[str, Any]],
) -> None:
    free, limited = set(), set()
    for role in built_in:
        for entry in map(RoleEntry.of, permissions(role)):
            if entry.names(WRITE):
                (limited if entry.condition else free).add(role.get("roleName") or role["name"])
    assert len(free) == 3
    assert len(limited) == 25
