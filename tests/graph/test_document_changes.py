"""What differs between two documents."""

import json
from typing import Any

import pytest
from clew.graph.document_changes import PartChange, part_changes
from hypothesis import given
from hypothesis import strategies as st

LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=4)
DOCUMENTS = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["Sid", "id", "a", "b"]), inner, max_size=4)
    ),
    max_leaves=12,
)


def statement(action: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, **more}


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ({"a": 1}, {"a": 1}, []),
        ("x", "y", [("", "x", "y")]),
        ({"a": 1}, {"b": 1}, [("a", 1, None), ("b", None, 1)]),
        (["x", "y"], ["y", "z"], [("[0]", "x", None), ("[1]", None, "z")]),
        (["x", "y"], ["y", "x"], []),
        ([statement("s3:*")], [], [("[0]", statement("s3:*"), None)]),
        (
            {"Statement": [statement("s3:*"), statement("iam:*")]},
            {"Statement": [statement("s3:*"), statement("iam:Get*")]},
            [("Statement[1].Action", "iam:*", "iam:Get*")],
        ),
        (
            {"Statement": [statement("s3:*", Sid="A"), statement("iam:*", Sid="B")]},
            {"Statement": [statement("iam:*", Sid="B", Effect="Deny")]},
            [
                ("Statement[0]", statement("s3:*", Sid="A"), None),
                ("Statement[1].Effect", "Allow", "Deny"),
            ],
        ),
    ],
)
def test_the_smallest_parts_that_differ(
    old: Any, new: Any, changes: list[tuple[str, Any, Any]]
) -> None:
    expected = {json.dumps(change) for change in changes}
    assert {json.dumps(change) for change in part_changes(old, new)} == expected
    written = part_changes(_written(old), _written(new))
    assert {json.dumps(change) for change in written} == expected


def _written(value: Any) -> Any:
    return value if isinstance(value, str) else json.dumps(value)


@given(DOCUMENTS)
def test_nothing_differs_from_itself(document: Any) -> None:
    assert part_changes(document, json.loads(json.dumps(document))) == []


@given(DOCUMENTS, DOCUMENTS)
def test_the_other_way_round_it_is_the_same_parts(old: Any, new: Any) -> None:
    def values(changes: list[PartChange]) -> list[tuple[str, str]]:
        return sorted((json.dumps(each.old), json.dumps(each.new)) for each in changes)

    back = [PartChange(each.path, each.new, each.old) for each in part_changes(new, old)]
    if not _may_pair_otherwise(old, new):
        assert values(back) == values(part_changes(old, new))
    assert bool(back) == bool(part_changes(old, new))


def _may_pair_otherwise(*documents: Any) -> bool:
    """Whether a list holds several objects, which may be taken for one another in turns."""
    return any('{"' in json.dumps(each) and "[" in json.dumps(each) for each in documents)
